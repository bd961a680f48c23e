"""``keheng metrics``: month averages, flows and activity from a file of movements."""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keheng.cli.progress import output, steps
from keheng.cli.session import application
from keheng.runtime.errors import SetupError

if TYPE_CHECKING:
    from keheng.ingest.models import MetricsRun


def metrics(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="Movements: text with a heading row, or Parquet.")],
    *,
    profile: Annotated[
        str, typer.Option(metavar="PROFILE", help="Name of a profile of movements, or path of a profile (.yaml).")
    ] = "transactions",
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="The last day that counts (else the file's last)."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
) -> None:
    """Compute each account's months from its movements and keep them with the customers: all of the file or nothing."""
    with application():
        from django.utils import translation

        from keheng.common.clock import now
        from keheng.ingest.faults import Fault
        from keheng.ingest.metrics.operations import compute_metrics
        from keheng.org.queries import system_actor

        try:
            with steps() as shown, shown.step(f"Computing {path.name}"):
                run = compute_metrics(
                    file=path,
                    profile=profile,
                    as_of=as_of.date() if as_of else None,
                    actor=system_actor(),
                    now=now,
                )
        except Fault as fault:
            with translation.override("en"):
                raise SetupError(*fault.sentences) from None
        _tell(run, as_json=as_json)


def _tell(run: "MetricsRun", *, as_json: bool) -> None:
    result = {
        "run": run.pk,
        "profile": run.profile,
        "first_month": run.first_month.isoformat(),
        "through": run.through.isoformat(),
        "transactions": run.transactions,
        "later": run.later,
        "accounts": run.accounts,
        "unknown_accounts": run.unknown_accounts,
        "customers": run.customers,
        "changed": run.changed,
        "seconds": round(run.seconds, 3),
    }
    if as_json:
        typer.echo(json.dumps(result))
        return
    output.print(
        f"{run.transactions:,} movements of {run.accounts:,} accounts through {run.through}: "
        f"{run.customers:,} customers, {run.changed:,} months written or changed, {run.seconds:.1f} s.",
        soft_wrap=True,
    )
    if run.unknown_accounts:
        output.print(f"{run.unknown_accounts:,} accounts belong to nobody here: load their customers first.")
    if run.later:
        output.print(f"{run.later:,} movements after that day were left out.")
