"""What is forecast for a queue, with what people changed; and how far it was from what came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.db.models import Max, QuerySet

from keheng.workforce.enums import Basis, RunState
from keheng.workforce.models import Adjustment, ForecastDay, Queue
from keheng.workforce.policies.accuracy import Accuracy, accuracy, scaled_error
from keheng.workforce.policies.history import Array
from keheng.workforce.queries.history import figures_of

HORIZONS = ((1, 1), (2, 7), (8, 14), (15, 28), (29, 56))
"""Days between what was known and the day forecast, by which errors are told."""


def numbers(row: Sequence[float | None]) -> Array:
    """A stored row as figures, NaN where it is null."""
    return np.array([np.nan if value is None else value for value in row], dtype=float)


def listed(row: Array) -> list[float | None]:
    """Figures as a row to store."""
    return [None if np.isnan(value) else round(float(value), 3) for value in row]


def forecast_row(queue: Queue, day: date) -> ForecastDay | None:
    """The forecast that holds for a day: that of the last version."""
    return _rows(queue, day, day).first()


@dataclass(frozen=True)
class Said:
    """The forecast of a day as it is used, over all intervals from midnight.

    Attributes:
        plain: before people changed it.
        adjusted_by: the adjustments in it.
    """

    day: date
    calls: Array
    low: Array
    high: Array
    plain: Array
    factor: float
    reason: str
    version: int
    adjusted_by: list[Adjustment]


def said(queue: Queue, first: date, last: date) -> list[Said]:
    """The forecasts that hold for days, in their order; days without one are left out."""
    by_day: dict[date, ForecastDay] = {}
    for row in _rows(queue, first, last).select_related("forecast"):
        by_day.setdefault(row.day, row)
    changes = list(
        Adjustment.objects.filter(queue=queue, withdrawn_at=None, first_day__lte=last, last_day__gte=first)
        .select_related("author")
        .order_by("at")
    )
    return [_said(by_day[day], queue.step, changes) for day in sorted(by_day)]


def _rows(queue: Queue, first: date, last: date) -> QuerySet[ForecastDay]:
    return ForecastDay.objects.filter(
        forecast__queue=queue, forecast__state=RunState.DONE, day__gte=first, day__lte=last
    ).order_by("-forecast__number")


def _said(row: ForecastDay, step: int, changes: Sequence[Adjustment]) -> Said:
    plain = numbers(row.calls)
    factors = np.ones(len(plain))
    applied = [one for one in changes if one.first_day <= row.day <= one.last_day]
    starts = np.arange(len(plain)) * step
    for one in applied:
        factors[(starts >= one.starts) & (starts < one.ends)] *= one.factor
    low, high = numbers(row.low), numbers(row.high)
    return Said(
        row.day, plain * factors, low * factors, high * factors, plain, row.factor, row.reason,
        row.forecast.number, applied,
    )  # fmt: skip


@dataclass(frozen=True)
class HorizonErrors:
    """Errors of forecasts so many days ahead."""

    first: int
    last: int
    days: int
    errors: Accuracy
    mase: float | None


def errors_by_horizon(queue: Queue) -> list[HorizonErrors]:
    """How far stored forecasts, as the models made them, were from what came; horizons without a day are left out."""
    dates, calls = figures_of(queue, "calls")
    actual = dict(zip(dates, calls, strict=True))
    rows = (
        ForecastDay.objects.filter(forecast__queue=queue, forecast__state=RunState.DONE, day__in=dates)
        .exclude(forecast__basis=Basis.INTRADAY)
        .select_related("forecast")
        .order_by("day", "forecast__number")
    )
    by_horizon: dict[tuple[int, int], list[tuple[Array, Array, Array]]] = {}
    for row in rows:
        ahead = (row.day - row.forecast.known_until).days if row.forecast.known_until else 0
        for first, last in HORIZONS:
            if first <= ahead <= last:
                weeks = -(-ahead // 7)
                naive = actual.get(row.day - timedelta(weeks=weeks), np.full(len(actual[row.day]), np.nan))
                by_horizon.setdefault((first, last), []).append((actual[row.day], numbers(row.calls), naive))
    return [
        HorizonErrors(
            first, last, len(found), accuracy(*_stacked(found)[:2]), scaled_error(*_stacked(found))
        )
        for (first, last), found in sorted(by_horizon.items())
    ]  # fmt: skip


def _stacked(rows: Sequence[tuple[Array, Array, Array]]) -> tuple[Array, Array, Array]:
    return (
        np.concatenate([row[0] for row in rows]),
        np.concatenate([row[1] for row in rows]),
        np.concatenate([row[2] for row in rows]),
    )


def reach(queues: Sequence[Queue]) -> dict[int, date]:
    """The last day that each queue has a forecast of; one query."""
    rows = ForecastDay.objects.filter(forecast__queue__in=queues, forecast__state=RunState.DONE)
    return dict(rows.order_by().values_list("forecast__queue").annotate(Max("day")))
