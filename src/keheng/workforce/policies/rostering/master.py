"""The linear programme over rosters found so far: which share of which roster, what is over and under."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

from keheng.workforce.policies.rostering.problem import Array, Problem, Roster

_NOBODY = 1e5
"""The price of leaving a member without a roster, paid only until one is found."""


class Master:
    """Chooses among rosters of some members, given what the others cover.

    Args:
        problem: the roster to be made.
        members: the places of the members to choose for.
        wanted: for each need how many are wanted beyond those of the others; may be below 0.
    """

    def __init__(self, problem: Problem, members: Sequence[int], wanted: Array) -> None:
        self.problem, self.members, self.wanted = problem, list(members), wanted
        self._solver = pywraplp.Solver.CreateSolver("GLOP")
        self._goal = self._solver.Objective()
        self._goal.SetMinimization()
        self._needs = [self._need(row) for row in range(len(problem.needs))]
        self._one_each = {member: self._solver.Constraint(1.0, 1.0) for member in self.members}
        for row in self._one_each.values():
            self._variable(_NOBODY, {row: 1.0})
        self._known: set[tuple[int, bytes]] = set()
        self.choices: list[tuple[int, Roster]] = []
        self._chosen: list[pywraplp.Variable] = []
        self.fixed: dict[int, int] = {}
        self.value, self.shares = 0.0, np.zeros(0)
        self._stale = True
        self.prices: Array = np.zeros(len(problem.needs))
        self.members_prices: dict[int, float] = {}

    def add(self, member: int, roster: Roster, cost: float) -> bool:
        """Offer a roster; tell whether it is new. ``cost`` is that of its wishes."""
        key = (member, roster.tobytes())
        if key in self._known:
            return False
        self._known.add(key)
        self._stale = True
        rows = {self._needs[row]: 1.0 for row in np.flatnonzero(self.problem.meets(roster)).tolist()}
        self._chosen.append(self._variable(cost, {**rows, self._one_each[member]: 1.0}))
        self.choices.append((member, roster))
        return True

    def solve(self) -> None:
        """Solve if anything changed, and read value, prices and shares, which stay while rosters are added."""
        if not self._stale:
            return
        self._solver.Solve()
        self._stale = False
        self.value = self._goal.Value()
        self.prices = np.array([row.dual_value() for row in self._needs])
        self.members_prices = {member: row.dual_value() for member, row in self._one_each.items()}
        self.shares = np.array([variable.solution_value() for variable in self._chosen])

    def fix(self, choice: int) -> None:
        """Give a member this roster."""
        self._chosen[choice].SetLb(1.0)
        self.fixed[self.choices[choice][0]] = choice
        self._stale = True

    def free(self, choice: int) -> None:
        """Take a roster back that was fixed."""
        self._chosen[choice].SetLb(0.0)
        del self.fixed[self.choices[choice][0]]
        self._stale = True

    def rosters(self) -> Mapping[int, Roster]:
        """The rosters that are fixed."""
        return {member: self.choices[choice][1] for member, choice in self.fixed.items()}

    def _need(self, row: int) -> pywraplp.Constraint:
        need, wanted = self.problem.needs[row], float(self.wanted[row])
        found = self._solver.Constraint(wanted, wanted)
        self._variable(need.too_few, {found: 1.0})
        self._variable(need.too_many, {found: -1.0})
        return found

    def _variable(self, cost: float, rows: Mapping[pywraplp.Constraint, float]) -> pywraplp.Variable:
        found = self._solver.NumVar(0.0, self._solver.infinity(), "")
        self._goal.SetCoefficient(found, cost)
        for row, factor in rows.items():
            row.SetCoefficient(found, factor)
        return found


def there(problem: Problem, rosters: Sequence[Roster]) -> NDArray[np.float64]:
    """For each need how many of the rosters meet it."""
    found = np.zeros(len(problem.needs))
    for roster in rosters:
        found += problem.meets(roster)
    return found
