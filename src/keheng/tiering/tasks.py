"""Background work of tiering."""

from procrastinate.contrib.django import app

from keheng.common import clock
from keheng.org.queries import system_actor
from keheng.tiering import operations
from keheng.tiering.models import DryRun, Run, SchemeVersion, ValueRun
from keheng.tiering.operations.value import compute_value


@app.task(name="tiering.evaluate")
def evaluate(run_id: int) -> None:
    """Carry out a queued evaluation, for whoever asked for it."""
    run = Run.objects.select_related("scheme", "version", "actor").get(pk=run_id)
    operations.evaluate(scheme=run.scheme, as_of=run.as_of, actor=run.actor, at=clock.now(), run=run)


@app.task(name="tiering.value")
def value(run_id: int) -> None:
    """Carry out a queued computation of the value matrix, for whoever asked for it."""
    run = ValueRun.objects.select_related("weights", "actor").get(pk=run_id)
    compute_value(actor=run.actor, at=clock.now(), run=run)


@app.task(name="tiering.dry_run")
def dry_run(dry_run_id: int) -> None:
    """Carry out a queued dry run."""
    kept = DryRun.objects.select_related("scheme", "version", "actor").get(pk=dry_run_id)
    version = kept.version or SchemeVersion(scheme=kept.scheme, number=kept.number, definition=kept.definition)
    operations.dry_run(version=version, as_of=kept.as_of, actor=kept.actor, at=clock.now(), kept=kept)


@app.periodic(cron="50 3 * * *")
@app.task(name="tiering.purge_dry_runs")
def purge_dry_runs(timestamp: int) -> None:  # noqa: ARG001  # given by the scheduler
    """Delete the dry runs whose time is over."""
    operations.purge_dry_runs(today=clock.today())


@app.periodic(cron="*/10 * * * *")
@app.task(name="tiering.settle")
def settle(timestamp: int) -> None:  # noqa: ARG001  # given by the scheduler
    """Carry out what has been decided on proposed moves; each decision asks for it too."""
    operations.settle_protections()
    operations.carry_out_decisions(actor=system_actor(), at=clock.now())


@app.periodic(cron="15 5-9 * * *")
@app.task(name="tiering.daily", queueing_lock="tiering.daily")
def daily(timestamp: int) -> None:  # noqa: ARG001  # given by the scheduler
    """Evaluate what has not been evaluated yet: the last month end, then today. Asked again until nine o'clock."""
    operations.evaluate_what_is_due(actor=system_actor(), at=clock.now())
