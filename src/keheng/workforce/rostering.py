"""Making a roster in a given time, with a search on each processor."""

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from multiprocessing.synchronize import Event

from keheng.workforce.errors import WorkforceError
from keheng.workforce.policies.rostering.problem import Problem
from keheng.workforce.policies.rostering.search import Answer, ContradictionError, Progress, Search

_TO_REPORT = 1.0
"""Seconds kept for bringing the answers together."""

_WORTH_SHARING = 8.0
"""Below so many seconds the start of further processes costs more than they bring."""

_ASK_EVERY = 0.5

type Tell = Callable[[Progress], None]


def make_roster(
    problem: Problem,
    *,
    seconds: float,
    processes: int = 1,
    tell: Tell = lambda _: None,
    is_over: Callable[[], bool] = lambda: False,
) -> Answer:
    """Search for the rosters of a problem; the best of the searches, and the best bound.

    Args:
        problem: the roster to be made.
        seconds: the time allowed.
        processes: how many searches at once.
        tell: called with every better roster or bound.
        is_over: asked now and then; once true, the best so far is the answer.

    Raises:
        WorkforceError: naming a member for whom no roster keeps the rules.
    """
    until = time.time() + seconds - _TO_REPORT
    try:
        if processes == 1 or seconds < _WORTH_SHARING:
            return Search(problem, lambda: 0.0 if is_over() else until - time.time(), tell=tell).run()
        return _best(_searched(problem, until, processes, tell, is_over))
    except ContradictionError as error:
        raise WorkforceError(
            f"No roster keeps the rules of {error}: look at the days off, the runs and the limits of shifts."
        ) from error


def _searched(problem: Problem, until: float, processes: int, tell: Tell, is_over: Callable[[], bool]) -> list[Answer]:
    """The answers of searches with different seeds; the first that cannot be beaten ends the others."""
    context = multiprocessing.get_context("spawn")  # a copy of a process with threads could hang
    over, answers, best = context.Event(), list[Answer](), Progress(float("inf"), float("-inf"))
    searches, ears = [], set[Connection]()
    for seed in range(processes):
        ear, mouth = context.Pipe(duplex=False)
        searches.append(context.Process(target=_search, args=(problem, until, seed, mouth, over), daemon=True))
        searches[-1].start()
        mouth.close()
        ears.add(ear)
    try:
        while ears:
            for ear in ears.intersection(wait(list(ears), _ASK_EVERY)):
                try:
                    news = ear.recv()
                except EOFError:  # it has answered, or has died: the others go on
                    ears.discard(ear)
                    continue
                if isinstance(news, ContradictionError):
                    raise news
                if isinstance(news, Answer):
                    answers.append(news)
                best = Progress(min(best.cost, news.cost), max(best.bound, news.bound))
                tell(best)
                if best.cost <= best.bound:
                    over.set()
            if is_over():
                over.set()
    finally:
        for search in searches:
            search.terminate()
            search.join()
    if not answers:
        raise WorkforceError("Every search ended without an answer: the machine may lack memory.")
    return answers


def _best(answers: list[Answer]) -> Answer:
    return replace(min(answers, key=lambda answer: answer.cost), bound=max(answer.bound for answer in answers))


def _search(problem: Problem, until: float, seed: int, mouth: Connection, over: Event) -> None:
    """Search in a process of its own; every better roster's cost is told, then the answer."""
    try:
        left = lambda: 0.0 if over.is_set() else until - time.time()  # noqa: E731
        mouth.send(Search(problem, left, seed, tell=mouth.send).run())
    except ContradictionError as error:
        mouth.send(error)
