"""One roster for each member among many known: a set partition, solved by CP-SAT from a first answer."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from ortools.sat.python import cp_model

from keheng.workforce.policies.rostering.problem import Problem, Roster

_SCALE = 100
"""CP-SAT counts in whole numbers: costs in hundredths."""


def choose(
    problem: Problem, known: Sequence[tuple[int, Roster, float]], first: Sequence[Roster], seconds: float
) -> list[Roster]:
    """The cheapest choice of known rosters.

    Args:
        problem: the roster to be made.
        known: member, roster and the cost of its wishes.
        first: the rosters to begin with, all of them known.
        seconds: the time allowed.
    """
    model = cp_model.CpModel()
    picked = [model.new_bool_var("") for _ in known]
    by_member: dict[int, list[int]] = defaultdict(list)
    there: dict[int, list[int]] = defaultdict(list)
    for choice, (member, roster, _) in enumerate(known):
        by_member[member].append(choice)
        for row in np.flatnonzero(problem.meets(roster)).tolist():
            there[row].append(choice)
        model.add_hint(picked[choice], bool(np.array_equal(first[member], roster)))
    for choices in by_member.values():
        model.add_exactly_one(picked[choice] for choice in choices)
    cost = [round(_SCALE * price) * variable for (_, _, price), variable in zip(known, picked, strict=True)]
    for row, need in enumerate(problem.needs):
        few, many = (model.new_int_var(0, len(problem.staff) + need.wanted, "") for _ in range(2))
        model.add(sum(picked[choice] for choice in there[row]) + few - many == need.wanted)
        cost += [round(_SCALE * need.too_few) * few, round(_SCALE * need.too_many) * many]
    model.minimize(sum(cost))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(seconds, 0.1)
    solver.parameters.num_workers = 2
    if solver.solve(model) not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return list(first)
    chosen = list(first)
    for (member, roster, _), variable in zip(known, picked, strict=True):
        if solver.boolean_value(variable):
            chosen[member] = roster
    return chosen
