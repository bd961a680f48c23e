"""Forecasts of a real year of calls against plain ones, and staffing of a day against its recurrence.

uv run python -m bench.workforce ../shared/data/bank_calls/bank_calls.csv
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from keheng.workforce.files import read_history
from keheng.workforce.policies.accuracy import accuracy
from keheng.workforce.policies.forecasting.backtest import HALF_HOUR, backtest
from keheng.workforce.policies.forecasting.blend import MODELS
from keheng.workforce.policies.history import Array, History, in_blocks
from keheng.workforce.policies.staffing import Demand, Target, agents_needed

DAYS, INTERVALS, ROUNDS = 64, 96, 50


def main() -> None:
    """Print errors beside those of each model alone, and times beside those of Erlang's recurrence."""
    history = read_history(Path(sys.argv[1]))
    began = time.perf_counter()
    found = backtest(history, days=DAYS)
    took = f"last {DAYS} days, one day ahead, {time.perf_counter() - began:.1f} s"
    print(f"{took:<40}" + "".join(f"{word:>9}" for word in ("MAPE", "MAPE 30", "WAPE 30", "bias", "MASE")))
    print(_row("blend", *_errors(history, found.forecast)), f"{found.mase_week:8.3f}")
    for name, model in MODELS.items():
        print(_row(name, *_errors(history, backtest(history, days=DAYS, models={name: model}).forecast)))

    calls = np.random.default_rng(1).poisson(300 * np.abs(np.sin(np.arange(INTERVALS) / 30)))
    c, a = (Demand(calls, 900, 240, patience) for patience in (None, 120.0))
    slow = _milliseconds(lambda: [_by_recurrence(float(load)) for load in c.load], rounds=1)
    for name, demand in (("Erlang C", c), ("Erlang A", a)):
        took = _milliseconds(lambda demand=demand: agents_needed(demand, Target()), rounds=ROUNDS)  # type: ignore[misc]
        print(
            f"{name}, agents for {INTERVALS} intervals: {took:.2f} ms, {took / slow:.3f} x the recurrence of Erlang C"
        )


def _errors(history: History, said: Array) -> tuple[float | None, ...]:
    actual = history.calls[-DAYS:]
    half_hours = accuracy(*(in_blocks(values, history.starts, history.step, HALF_HOUR) for values in (actual, said)))
    single = accuracy(actual, said)
    return single.mape, half_hours.mape, half_hours.wape, single.bias


def _row(name: str, *errors: float | None) -> str:
    return f"{name:<40}" + "".join(f"{error:9.2f}" if error is not None else "        –" for error in errors)


def _by_recurrence(load: float, level: float = 0.8, within: float = 20, handling: float = 240) -> int:
    """The fewest agents by Erlang's recurrence, one after the other."""
    blocked, agents = 1.0, 0
    while True:
        agents += 1
        blocked = load * blocked / (agents + load * blocked)
        if agents > load:
            waits = agents * blocked / (agents - load * (1 - blocked))
            if 1 - waits * np.exp(-(agents - load) * within / handling) >= level:
                return agents


def _milliseconds(work: Callable[[], object], *, rounds: int) -> float:
    began = time.perf_counter()
    for _ in range(rounds):
        work()
    return (time.perf_counter() - began) / rounds * 1000


if __name__ == "__main__":
    main()
