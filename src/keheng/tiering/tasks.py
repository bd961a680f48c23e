"""Background work of tiering."""

from procrastinate.contrib.django import app

from keheng.common import clock
from keheng.tiering import operations
from keheng.tiering.models import Run, ValueRun
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
