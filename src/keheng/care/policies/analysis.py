"""The way of a month group analysis, and by when each step is to be done."""

from collections.abc import Callable
from datetime import date, timedelta

from keheng.care.enums.reports import AnalysisState

TRANSITIONS: dict[str, dict[AnalysisState, AnalysisState]] = {
    "hand_in": {
        AnalysisState.DRAFT: AnalysisState.HANDED_IN,
        AnalysisState.RETURNED: AnalysisState.HANDED_IN,
    },
    "approve": {AnalysisState.HANDED_IN: AnalysisState.APPROVED},
    "return": {AnalysisState.HANDED_IN: AnalysisState.RETURNED},
}


def follows(act: str, state: AnalysisState) -> AnalysisState | None:
    """The state after an act, or ``None`` where it is not to be done now."""
    return TRANSITIONS[act].get(state)


def next_month(month: date) -> date:
    """The first day of the month after that of ``month``."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def nth_working_day(month: date, count: int, is_working_day: Callable[[date], bool]) -> date:
    """The ``count``-th working day of the month; A4: the review ends with the fifth of the next month."""
    day = month.replace(day=1)
    left = count
    for _ in range(62):  # no month has fewer working days than asked for and a holiday after it
        if is_working_day(day):
            left -= 1
            if left == 0:
                return day
        day += timedelta(days=1)
    return day
