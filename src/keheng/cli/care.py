"""``keheng care``: plan a day, take in what the core systems tell of movements and corporate actions."""

import json
import time
from datetime import date
from pathlib import Path
from typing import Annotated

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
