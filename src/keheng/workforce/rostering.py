"""Making a roster in a given time, with a search on each processor."""

import multiprocessing
import time
from dataclasses import replace
from functools import partial

from keheng.workforce.errors import WorkforceError
from keheng.workforce.policies.rostering.problem import Problem
from keheng.workforce.policies.rostering.search import Answer, ContradictionError, Search

_TO_REPORT = 1.0
"""Seconds kept for bringing the answers together."""


def make_roster(problem: Problem, *, seconds: float, processes: int = 1) -> Answer:
    """Search for the rosters of a problem; the best of the searches, and the best bound.

    Raises:
        WorkforceError: naming a member for whom no roster keeps the rules.
    """
    until = time.time() + seconds - _TO_REPORT
    try:
        if processes == 1 or seconds <= 2 * _TO_REPORT:
            return _search(problem, until, 0)
        return _best(_searched(problem, until, processes))
    except ContradictionError as error:
        raise WorkforceError(
            f"No roster keeps the rules of {error}: look at the days off, the runs and the limits of shifts."
        ) from error


def _searched(problem: Problem, until: float, processes: int) -> list[Answer]:
    """The answers of searches with different seeds; the first that cannot be beaten ends the others."""
    answers: list[Answer] = []
    # Workers begin anew: a copy of a process with threads could hang. Leaving the pool ends those still at work.
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for answer in pool.imap_unordered(partial(_search, problem, until), range(processes)):
            answers.append(answer)
            if answer.cost <= answer.bound:
                break
    return answers


def _best(answers: list[Answer]) -> Answer:
    return replace(min(answers, key=lambda answer: answer.cost), bound=max(answer.bound for answer in answers))


def _search(problem: Problem, until: float, seed: int) -> Answer:
    return Search(problem, lambda: until - time.time(), seed).run()
