"""Rosters of the public shift-scheduling instances against the best published totals.

uv run python -m bench.rosters ../shared/data/shift_scheduling [SECONDS]
"""

import os
import sys
import time
from pathlib import Path

from keheng.workforce.policies.rostering.checking import broken_rules, objective
from keheng.workforce.roster_files import read_problem
from keheng.workforce.rostering import make_roster

PUBLISHED = (607, 828, 1001, 1716, 1143, 1950, 1056, 1308, 439, 4631, 3443, 4040)


def main() -> None:
    """Print for each instance the cost by the independent check, the bound, and the ratio to the published total."""
    folder, seconds = Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 60.0
    for number, published in enumerate(PUBLISHED, start=1):
        problem = read_problem(folder / f"Instance{number}.txt")
        began = time.perf_counter()
        answer = make_roster(problem, seconds=seconds, processes=os.cpu_count() or 1)
        broken = [
            str(rule)
            for member, roster in zip(problem.staff, answer.rosters, strict=True)
            for rule in broken_rules(problem, member, roster)
        ]
        cost = objective(problem, answer.rosters)
        took, rules = time.perf_counter() - began, "; ".join(broken) or "all rules kept"
        print(
            f"{number:>3}  {len(problem.staff):>3} staff  {cost:>7.0f}  bound {answer.bound:>7.0f}  "
            f"published {published:>5}  {cost / published:7.4f} x  {took:5.1f} s  {rules}",
            flush=True,
        )


if __name__ == "__main__":
    main()
