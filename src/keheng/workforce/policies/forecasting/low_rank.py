"""Low rank: a curve for each weekday, and a few common shapes by which days differ from it.

After Shen & Huang (2008) and Weinberg, Brown & Stroud (2007), with three changes: curves and shapes are smoothed as far
as their noise deserves; the score of a shape is predicted from yesterday, the last week, the last three, the same
weekday and the calendar; the strength of that regression is chosen by leave-one-out errors.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
from numpy.typing import NDArray

from keheng.workforce.policies.anscombe import anscombe, counts
from keheng.workforce.policies.forecasting.days import Asked, Days, share_of_noise, weekday_means
from keheng.workforce.policies.forecasting.regression import predict
from keheng.workforce.policies.forecasting.seasonal import mean_of_same_weekdays
from keheng.workforce.policies.forecasting.smoothing import smoothed
from keheng.workforce.policies.history import Array

_SHAPES = 3
_FEWEST_DAYS = 25
_CURVE_HALF_LIFE = 120.0
_SCORE_HALF_LIFE = 200.0
_MONTH = 30.44
_HARMONICS = 3
_WARM_UP = 8

_LARGE_COUNTS = 10
"""Mean calls of an interval from which logarithms are of use; below it the noise of counts would bias them."""


@dataclass(frozen=True)
class Scale:
    """A scale on which days are compared, and the way back."""

    to: Callable[[Array], Array]
    back: Callable[[Array], Array]


SQUARE_ROOT = Scale(to=anscombe, back=partial(counts, of_means=True))
"""Noise of counts is the same everywhere; the way back adds the quarter that the mean of a square has."""

LOGARITHM = Scale(to=np.log1p, back=lambda curve: np.maximum(np.expm1(curve), 0))
"""Effects multiply; good for large counts."""


def low_rank(days: Days, asked: Asked, *, scale: Scale, with_calendar: bool) -> Array:
    """Forecast a day; the mean of the same weekdays while fewer than 25 days are known."""
    if len(days) < _FEWEST_DAYS:
        return mean_of_same_weekdays(days, asked)
    if days.calls.mean() < _LARGE_COUNTS:
        scale = SQUARE_ROOT
    values, weights = scale.to(days.calls), days.weights(_CURVE_HALF_LIFE)
    curves = _weekday_curves(values, days, weights, asked)
    rest = values - np.stack([curves[weekday] for weekday in days.weekdays.tolist()])
    shapes = _shapes(rest, weights, noise=_noise(rest))
    scores = rest @ shapes.T
    moved = _next_scores(scores, days, asked, with_calendar=with_calendar) @ shapes
    calls = scale.back(curves[asked.day.weekday()] + moved)
    return calls * _lost_on_the_way(days, curves, weights) if scale is SQUARE_ROOT else calls


def _lost_on_the_way(days: Days, curves: dict[int, Array], weights: Array) -> float:
    """What the square root loses where counts are small: calls that came over those the curves would have said."""
    said = np.stack([SQUARE_ROOT.back(curves[weekday]) for weekday in days.weekdays.tolist()]).sum(axis=1)
    return float(weights @ days.calls.sum(axis=1)) / max(float(weights @ said), 1e-9)


def _noise(rest: Array) -> float:
    """Variance of what neither weekday nor the day's level explains."""
    return float(((rest - rest.mean(axis=1, keepdims=True)) ** 2).mean())


def _weekday_curves(values: Array, days: Days, weights: Array, asked: Asked) -> dict[int, Array]:
    """The curve of each weekday: the smoothed common curve, the weekday's level, its smoothed own form."""
    seen = sorted({*days.weekdays.tolist(), asked.day.weekday()})
    raw = weekday_means(values, days.weekdays, weights, seen)
    noise = _noise(values - np.stack([raw[weekday] for weekday in days.weekdays.tolist()]))
    common = smoothed(np.average(values, axis=0, weights=weights), noise * share_of_noise(weights))
    curves: dict[int, Array] = {}
    for weekday in seen:
        same = days.weekdays == weekday
        if not same.any():
            curves[weekday] = common
            continue
        own = raw[weekday] - common
        form = smoothed(own - own.mean(), noise * share_of_noise(weights[same]))
        curves[weekday] = common + own.mean() + form
    return curves


def _shapes(rest: Array, weights: Array, noise: float) -> Array:
    """The first right singular vectors, smoothed and made orthonormal again."""
    _, sizes, vectors = np.linalg.svd(rest * np.sqrt(weights)[:, None], full_matrices=False)
    kept = [number for number in range(min(_SHAPES, len(sizes))) if sizes[number] > 0]
    smooth = np.stack([smoothed(vectors[number], noise / float(sizes[number]) ** 2) for number in kept] or [vectors[0]])
    basis, _ = np.linalg.qr(smooth.T)
    return np.asarray(basis.T)


def _next_scores(scores: Array, days: Days, asked: Asked, *, with_calendar: bool) -> Array:
    """The score of each shape on the day asked for."""
    first = _WARM_UP + days.ahead
    gaps = np.diff(days.ordinals, prepend=days.ordinals[0] - 1)
    usual = _usual_gaps(gaps, days.weekdays)
    until = asked.day.toordinal()
    gap = until - int(days.ordinals[-1]) if days.ahead == 1 else usual.get(asked.day.weekday(), 1)
    size = scores.std(axis=0)
    memory = np.stack([_memory(scores, days, at, int(days.weekdays[at])) for at in range(first, len(days))])
    asked_memory = _memory(scores, days, len(days), asked.day.weekday())
    calendar = np.stack(
        [
            _calendar(int(days.ordinals[at]), bool(gaps[at] > usual[int(days.weekdays[at])]))
            for at in range(first, len(days))
        ]
    )
    asked_calendar = _calendar(until, gap > usual.get(asked.day.weekday(), gap))
    weights = days.weights(_SCORE_HALF_LIFE)[first:]
    found = np.empty(scores.shape[1])
    for shape in range(scores.shape[1]):
        known, asking = memory[:, :, shape], asked_memory[:, shape]
        if with_calendar:
            known = np.hstack([known, size[shape] * calendar])
            asking = np.concatenate([asking, size[shape] * asked_calendar])
        found[shape] = predict(known, scores[first:, shape], weights, asking)
    return found


def _usual_gaps(gaps: NDArray[np.int64], weekdays: NDArray[np.int64]) -> dict[int, float]:
    """Days since the open day before, as usual on each weekday: 3 on a Monday after a free weekend."""
    return {weekday: float(np.median(gaps[weekdays == weekday])) for weekday in set(weekdays.tolist())}


def _memory(scores: Array, days: Days, at: int, weekday: int) -> Array:
    """What the scores were when row ``at`` had to be forecast: the last day, week, three weeks, same weekdays."""
    known = scores[: at - days.ahead + 1]
    same = known[days.weekdays[: len(known)] == weekday][-2:]
    return np.stack(
        [
            known[-1],
            known[-5:].mean(axis=0),
            known[-15:].mean(axis=0),
            same.mean(axis=0) if len(same) else 0 * known[-1],
        ]
    )


def _calendar(ordinal: int, after_closure: bool) -> Array:
    """Where in the month a day lies, as three harmonics, and whether the queue was closed unexpectedly before."""
    phase = 2 * np.pi * (date.fromordinal(ordinal).day - 1) / _MONTH
    waves = [wave(times * phase) for times in range(1, _HARMONICS + 1) for wave in (np.cos, np.sin)]
    return np.array([*waves, float(after_closure)])
