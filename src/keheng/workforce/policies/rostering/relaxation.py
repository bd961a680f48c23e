"""What no roster can cost less than, from the numbers of shifts alone: a bound where the full one takes too long."""

import numpy as np
from ortools.linear_solver import pywraplp

from keheng.workforce.policies.rostering.problem import Problem


def bound_by_numbers(problem: Problem) -> float:
    """The cost of the best numbers of shifts a day, as if anybody could work any run of them.

    Kept are who may work which shift on which day, one shift a day, and the hours of all contracts together.
    """
    solver = pywraplp.Solver.CreateSolver("GLOP")
    goal = solver.Objective()
    goal.SetMinimization()
    allowed = np.stack([problem.allowed(member) for member in problem.staff])  # members × days × shifts
    able, present = allowed.sum(axis=0), allowed.any(axis=2).sum(axis=0)
    hours = solver.Constraint(0.0, float(sum(member.most_minutes for member in problem.staff)))
    needs = [solver.Constraint(float(need.wanted), float(need.wanted)) for need in problem.needs]
    for row, need in zip(needs, problem.needs, strict=True):
        for cost, sign in ((need.too_few, 1.0), (need.too_many, -1.0)):
            over = solver.NumVar(0.0, solver.infinity(), "")
            goal.SetCoefficient(over, cost)
            row.SetCoefficient(over, sign)
    for day in range(problem.days):
        people = solver.Constraint(0.0, float(present[day]))
        for shift in range(len(problem.shifts)):
            number = solver.NumVar(0.0, float(able[day, shift]), "")
            people.SetCoefficient(number, 1.0)
            hours.SetCoefficient(number, float(problem.minutes[shift]))
            for at in np.flatnonzero(problem.met_by[:, day, shift]).tolist():
                needs[at].SetCoefficient(number, 1.0)
    solver.Solve()
    return float(goal.Value())
