"""Forecasts of the days after a history: calendars and events considered, another queue's profile where it is short."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from keheng.workforce.policies.effects import effect, weekday_standing_for
from keheng.workforce.policies.forecasting.blend import MODELS, Forecaster, Model, NothingKnownError
from keheng.workforce.policies.history import Array, History
from keheng.workforce.policies.marking import Known, Proposal, treated

FEWEST_DAYS = 14
"""A queue with fewer days of its own borrows the profile of another."""

_HORIZONS = (1, 7, 28)
"""Models are weighed for these horizons; days in between use the next shorter one."""


@dataclass(frozen=True)
class DayAhead:
    """A day's forecast over all columns of the history, NaN where it is closed.

    Attributes:
        factor: the effect of a holiday or event, in the figures already.
        reason: what had the effect.
    """

    day: date
    calls: Array
    low: Array
    high: Array
    factor: float
    reason: str
    weights: Mapping[str, float]


@dataclass(frozen=True)
class Background:
    """What a forecast rests on.

    Attributes:
        history: what came, unchanged.
        marks: what not to learn from.
        known: causes by day, past and to come.
        given: factors that people gave to causes, by day.
    """

    history: History
    marks: list[Proposal]
    known: Mapping[date, Known]
    given: Mapping[date, float]


def days_ahead(
    background: Background, first: date, days: int, models: Mapping[str, Model] = MODELS
) -> Iterator[DayAhead]:
    """Forecast day after day from everything that is known.

    Raises:
        NothingKnownError: the history teaches nothing.
    """
    learnt = treated(background.history, background.marks)
    if not learnt.dates:
        raise NothingKnownError("There is no day to learn from.")
    last = background.history.dates[-1]
    forecasters = {horizon: Forecaster(learnt, horizon, models, clean=lambda known: known) for horizon in _HORIZONS}
    for ahead in range(days):
        day = first + timedelta(days=ahead)
        horizon = max(one for one in _HORIZONS if one <= max((day - last).days, 1))
        yield _day(background, forecasters[horizon], day, last)


def _day(background: Background, forecaster: Forecaster, day: date, last: date) -> DayAhead:
    cause = background.known.get(day)
    factor = background.given.get(day)
    if factor is None:
        factor = effect(background.history, background.known, cause) if cause else 1.0
    closed = np.full(len(background.history.starts), np.nan)
    standing = weekday_standing_for(day, cause)
    hours = forecaster.history.usual_hours(standing)
    reason = cause.name if cause else ""
    if factor == 0 or not hours.any():
        return DayAhead(day, closed, closed, closed, factor, reason, {})
    found = forecaster.day(standing, known_until=last)
    calls, low, high = (_spread(closed, hours, row * factor) for row in (found.calls, found.low, found.high))
    return DayAhead(day, calls, low, high, factor, reason, found.weights)


def scaled(days: Iterator[DayAhead], share: float) -> Iterator[DayAhead]:
    """A queue that goes like another, at a share of its size; the band is as wide as the smaller counts make it."""
    widen = 1 / np.sqrt(min(share, 1.0))
    for one in days:
        calls = one.calls * share
        low = np.maximum(calls - (one.calls - one.low) * share * widen, 0)
        high = calls + (one.high - one.calls) * share * widen
        yield DayAhead(one.day, calls, low, high, one.factor, one.reason, one.weights)


def share_of(own: History, lender: History, said: float) -> float:
    """The size of a new queue against another: what people said, corrected by the days that both know."""
    lent = {day: float(np.nansum(lender.calls[at])) for at, day in enumerate(lender.dates)}
    both = [(float(np.nansum(own.calls[at])), lent[day]) for at, day in enumerate(own.dates) if day in lent]
    theirs = sum(other for _, other in both)
    return (sum(mine for mine, _ in both) + said * theirs / 3) / (theirs * 4 / 3) if theirs else said


def _spread(closed: Array, hours: np.ndarray, values: Array) -> Array:
    found = closed.copy()
    found[hours] = values
    return found
