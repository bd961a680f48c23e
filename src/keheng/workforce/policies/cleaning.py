"""Days and intervals that do not belong to the pattern: found by robust statistics, named, never changed in the raw."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from keheng.workforce.policies.anscombe import anscombe, counts
from keheng.workforce.policies.history import DAYS_A_WEEK, Array, History

DAY_LIMIT = 5.0
"""Robust standard deviations at which a whole day counts as unusual (holiday, campaign, outage)."""

INTERVAL_LIMIT = 6.0
"""Robust standard deviations at which a single interval counts as unusual."""

_FEWEST_DAYS = 10
_TO_DEVIATION = 1.4826  # of a normal distribution's median absolute deviation


@dataclass(frozen=True)
class Anomaly:
    """Something unusual on a day.

    Attributes:
        day: its date.
        start: minutes after midnight of the interval; None for the whole day.
        actual: calls that came.
        expected: calls that the weekday's median curve, at that day's level for an interval, would have brought.
    """

    day: date
    start: int | None
    actual: float
    expected: float


def anomalies(history: History) -> list[Anomaly]:
    """Unusual days and, on the other days, unusual intervals; none in a history of less than ten days."""
    if len(history.dates) < _FEWEST_DAYS:
        return []
    curves = anscombe(history.calls)
    usual = _weekday_medians(curves, history)
    levels = np.array([_median(row) for row in curves - usual])
    strange = np.abs(levels - _median(levels)) > DAY_LIMIT * _spread(levels)
    rest = curves - usual - levels[:, None]
    odd = (np.abs(rest) > INTERVAL_LIMIT * _spread(rest[~strange])) & ~strange[:, None]
    expected = counts(usual + levels[:, None])
    found = [
        Anomaly(day, None, float(np.nansum(history.calls[at])), float(np.nansum(counts(usual[at]))))
        for at, day in enumerate(history.dates)
        if strange[at]
    ]
    found += [
        Anomaly(
            history.dates[at],
            int(history.starts[column]),
            float(history.calls[at, column]),
            float(expected[at, column]),
        )
        for at, column in zip(*np.nonzero(odd), strict=True)
    ]
    return sorted(found, key=lambda one: (one.day, -1 if one.start is None else one.start))


def cleaned(history: History, found: Sequence[Anomaly]) -> History:
    """The history with unusual days left out and unusual intervals replaced by what was expected."""
    left_out = {one.day for one in found if one.start is None}
    calls = history.calls.copy()
    row = {day: at for at, day in enumerate(history.dates)}
    column = {start: at for at, start in enumerate(history.starts.tolist())}
    for one in found:
        if one.start is not None:
            calls[row[one.day], column[one.start]] = one.expected
    kept = [at for at, day in enumerate(history.dates) if day not in left_out]
    return replace(history, dates=[history.dates[at] for at in kept], calls=calls[kept])


def _weekday_medians(curves: Array, history: History) -> Array:
    usual = np.empty_like(curves)
    for weekday in range(DAYS_A_WEEK):
        days = history.weekdays == weekday
        if days.any():
            there = ~np.isnan(curves[days]).all(axis=0)
            usual[days] = np.nan
            usual[np.ix_(days, there)] = np.nanmedian(curves[days][:, there], axis=0)
    return usual


def _median(values: Array) -> float:
    there = values[~np.isnan(values)]
    return float(np.median(there)) if len(there) else 0.0


def _spread(values: Array) -> float:
    there = values[~np.isnan(values)]
    deviation = float(np.median(np.abs(there - np.median(there)))) if len(there) else 0.0
    return deviation * _TO_DEVIATION or np.inf
