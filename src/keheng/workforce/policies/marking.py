"""Which days and intervals of a history should not be learnt from as they are, and why; and the history without them.

Calendars and events are known; what they leave unexplained is found by robust statistics. Nothing is decided here for
good: these are proposals.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from keheng.workforce.policies.cleaning import Anomaly, anomalies, cleaned
from keheng.workforce.policies.history import History


@dataclass(frozen=True)
class Known:
    """What is known about a day: the code of the reason, and its name."""

    reason: str
    name: str


@dataclass(frozen=True)
class Proposal:
    """A day (``minute`` None) or an interval to treat.

    Attributes:
        reason: a code of what is known, or ``outlier``.
        treatment: ``replace`` an interval, ``leave_out`` a day.
    """

    day: date
    minute: int | None
    reason: str
    note: str
    actual: float
    expected: float
    treatment: str


def propose(history: History, known: Mapping[date, Known]) -> list[Proposal]:
    """Mark every day with a known cause, and what statistics find on the others."""
    rows = {day: at for at, day in enumerate(history.dates)}
    found: list[Proposal] = []
    for day, cause in sorted(known.items()):
        if day in rows:
            actual = float(np.nansum(history.calls[rows[day]]))
            found.append(Proposal(day, None, cause.reason, cause.name, actual, usual(history, day, known), "leave_out"))
    ordinary = _only(history, [at for day, at in rows.items() if day not in known])
    for one in anomalies(ordinary):
        treatment = "leave_out" if one.start is None else "replace"
        found.append(Proposal(one.day, one.start, "outlier", "", one.actual, one.expected, treatment))
    return found


def usual(history: History, day: date, known: Mapping[date, Known]) -> float:
    """What the four nearest same weekdays without a known cause brought, as their median; 0 where there is none."""
    same = [at for at, other in enumerate(history.dates) if other.weekday() == day.weekday() and other not in known]
    nearest = sorted(same, key=lambda at: abs((history.dates[at] - day).days))[:4]
    return float(np.median([np.nansum(history.calls[at]) for at in nearest])) if nearest else 0.0


def treated(history: History, marks: Sequence[Proposal]) -> History:
    """The history to learn from: marked days left out, marked intervals as expected, whatever is kept as it was."""
    present = set(history.dates)
    starts = set(history.starts.tolist())
    return cleaned(
        history,
        [
            Anomaly(mark.day, mark.minute, mark.actual, mark.expected)
            for mark in marks
            if mark.treatment != "keep" and mark.day in present and (mark.minute is None or mark.minute in starts)
        ],
    )


def _only(history: History, rows: Sequence[int]) -> History:
    return replace(history, dates=[history.dates[at] for at in rows], calls=history.calls[list(rows)])
