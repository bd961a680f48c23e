"""The days a model learns from: those open at the hours asked for, without gaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from keheng.workforce.policies.history import DAYS_A_WEEK, Array, History

WEEK = range(DAYS_A_WEEK)

_MOSTLY = 0.9
"""A day teaches when it was open in so large a share of the intervals asked for; the others are filled in."""


@dataclass(frozen=True)
class Asked:
    """A day to forecast: its open columns, and the last day whose figures may be used."""

    day: date
    open: NDArray[np.bool_]
    known_until: date


@dataclass(frozen=True)
class Days:
    """Days to learn from, complete in the columns asked for.

    Attributes:
        ordinals: the dates as numbers, ascending.
        weekdays: 0 Monday … 6 Sunday.
        calls: days × open columns, without NaN.
        ahead: how many open days the day asked for lies after the last of these, at least 1.
    """

    ordinals: NDArray[np.int64]
    weekdays: NDArray[np.int64]
    calls: Array
    ahead: int

    def weights(self, half_life: float) -> Array:
        """Weights that halve every so many days into the past."""
        return np.asarray(0.5 ** ((self.ordinals[-1] - self.ordinals) / half_life))

    def __len__(self) -> int:
        return len(self.ordinals)


def days_for(history: History, asked: Asked) -> Days:
    """The days of a history that teach something about the day asked for."""
    calls = history.calls[:, asked.open]
    teaching = (~np.isnan(calls)).mean(axis=1) >= _MOSTLY if asked.open.any() else np.zeros(len(calls), dtype=bool)
    known = history.ordinals <= asked.known_until.toordinal()
    chosen = np.flatnonzero(teaching & known)
    steps = history.open_days(asked.known_until, asked.day)
    return Days(
        ordinals=history.ordinals[chosen],
        weekdays=history.weekdays[chosen],
        calls=_filled(calls[chosen]),
        ahead=max(steps, 1),
    )


def weekday_means(values: Array, weekdays: NDArray[np.int64], weights: Array, asked: Sequence[int]) -> dict[int, Array]:
    """The weighted mean curve of each weekday asked for; that of all days for a weekday never seen."""
    overall = np.average(values, axis=0, weights=weights)
    return {
        weekday: np.average(values[same], axis=0, weights=weights[same])
        if (same := weekdays == weekday).any()
        else overall
        for weekday in asked
    }


def share_of_noise(weights: Array) -> float:
    """How much of one day's noise variance is left in a mean with these weights."""
    return float((weights**2).sum() / weights.sum() ** 2)


def _filled(calls: Array) -> Array:
    """Gaps filled with the mean curve at the level of their day."""
    gaps = np.isnan(calls)
    if not gaps.any():
        return calls
    curve = np.nanmean(calls, axis=0)
    level = np.nansum(calls, axis=1) / np.where(gaps, 0, curve).sum(axis=1).clip(min=1e-9)
    return np.where(gaps, curve * level[:, None], calls)
