"""What the worker evaluates of its own accord."""

from contextlib import suppress
from datetime import date, datetime, timedelta

from keheng.common.clock import SHANGHAI
from keheng.org.models import Staff
from keheng.portfolio.models import MonthEndFigures
from keheng.tiering.enums import RunState, VersionState
from keheng.tiering.errors import TieringError
from keheng.tiering.models import Run, Scheme
from keheng.tiering.operations.evaluation import request_evaluation
from keheng.tiering.queries.runs import has_died


def evaluate_what_is_due(*, actor: Staff, at: datetime) -> list[Run]:
    """Queue what has not been evaluated yet: the last month end once its figures are there, then the day of ``at``.

    A run that failed or whose process died is queued again by the next call; one that is done or under way is not.
    """
    today = at.astimezone(SHANGHAI).date()
    last_end = today.replace(day=1) - timedelta(days=1)
    days = [today]
    if MonthEndFigures.objects.filter(month_end=last_end).exists():
        days.insert(0, last_end)
    schemes = Scheme.objects.filter(versions__state=VersionState.PUBLISHED).distinct()
    asked = []
    for scheme in schemes:
        for day in days:
            if not _is_settled(scheme, day, at):
                with suppress(TieringError):  # no version or figures of that day: nothing to evaluate
                    asked.append(request_evaluation(scheme=scheme, as_of=day, actor=actor, at=at))
    return asked


def _is_settled(scheme: Scheme, day: date, at: datetime) -> bool:
    under_way = Run.objects.filter(scheme=scheme, as_of=day).exclude(state=RunState.FAILED)
    return any(not has_died(run, at) for run in under_way)
