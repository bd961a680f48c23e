"""Several models, weighted by how well each did on the days before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial

import numpy as np

from keheng.workforce.errors import WorkforceError
from keheng.workforce.policies.anscombe import anscombe, counts
from keheng.workforce.policies.cleaning import anomalies, cleaned
from keheng.workforce.policies.forecasting.days import Asked, Days, days_for
from keheng.workforce.policies.forecasting.low_rank import LOGARITHM, SQUARE_ROOT, low_rank
from keheng.workforce.policies.forecasting.profile import recent_level, smoothed_level
from keheng.workforce.policies.forecasting.seasonal import last_same_weekday, mean_of_same_weekdays
from keheng.workforce.policies.history import Array, History

type Model = Callable[[Days, Asked], Array]

MODELS: Mapping[str, Model] = {
    "low-rank log calendar": partial(low_rank, scale=LOGARITHM, with_calendar=True),
    "low-rank root calendar": partial(low_rank, scale=SQUARE_ROOT, with_calendar=True),
    "low-rank root": partial(low_rank, scale=SQUARE_ROOT, with_calendar=False),
    "level × profile": recent_level,
    "AutoETS × profile": smoothed_level,
    "same weekdays": mean_of_same_weekdays,
    "weekly naive": last_same_weekday,
}

_TRIAL_DAYS = 20
"""So many past days are forecast as if unknown, to weigh the models."""

_SHARPNESS = 24
"""Weights are the errors to this power, inverted: a model 3 % worse counts half, one 20 % worse hardly at all."""

_FEWEST_TRIALS = 8

_ERROR_OF_MEDIAN = 1.4826 * 1.2533
"""Makes a median absolute deviation, over the root of the number, the standard error of a median."""

_EDGE = 0.1
"""Half of what lies outside the band: it holds 80 % of what comes."""


@dataclass(frozen=True)
class Forecast:
    """A day's forecast over its open intervals.

    Attributes:
        calls: expected calls.
        low, high: 80 % of what comes lies between.
        weights: share of each model.
    """

    calls: Array
    low: Array
    high: Array
    weights: Mapping[str, float]


class NothingKnownError(WorkforceError):
    """There is no day to learn from."""


def _without_anomalies(history: History) -> History:
    return cleaned(history, anomalies(history))


@dataclass
class Forecaster:
    """Forecasts days of one queue, each from what was known ``horizon`` days before.

    Trials are kept, so that a backtest of many days costs each day once. ``clean`` takes out of what is known whatever
    should not be learnt.
    """

    history: History
    horizon: int = 1
    models: Mapping[str, Model] = field(default_factory=lambda: MODELS)
    clean: Callable[[History], History] = _without_anomalies
    _trials: dict[date, tuple[Array, dict[str, Array]] | None] = field(default_factory=dict)

    def day(self, day: date, known_until: date | None = None) -> Forecast:
        """Forecast one day in the hours of its weekday, or those it had.

        Args:
            day: the day.
            known_until: the last day whose figures may be used; that of the horizon when left out.

        Raises:
            NothingKnownError: when no earlier day was open at these hours.
        """
        asked = self._asked(day)
        if known_until is not None:
            asked = replace(asked, known_until=known_until)
        found = self._forecasts(asked)
        if found is None:
            raise NothingKnownError(f"No day before {asked.known_until} teaches anything about {day}.")
        past = self._past(asked.known_until)
        weights = _weights(past, list(found))
        mixed = [(actual, _mixed(said, weights)) for actual, said in past]
        mean = _mixed(found, weights) / (1 + _lasting_bias(mixed))
        low, high = _band(mean, mixed)
        return Forecast(mean, low, high, weights)

    def _asked(self, day: date) -> Asked:
        at = int(np.searchsorted(self.history.ordinals, day.toordinal()))
        known = at < len(self.history.dates) and self.history.dates[at] == day
        hours = self.history.open[at] if known else self.history.before(day).usual_hours(day)
        return Asked(day, hours, day - timedelta(days=self.horizon))

    def _forecasts(self, asked: Asked) -> dict[str, Array] | None:
        known = self.history.before(asked.known_until + timedelta(days=1))
        if not len(known.dates):
            return None
        days = days_for(self.clean(known), asked)
        return {name: model(days, asked) for name, model in self.models.items()} if len(days) else None

    def _past(self, until: date) -> list[tuple[Array, dict[str, Array]]]:
        """What came on the last days known, and what each model would have said."""
        days = [day for day in self.history.dates if day <= until][-_TRIAL_DAYS:]
        found = [self._trial(day) for day in days]
        return [trial for trial in found if trial is not None]

    def _trial(self, day: date) -> tuple[Array, dict[str, Array]] | None:
        if day not in self._trials:
            asked = self._asked(day)
            said = self._forecasts(asked)
            row = self.history.calls[self.history.dates.index(day)][asked.open]
            self._trials[day] = None if said is None else (row, said)
        return self._trials[day]


def _weights(past: list[tuple[Array, dict[str, Array]]], names: list[str]) -> dict[str, float]:
    """Weights from the median over the days of each model's root mean square error; equal without a past."""
    if not past:
        return dict.fromkeys(names, 1 / len(names))
    errors = {
        name: float(np.median([np.sqrt(((said[name] - actual) ** 2).mean()) for actual, said in past]))
        for name in names
    }
    best = max(min(errors.values()), 1e-9)
    merit = {name: (best / max(error, 1e-9)) ** _SHARPNESS for name, error in errors.items()}
    return {name: merit[name] / sum(merit.values()) for name in names}


def _mixed(said: dict[str, Array], weights: Mapping[str, float]) -> Array:
    return np.asarray(sum(weights[name] * calls for name, calls in said.items()))


def _lasting_bias(past: list[tuple[Array, Array]]) -> float:
    """By what share the days were forecast too high, as far as it goes beyond chance: the median less its error."""
    ratios = np.array([said.sum() / actual.sum() - 1 for actual, said in past if actual.sum() > 0])
    if len(ratios) < _FEWEST_TRIALS:
        return 0.0
    middle = float(np.median(ratios))
    error = float(np.median(np.abs(ratios - middle))) * _ERROR_OF_MEDIAN / np.sqrt(len(ratios))
    return float(np.sign(middle) * max(abs(middle) - error, 0.0))


def _band(mean: Array, past: list[tuple[Array, Array]]) -> tuple[Array, Array]:
    """The band from past errors on the square-root scale, where they are alike for all intervals."""
    root = anscombe(mean)
    errors = [anscombe(actual) - anscombe(said) for actual, said in past]
    pooled = np.concatenate(errors) if errors else np.array([-1.28, 1.28])
    edges = np.quantile(pooled, [_EDGE, 1 - _EDGE])
    return counts(root + edges[0]), counts(root + edges[1])
