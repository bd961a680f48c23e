"""Forecasting the last days of a history as if they were still to come."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from keheng.workforce.policies.accuracy import Accuracy, accuracy, scaled_error
from keheng.workforce.policies.forecasting.blend import MODELS, Forecaster, Model, NothingKnownError
from keheng.workforce.policies.history import Array, History, in_blocks

HALF_HOUR = 30


@dataclass(frozen=True)
class Backtest:
    """How the forecasts of the last days compare with what came.

    Attributes:
        by_interval: errors of single intervals.
        by_half_hour: errors of complete half-hours; None where intervals are longer than that.
        mase_week: error as a share of that of the same weekday a week before.
        weights: mean weight of each model.
        forecast: days × intervals, NaN where closed or nothing was known.
        days: number of days compared.
    """

    by_interval: Accuracy
    by_half_hour: Accuracy | None
    mase_week: float | None
    weights: dict[str, float]
    forecast: Array
    days: int


def backtest(history: History, *, days: int, horizon: int = 1, models: Mapping[str, Model] = MODELS) -> Backtest:
    """Forecast each of the last ``days`` days from what was known ``horizon`` days before it.

    Raises:
        NothingKnownError: when the history is too short for that.
    """
    if not 0 < days < len(history.dates):
        raise NothingKnownError(
            f"{days} days cannot be held back from a history of {len(history.dates)}: one at least must stay."
        )
    forecaster = Forecaster(history, horizon, models)
    first = len(history.dates) - days
    actual, said = history.calls[first:], np.full_like(history.calls[first:], np.nan)
    weights: list[dict[str, float]] = []
    for at, day in enumerate(history.dates[first:]):
        try:
            found = forecaster.day(day)
        except NothingKnownError:
            continue
        said[at, history.open[first + at]] = found.calls
        weights.append(dict(found.weights))
    if not weights:
        raise NothingKnownError("No day before the days held back teaches anything about them.")
    blocks = [in_blocks(values, history.starts, history.step, HALF_HOUR) for values in (actual, said)]
    return Backtest(
        by_interval=accuracy(actual, said),
        by_half_hour=accuracy(*blocks) if history.step <= HALF_HOUR else None,
        mase_week=scaled_error(actual, said, _week_before(history, first)),
        weights={name: float(np.mean([one[name] for one in weights])) for name in weights[0]},
        forecast=said,
        days=len(weights),
    )


def _week_before(history: History, first: int) -> Array:
    """For each day held back the calls of the last same weekday before it."""
    naive = np.full_like(history.calls[first:], np.nan)
    for at in range(first, len(history.dates)):
        same = np.flatnonzero(history.weekdays[:at] == history.weekdays[at])
        if len(same):
            naive[at - first] = history.calls[same[-1]]
    return naive
