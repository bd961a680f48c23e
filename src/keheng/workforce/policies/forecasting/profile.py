"""Level × profile: how much the day brings, and how it is spread over the day."""

import warnings

import numpy as np

from keheng.workforce.policies.forecasting.days import WEEK, Asked, Days, share_of_noise, weekday_means
from keheng.workforce.policies.forecasting.smoothing import smoothed
from keheng.workforce.policies.history import Array

_PROFILE_HALF_LIFE = 60.0
_LEVEL_HALF_LIFE = 7.0
_WEEKDAY_HALF_LIFE = 120.0
_FEWEST_SEASONS = 3


def recent_level(days: Days, asked: Asked) -> Array:
    """The day's total from weekday factors and the level of the last days, by exponential weights."""
    totals = np.log1p(days.calls.sum(axis=1))
    factors = weekday_means(totals[:, None], days.weekdays, days.weights(_WEEKDAY_HALF_LIFE), WEEK)
    rest = totals - np.array([factors[weekday][0] for weekday in days.weekdays.tolist()])
    level = np.average(rest, weights=days.weights(_LEVEL_HALF_LIFE))
    return np.asarray(np.expm1(factors[asked.day.weekday()][0] + level) * _profile(days, asked))


def smoothed_level(days: Days, asked: Asked) -> Array:
    """The day's total by exponential smoothing with a weekly season (AutoETS), once three weeks are known."""
    week = len(set(days.weekdays.tolist()))
    if len(days) < _FEWEST_SEASONS * week or week == 1:
        return recent_level(days, asked)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a library about itself
        from statsforecast.models import AutoETS

        found = AutoETS(season_length=week, model="ANA").forecast(y=np.log1p(days.calls.sum(axis=1)), h=days.ahead)
    return np.asarray(np.expm1(float(found["mean"][-1])) * _profile(days, asked))


def _profile(days: Days, asked: Asked) -> Array:
    """The weekday's share of each interval, smoothed as far as its noise deserves; sums to 1."""
    totals = days.calls.sum(axis=1, keepdims=True)
    shares = days.calls / np.where(totals > 0, totals, 1)
    weights = days.weights(_PROFILE_HALF_LIFE)
    mean = weekday_means(shares, days.weekdays, weights, [asked.day.weekday()])[asked.day.weekday()]
    same = days.weekdays == asked.day.weekday()
    same = same if same.any() else np.ones_like(same)
    noise = float(((shares[same] - mean) ** 2).mean()) * share_of_noise(weights[same])
    curve = np.maximum(smoothed(mean, noise), 0)
    return np.asarray(curve / curve.sum()) if curve.sum() > 0 else np.full(len(curve), 1 / len(curve))
