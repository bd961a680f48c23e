"""``keheng workforce``: forecasts, staffing and rosters from files, without a database."""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from keheng.workforce.errors import WorkforceError

if TYPE_CHECKING:
    from keheng.workforce.policies.staffing import Demand, Target

app = typer.Typer(help="Workforce of the call centre: forecast, staffing, rosters.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object last on standard output.")]
_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}
_AROUND = 3
_MOST_NAMED = 5


@app.command()
def backtest(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV with the columns DateTime and Calls.")],
    days: Annotated[int, typer.Option(min=1, help="How many of the last days to forecast as if unknown.")] = 64,
    horizon: Annotated[
        str, typer.Option(metavar="1d", help="How long before the day it is forecast: 1d to 56d.")
    ] = "1d",
    as_json: AsJson = False,
) -> None:
    """Forecast the last days of a history, each from what was known before it, and tell the errors."""
    with _refused():
        from keheng.workforce.files import read_history
        from keheng.workforce.policies.forecasting.backtest import backtest as run

        ahead = _horizon(horizon)
        started = time.perf_counter()
        history = read_history(file)
        found = run(history, days=days, horizon=ahead)
        half_hour = found.by_half_hour
        summary: dict[str, Any] = {
            "mape_interval": _rounded(found.by_interval.mape),
            "mape_30min": _rounded(half_hour.mape if half_hour else None),
            "wape_interval": _rounded(found.by_interval.wape),
            "wape_30min": _rounded(half_hour.wape if half_hour else None),
            "mase_week": _rounded(found.mase_week),
            "bias": _rounded(found.by_interval.bias),
            "model": _blend(found.weights),
            "seconds": round(time.perf_counter() - started, 3),
        }
    if as_json:
        typer.echo(json.dumps(summary, ensure_ascii=False))
        return
    if closed := history.closed_days():
        named = ", ".join(day.isoformat() for day in closed[:_MOST_NAMED])
        typer.echo(f"{len(closed)} days without rows are taken as closed: {named}{' …' * (len(closed) > _MOST_NAMED)}")
    typer.echo(
        f"{found.days} days of {history.step}-minute intervals, {ahead} day(s) ahead, in {summary['seconds']} s:\n"
        f"  interval   MAPE {_percent(summary['mape_interval'])}   WAPE {_percent(summary['wape_interval'])}\n"
        f"  half-hour  MAPE {_percent(summary['mape_30min'])}   WAPE {_percent(summary['wape_30min'])}\n"
        f"  bias {_percent(summary['bias'])}   MASE against the week before {summary['mase_week']}\n"
        f"  {summary['model']}"
    )


@app.command()
def staff(
    *,
    calls: Annotated[float, typer.Option(help="Calls offered in the interval.")],
    aht: Annotated[float, typer.Option(help="Mean handling time in seconds: talk, hold and after-call work.")],
    interval: Annotated[str, typer.Option(metavar="30m", help="Length of the interval: 30m, 15m, 1h.")] = "30m",
    target: Annotated[
        str, typer.Option(metavar="80/20", help="Percent of calls within seconds; - for none.")
    ] = "80/20",
    patience: Annotated[
        float | None, typer.Option(help="Mean seconds until a caller hangs up; nobody does when left out.")
    ] = None,
    shrinkage: Annotated[float, typer.Option(help="Share of paid time lost otherwise, such as .3.")] = 0.0,
    asa: Annotated[float | None, typer.Option(help="Longest mean wait in seconds.")] = None,
    abandon: Annotated[float | None, typer.Option(help="Largest percentage of callers who hang up.")] = None,
    occupancy: Annotated[float | None, typer.Option(help="Largest percentage of an agent's time on calls.")] = None,
    at_once: Annotated[float, typer.Option(help="Contacts an agent handles at once (chat).")] = 1.0,
    as_json: AsJson = False,
) -> None:
    """Say how many agents an interval needs (Erlang C; Erlang A with patience), and what more or fewer would give."""
    with _refused():
        from keheng.workforce.policies.staffing import Demand, agents_needed, on_the_roster

        demand = Demand(calls, _seconds(interval), aht, patience, at_once)
        aim = _target(target, asa=asa, abandon=abandon, occupancy=occupancy)
        agents = int(agents_needed(demand, aim)[0])
        roster = int(on_the_roster(agents, shrinkage))
        curve = _curve(demand, aim, agents)
    reached = next(row for row in curve if row["agents"] == agents)
    summary = {
        **reached,
        "staff": roster,
        "load": round(float(demand.load[0]), 6),
        "model": "erlang-c" if patience is None else "erlang-a",
        "curve": curve,
    }
    if as_json:
        typer.echo(json.dumps(summary))
        return
    typer.echo(
        f"{agents} agents on calls, {roster} on the roster, for {summary['load']:g} erlangs ({summary['model']})"
    )
    for row in curve:
        mark = ">" if row["agents"] == agents else " "
        wait = "for ever" if row["asa"] is None else f"{row['asa']:.1f} s"
        typer.echo(
            f"{mark} {row['agents']:>5}  in time {row['service_level']:6.2%}  waits {row['p_wait']:6.2%}  "
            f"mean wait {wait:>9}  hang up {row['abandon']:6.2%}  occupancy {row['occupancy']:6.2%}"
        )


@app.command()
def roster(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The problem, in the format of the benchmarks.")],
    out: Annotated[Path, typer.Option(metavar="SOLUTION", help="Where EmployeeID,Day,ShiftID rows are written.")],
    seconds: Annotated[float, typer.Option(min=1, help="The time allowed.")] = 60,
    processes: Annotated[
        int | None, typer.Option(min=1, help="Searches side by side; as many as processors when left out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a roster: every rule kept, and the cost of wishes and needs not met as small as the time allows."""
    with _refused():
        from keheng.workforce.policies.rostering.explaining import unmet_needs
        from keheng.workforce.roster_files import read_problem, write_rosters
        from keheng.workforce.rostering import make_roster

        started = time.perf_counter()
        problem = read_problem(file)
        answer = make_roster(problem, seconds=seconds, processes=processes or os.cpu_count() or 1)
        write_rosters(out, problem, answer.rosters)
    for code, minutes in answer.relaxed.items():
        sys.stderr.write(f"{code} cannot reach the hours of the contract: {minutes} minutes are the most possible.\n")
    summary = {"objective": answer.cost, "bound": answer.bound, "seconds": round(time.perf_counter() - started, 3)}
    if as_json:
        typer.echo(json.dumps(summary))
        return
    typer.echo(f"cost {answer.cost:g}, no roster below {answer.bound:g}, in {summary['seconds']} s: {out}")
    for unmet in unmet_needs(problem, answer.rosters)[:_MOST_NAMED]:
        reasons = ", ".join(f"{number} {reason}" for reason, number in unmet.reasons.items())
        typer.echo(f"  {unmet.need}: {unmet.missing} missing ({reasons})")


def _curve(demand: "Demand", target: "Target", agents: int) -> list[dict[str, Any]]:
    from keheng.workforce.policies.staffing import choices

    around = range(max(agents - _AROUND, 0), agents + _AROUND + 1)
    return [
        {
            "agents": row.agents,
            "service_level": round(row.level, 6),
            "p_wait": round(row.waits, 6),
            "asa": round(row.asa, 4) if row.asa < float("inf") else None,
            "abandon": round(row.abandoned, 6),
            "occupancy": round(row.occupancy, 6),
        }
        for row in choices(demand, around, target.within)
    ]


def _target(text: str, *, asa: float | None, abandon: float | None, occupancy: float | None) -> "Target":
    from keheng.workforce.policies.staffing import StaffingError, Target

    level: float | None = None
    within = 20.0
    if text != "-":
        percent, slash, seconds = text.partition("/")
        try:
            level, within = float(percent) / 100, float(seconds)
        except ValueError:
            slash = ""
        if not slash:
            raise StaffingError(f"{text} is no target. Write percent of calls/seconds, such as 80/20.")
    return Target(level, within, asa, _share(abandon), _share(occupancy))


def _share(percent: float | None) -> float | None:
    return None if percent is None else percent / 100


def _seconds(text: str) -> float:
    number, unit = text.rstrip("abcdefghijklmnopqrstuvwxyz"), text.lstrip("0123456789.")
    try:
        return float(number) * _UNITS[unit]
    except (ValueError, KeyError):
        raise WorkforceError(f"{text} is no length of time. Write 30m, 15m or 1h.") from None


def _horizon(text: str) -> int:
    days = _seconds(text) / _UNITS["d"]
    if days != int(days) or not 1 <= days <= 56:
        raise WorkforceError(f"{text} is no horizon. Write whole days, 1d to 56d.")
    return int(days)


def _blend(weights: dict[str, float]) -> str:
    shares = sorted(weights.items(), key=lambda pair: -pair[1])
    return "blend of " + ", ".join(f"{name} {share:.0%}" for name, share in shares if share >= 0.005)


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 3)


def _percent(number: float | None) -> str:
    return "–" if number is None else f"{number:.2f} %"


@contextmanager
def _refused() -> Iterator[None]:
    """Tell what is wrong with a file or figure in its sentence, without a traceback."""
    try:
        yield
    except WorkforceError as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(2) from None
