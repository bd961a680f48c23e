"""``keheng service``: a busy day at the desks of the demo bank."""

import json
import time
from dataclasses import asdict
from datetime import date
from typing import Annotated

import typer

from keheng.cli.progress import steps
from keheng.cli.session import application
from keheng.runtime.errors import SetupError

app = typer.Typer(help="Service requests.", no_args_is_help=True)


@app.callback()
def service() -> None:
    """Service requests."""


@app.command()
def simulate(
    requests: Annotated[int, typer.Option(min=1, max=20_000, help="How many customers come.")] = 2_000,
    day: Annotated[
        str, typer.Option(metavar="YYYY-MM-DD", help="A working day that is over; the last one when left out.")
    ] = "",
    seed: Annotated[int, typer.Option(min=0, help="Another number makes another day.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object last on standard output.")] = False,
) -> None:
    """Let customers come on one day of the demo bank, with every clock, mark and penalty of a real one."""
    with application():
        from keheng.common.clock import now
        from keheng.demo.busy_day import last_working_day, simulate
        from keheng.demo.ownership import Owner, owner

        if owner() is not Owner.DEMO:
            raise SetupError("This is not the demo bank.", "Made-up requests come to the demo's customers only.")
        chosen = _day(day) if day else last_working_day(now())
        began = time.perf_counter()
        with steps() as shown, shown.step(f"{requests:,} requests on {chosen}") as report:
            outcome = simulate(day=chosen, requests=requests, seed=seed, now=now(), report=report)
        seconds = round(time.perf_counter() - began, 1)
    told = {**asdict(outcome), "day": chosen.isoformat(), "points": str(outcome.points), "seconds": seconds}
    if as_json:
        typer.echo(json.dumps(told))
        return
    typer.echo(
        f"{outcome.opened:,} taken in, {outcome.closed:,} closed, {outcome.cancelled:,} cancelled;"
        f" {outcome.in_time:,} in time, {outcome.late:,} late; {outcome.marks:,} marks told;"
        f" {outcome.penalties:,} penalties, {outcome.points} points; {seconds} s"
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text} is no date; write it as 2026-03-02.") from error
