"""A call centre that is made up: 200 agents, 28 days, 8 shifts, 48 half-hours; how many needed half-hours are covered.

uv run python -m bench.call_centre [SECONDS] [AGENTS]
"""

import sys
import time
from dataclasses import replace

import numpy as np

from keheng.workforce.policies.rostering.checking import broken_rules
from keheng.workforce.policies.rostering.coverage import (
    Times,
    covered_share,
    covers,
    met_share,
    needs_of,
    there_by_interval,
)
from keheng.workforce.policies.rostering.problem import Member, Problem, Shift
from keheng.workforce.policies.staffing import Demand, Target, agents_needed
from keheng.workforce.rostering import make_roster

STEP, DAYS, AGENTS = 30, 28, 200
REST = 11 * 60
FIRST_NIGHT = 7 * 60
"""Until then the night shift of the day before the roster is there."""
WORKED = 16
"""Shifts of 28 days that the demand is made for; a full contract asks for 16 to 20."""

SHIFTS = {
    code: Times(code, starts * 30, ends * 30, [(starts * 30 + pause * 30, starts * 30 + pause * 30 + 60)])
    for code, starts, ends, pause in (
        ("A", 14, 32, 8), ("B", 16, 34, 8), ("C", 18, 36, 8), ("D", 20, 38, 8),
        ("F", 28, 46, 8), ("G", 30, 48, 8), ("M", 44, 62, 6), ("N", 44, 62, 9),
    )
}  # fmt: skip
"""Two nights that take their breaks one after the other: with one, nobody would be there at its break."""


def demand(agents: int = AGENTS) -> np.ndarray:
    """Agents wanted, days × half-hours: two humps a day, quiet nights and weekends, for so large a staff."""
    hours = np.arange(0, 24, 0.5)
    shape = 0.06 + np.exp(-(((hours - 10.5) / 2.4) ** 2)) + 0.8 * np.exp(-(((hours - 15.5) / 2.8) ** 2))
    week = np.array([1.12, 1.04, 1.0, 0.98, 1.0, 0.62, 0.55])
    random = np.random.default_rng(7)
    mean = shape[None, :] * week[np.arange(DAYS) % 7, None] * random.normal(1, 0.04, (DAYS, 1))
    paid = 16 * agents * WORKED  # half-hours at work
    calls = random.poisson(mean / mean.sum() * paid * 0.62 * STEP * 60 / 240)
    wanted = agents_needed(Demand(calls.ravel(), STEP * 60, 240.0), Target()).reshape(calls.shape)
    wanted[0, : FIRST_NIGHT // STEP] = 0
    return wanted


def call_centre(agents: int = AGENTS) -> tuple[Problem, np.ndarray]:
    """The problem, and the agents wanted."""
    random = np.random.default_rng(11)
    shifts = [
        Shift(
            code, times.minutes, frozenset(other for other, next_ in SHIFTS.items() if times.rest_before(next_) < REST)
        )
        for code, times in SHIFTS.items()
    ]
    full = Member("", {**dict.fromkeys(SHIFTS, 28), "M": 6, "N": 6}, 16 * 480, 20 * 480, 6, 2, 2, 3)
    part = replace(full, most=dict.fromkeys("BCDF", 28), least_minutes=8 * 480, most_minutes=11 * 480)
    staff = []
    for number in range(agents):
        contract = part if number % 8 == 7 else full
        leave = int(random.integers(0, DAYS - 5))
        off = frozenset(range(leave, leave + int(random.integers(2, 5)))) if random.random() < 0.25 else frozenset()
        wishes = {(int(random.integers(0, DAYS)), str(random.choice(list(contract.most)))): 2 for _ in range(2)}
        staff.append(replace(contract, code=f"{number:03d}", days_off=off, wishes=wishes))
    wanted = demand(agents)
    names = [str(day) for day in range(DAYS)]
    return Problem(DAYS, shifts, staff, needs_of(wanted, SHIFTS, STEP, names=names, too_few=100, too_many=1)), wanted


def most_met(wanted: np.ndarray) -> float:
    """The share of needed half-hours that anybody's shift covers: what no roster can exceed."""
    own, after = covers(list(SHIFTS.values()), STEP)
    served = np.tile(own.any(axis=0), (DAYS, 1))
    served[1:] |= after.any(axis=0)
    return float(served[wanted > 0].mean())


def main() -> None:
    """Print cost, bound, and the shares of needed half-hours with enough agents, recounted from the rosters."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    problem, wanted = call_centre(int(sys.argv[2]) if len(sys.argv) > 2 else AGENTS)
    began = time.perf_counter()
    answer = make_roster(problem, seconds=seconds, processes=2)
    took = time.perf_counter() - began
    there = there_by_interval([problem.codes(roster) for roster in answer.rosters], SHIFTS, STEP)
    broken = sum(len(broken_rules(problem, member, r)) for member, r in zip(problem.staff, answer.rosters, strict=True))
    met, covered = met_share(wanted, there), covered_share(wanted, there)
    print(f"{len(problem.staff)} agents, {len(problem.needs)} needs, {took:.1f} s; {broken} rules broken")
    print(f"{met:.2%} of needed half-hours met (at most {most_met(wanted):.2%}), {covered:.2%} of agent-half-hours")
    print(f"cost {answer.cost:g}, bound {answer.bound:g}")


if __name__ == "__main__":
    main()
