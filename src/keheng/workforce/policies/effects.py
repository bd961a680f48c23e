"""What holidays, make-up days and events do to a day, learnt from those there have been."""

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np

from keheng.workforce.policies.history import History
from keheng.workforce.policies.marking import Known, usual

_PRIOR = 0.5
"""So many days without any effect are added to those seen: one odd day alone does not decide."""

MONDAY = 0
_LEARNT = {"holiday", "make_up", "campaign", "other"}


def effect(history: History, known: Mapping[date, Known], cause: Known) -> float:
    """By what factor a cause moves a day: the mean of what days with the same name did, else with the same reason.

    0 where the queue was closed on all of them. An outage to come is not foreseen: its factor is 1.
    """
    if cause.reason not in _LEARNT or not history.dates:
        return 1.0
    first, last = history.dates[0], history.dates[-1]
    past = {day: one for day, one in known.items() if first <= day <= last and one.reason == cause.reason}
    alike = {day: one for day, one in past.items() if one.name == cause.name} or past
    if not alike:
        return 1.0
    rows = {day: at for at, day in enumerate(history.dates)}
    open_days = [day for day in alike if day in rows]
    if not open_days:
        return 0.0 if cause.reason == "holiday" else 1.0
    standard = {day: weekday_standing_for(day, alike[day]) for day in open_days}
    ratios = [
        float(np.nansum(history.calls[rows[day]])) / normal
        for day in open_days
        if (normal := usual(history, standard[day], known)) > 0
    ]
    return (sum(ratios) + _PRIOR) / (len(ratios) + _PRIOR) if ratios else 1.0


def weekday_standing_for(day: date, cause: Known | None) -> date:
    """The day whose weekday tells how a day goes: a make-up day 调休 goes like the Monday after it."""
    if cause is not None and cause.reason == "make_up":
        return day + timedelta(days=(MONDAY - day.weekday()) % 7)
    return day
