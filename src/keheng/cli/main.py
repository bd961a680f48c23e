"""The command ``keheng``: one file a topic. Django is imported inside the commands, so that ``--help`` is quick."""

from typing import Any

import typer
from typer.core import TyperGroup

from keheng.cli import (
    backup,
    calendar,
    care,
    demo,
    doctor,
    ingest,
    keys,
    metrics,
    migrate,
    serve,
    service,
    tier,
    tier_goals,
    tier_trials,
    user,
    workforce,
)
from keheng.cli.failures import told_plainly


class Commands(TyperGroup):
    """The group of all commands, whose failures are told plainly."""

    def invoke(self, ctx: Any) -> Any:
        with told_plainly():
            return super().invoke(ctx)


app = typer.Typer(
    cls=Commands,
    help="Keheng 客衡: tiered customer-service management.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # a traceback with locals could show personal data
)
app.command("demo")(demo.demo)
app.command("migrate")(migrate.migrate)
app.command("web")(serve.web)
app.command("worker")(serve.worker)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("doctor")(doctor.doctor)
app.command("ingest")(ingest.ingest)
app.add_typer(calendar.app, name="calendar")
app.add_typer(care.app, name="care")
app.add_typer(keys.app, name="keys")
app.add_typer(metrics.app, name="metrics")
app.add_typer(service.app, name="service")
tier.app.command("dry-run")(tier_trials.dry_run)
tier.app.command("matrix")(tier_trials.matrix)
tier.app.command("proposals")(tier_trials.proposals)
tier.app.command("entitlements")(tier_trials.entitlements)
tier.app.command("goals")(tier_goals.goals)
app.add_typer(tier.app, name="tier")
app.add_typer(user.app, name="user")
app.add_typer(workforce.app, name="workforce")
