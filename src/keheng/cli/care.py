"""``keheng care``: plan a day, take in what the core systems tell of movements and corporate actions."""

import json
import time
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from keheng.cli.session import application

app = typer.Typer(help="Customer care.", no_args_is_help=True)


@app.command()
def plan(
    day: Annotated[
        str, typer.Option(metavar="YYYY-MM-DD", help="The day to plan; today when left out.", show_default=False)
    ] = "",
) -> None:
    """Plan what everybody has to do on a day. Twice makes nothing twice; a run that died is completed."""
    with application():
        from keheng.care.operations.planning import plan_day
        from keheng.common.clock import now, today
        from keheng.org.queries import system_actor

        chosen = _day(day) if day else today()
        began = time.perf_counter()
        done = plan_day(day=chosen, actor=system_actor(), at=now())
        told = {"day": chosen.isoformat(), "seconds": round(time.perf_counter() - began, 2), **done.counts}
        typer.echo(json.dumps(told, ensure_ascii=False))


@app.command()
def movements(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Take in large movements: a CSV file with customer_number, day, inflow, outflow."""
    with application():
        import polars as pl

        from keheng.portfolio.alerts import record_movements

        rows = pl.read_csv(file, try_parse_dates=True, schema_overrides={"customer_number": pl.String})
        typer.echo(f"{record_movements(rows)} of {rows.height} rows taken in")


@app.command()
def actions(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Take in corporate actions: a CSV file with product, kind, acts_by, terms."""
    with application():
        import polars as pl

        from keheng.portfolio.alerts import record_actions

        rows = pl.read_csv(file, try_parse_dates=True).select("product", "kind", "acts_by", "terms")
        typer.echo(f"{record_actions(rows.iter_rows())} rows taken in")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text} is no date; write it as 2026-03-02.") from error


@app.command()
def assign(
    branch: Annotated[str, typer.Option(help="Code of the branch whose unassigned customers are shared out.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say who would get how many.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")] = False,
) -> None:
    """Share the unassigned customers of a branch and all below it out by the rules in force."""
    with application():
        from django.core.exceptions import ValidationError

        from keheng.care.operations.assigning import carry_out, preview
        from keheng.common.clock import now
        from keheng.customers.models import Customer
        from keheng.org.models import Branch
        from keheng.org.queries import system_actor

        found = Branch.objects.filter(code=branch).first()
        if found is None:
            typer.echo(f"There is no branch {branch}.", err=True)
            raise typer.Exit(2)
        free = Customer.objects.filter(owner__isnull=True, branch__in=Branch.objects.subtree_of(found))
        try:
            run = preview(customers=free, reason="keheng care assign", actor=system_actor(), at=now())
        except ValidationError as error:
            typer.echo(" ".join(error.messages), err=True)
            raise typer.Exit(1) from error
        if not dry_run:
            run = carry_out(run=run, at=now())
        told: dict[str, Any] = {
            "run": run.pk,
            "state": run.state,
            "placed": run.placed,
            "unplaced": run.unplaced,
            "shares": [
                {
                    "staff": share.staff.username if share.staff else None,
                    "why": share.why,
                    "customers": share.customers,
                    "before": share.before,
                }
                for share in run.shares.select_related("staff")
            ],
        }
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    for share in told["shares"]:
        typer.echo(f"{share['staff'] or share['why']}: {share['customers']:,} (before: {share['before']:,})")
    verb = "would get" if dry_run else "got"
    typer.echo(f"{told['placed']:,} customers {verb} an owner, {told['unplaced']:,} are left over.")


@app.command()
def follow() -> None:
    """Let periods of ownership follow the owners of customers where they differ; run again it finds nothing."""
    with application():
        from keheng.care.operations.ownership import follow_owners
        from keheng.common.clock import now

        number = follow_owners(at=now())
    typer.echo(f"{number:,} customers brought up.")
