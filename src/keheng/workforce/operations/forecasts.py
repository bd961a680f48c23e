"""Making forecasts, changing them by hand, and putting today right."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

import numpy as np
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from keheng.audit import operations as audit
from keheng.common.clock import SHANGHAI
from keheng.org.models import Staff
from keheng.workforce import permissions
from keheng.workforce.enums import Basis, RunState
from keheng.workforce.errors import WorkforceError
from keheng.workforce.models import MOST_DAYS, Adjustment, Forecast, ForecastDay, Queue
from keheng.workforce.policies.forecasting.ahead import (
    FEWEST_DAYS,
    Background,
    DayAhead,
    days_ahead,
    scaled,
    share_of,
)
from keheng.workforce.policies.forecasting.blend import MODELS, Model
from keheng.workforce.policies.history import Array, History
from keheng.workforce.policies.intraday import rest_of_day
from keheng.workforce.queries import forecasts as queries
from keheng.workforce.queries import history
from keheng.workforce.tasks import FORECAST_TASK


class _StoppedError(Exception):
    """Somebody asked for the work to stop."""


@transaction.atomic
def ask_forecast(
    *, queue: Queue, first_day: date, days: int, actor: Staff, at: datetime, known_until: date | None = None
) -> Forecast:
    """Let the worker make a new version of a forecast.

    Args:
        first_day, days: which days, 1 to 56 of them.
        known_until: forecast as if nothing later were known; None: all that is known before the first day.

    Raises:
        ValidationError: too many days, or nothing to learn from.
        PermissionDenied: the actor may not plan this queue.
    """
    forecast = new_forecast(queue=queue, first_day=first_day, days=days, actor=actor, at=at, known_until=known_until)
    app.configure_task(FORECAST_TASK).defer(forecast_id=forecast.pk)
    return forecast


@transaction.atomic
def new_forecast(
    *, queue: Queue, first_day: date, days: int, actor: Staff, at: datetime, known_until: date | None = None
) -> Forecast:
    """A forecast that waits to be made, by whoever calls :func:`make_forecast`; arguments as of ``ask_forecast``."""
    forecast = _new(
        queue=queue, first_day=first_day, days=days, basis=Basis.HISTORY, actor=actor, at=at, known_until=known_until
    )
    audit.record("workforce.forecast", actor=actor, at=at, target=forecast)
    return forecast


def make_forecast(*, forecast: Forecast, now: Callable[[], datetime], models: Mapping[str, Model] = MODELS) -> Forecast:
    """Make what was asked for, day by day; what fails stands in the forecast."""
    Forecast.objects.filter(pk=forecast.pk, state=RunState.QUEUED).update(state=RunState.RUNNING)
    forecast.refresh_from_db()
    if forecast.state != RunState.RUNNING:
        return forecast
    try:
        background, basis, share = _background(forecast, now().astimezone(SHANGHAI).date())
        days = days_ahead(background, forecast.first_day, forecast.days, models)
        rows, weights = [], []
        for done, day in enumerate(scaled(days, share) if basis == Basis.BORROWED else days, start=1):
            rows.append(_row(forecast, background.history, day))
            weights.append(day.weights)
            Forecast.objects.filter(pk=forecast.pk).update(done=done)
            _stop_if_asked(forecast)
    except _StoppedError:
        return _end(forecast, RunState.CANCELLED, now())
    except (WorkforceError, ValidationError) as error:
        sentence = error.messages[0] if isinstance(error, ValidationError) else _("There is no day to learn from.")
        return _end(forecast, RunState.FAILED, now(), fault=sentence)
    except Exception:
        _end(
            forecast, RunState.FAILED, now(), fault=_("The forecast could not be made; the log of the worker says why.")
        )
        raise
    with transaction.atomic():
        ForecastDay.objects.bulk_create(rows)
        names = sorted({name for one in weights for name in one})
        known = [one for one in weights if one]
        mean = {name: float(np.mean([one.get(name, 0.0) for one in known])) for name in names}
        return _end(forecast, RunState.DONE, now(), basis=basis, weights=mean)


@transaction.atomic
def cancel_forecast(*, forecast: Forecast, actor: Staff, at: datetime) -> None:
    """Stop a forecast: at once while it waits, after the present day while it runs."""
    permissions.check_plan_queue(actor, forecast.queue)
    waiting = Forecast.objects.filter(pk=forecast.pk, state=RunState.QUEUED)
    if not waiting.update(state=RunState.CANCELLED, finished_at=at):
        Forecast.objects.filter(pk=forecast.pk, state=RunState.RUNNING).update(cancel_requested=True)
    audit.record("workforce.cancel", actor=actor, at=at, target=forecast)


@transaction.atomic
def reforecast_today(*, queue: Queue, day: date, until_minute: int, actor: Staff, at: datetime) -> Forecast:
    """Put the rest of a day right by what came until now: a new version of one day.

    Raises:
        ValidationError: the day has no forecast, or no figures yet.
        PermissionDenied: the actor may not plan this queue.
    """
    said = queries.forecast_row(queue, day)
    if said is None:
        raise ValidationError(_("%(day)s has no forecast yet. Make one first.") % {"day": day})
    dates, calls = history.figures_of(queue, "calls", day, day)
    if not dates:
        raise ValidationError(_("No figures of %(day)s have been taken in yet.") % {"day": day})
    actual = calls[0].copy()
    actual[-(-until_minute // queue.step) if until_minute % queue.step == 0 else until_minute // queue.step :] = np.nan
    before, low, high = (queries.numbers(row) for row in (said.calls, said.low, said.high))
    expected, factor = rest_of_day(before, actual)
    forecast = _new(queue=queue, first_day=day, days=1, basis=Basis.INTRADAY, actor=actor, at=at, known_until=day)
    known = ~np.isnan(actual)
    ForecastDay.objects.create(
        forecast=forecast,
        day=day,
        calls=queries.listed(expected),
        low=queries.listed(np.where(known, expected, low * factor)),
        high=queries.listed(np.where(known, expected, high * factor)),
        factor=said.factor * factor,
        reason=said.reason,
    )
    audit.record("workforce.reforecast", actor=actor, at=at, target=forecast)
    return _end(forecast, RunState.DONE, at)


@transaction.atomic
def adjust(*, adjustment: Adjustment, actor: Staff, at: datetime) -> Adjustment:
    """Change the forecast of some days and intervals by a factor, with a reason; new versions keep it.

    Raises:
        ValidationError: by field.
        PermissionDenied: the actor may not plan this queue.
    """
    permissions.check_plan_queue(actor, adjustment.queue)
    adjustment.author, adjustment.at = actor, at
    adjustment.full_clean()
    adjustment.save()
    audit.record("workforce.adjust", actor=actor, at=at, target=adjustment, reason=adjustment.reason)
    return adjustment


@transaction.atomic
def withdraw_adjustment(*, adjustment: Adjustment, actor: Staff, at: datetime) -> None:
    """Take an adjustment back; it stays visible as withdrawn."""
    permissions.check_plan_queue(actor, adjustment.queue)
    Adjustment.objects.filter(pk=adjustment.pk, withdrawn_at=None).update(withdrawn_at=at)
    audit.record("workforce.withdraw", actor=actor, at=at, target=adjustment)


def _stop_if_asked(forecast: Forecast) -> None:
    if Forecast.objects.filter(pk=forecast.pk, cancel_requested=True).exists():
        raise _StoppedError


def _new(
    *, queue: Queue, first_day: date, days: int, basis: Basis, actor: Staff, at: datetime, known_until: date | None
) -> Forecast:
    permissions.check_plan_queue(actor, queue)
    if not 1 <= days <= MOST_DAYS:
        raise ValidationError({"days": _("A forecast reaches 1 to %(most)d days.") % {"most": MOST_DAYS}})
    Queue.objects.select_for_update().get(pk=queue.pk)
    last = Forecast.objects.filter(queue=queue).aggregate(last=Max("number"))["last"] or 0
    return Forecast.objects.create(
        queue=queue,
        number=last + 1,
        first_day=first_day,
        days=days,
        known_until=known_until or first_day - timedelta(days=1),
        basis=basis,
        actor=actor,
        at=at,
    )


def _background(forecast: Forecast, today: date) -> tuple[Background, Basis, float]:
    """What a queue's forecast rests on: its own history, or the borrowed one with the share of its size."""
    queue, until = forecast.queue, forecast.known_until
    own = history.history_of(queue, until=until).finished(today)
    lender, basis, share = queue, Basis.HISTORY, 1.0
    if len(own.dates) < FEWEST_DAYS:
        if queue.borrows is None and not own.dates:
            raise ValidationError(
                _("%(queue)s has no history. Take a file in, or name a queue whose profile it borrows.")
                % {"queue": queue}
            )
        if queue.borrows is not None:
            lender, basis = queue.borrows, Basis.BORROWED
    rows = own if lender == queue else history.history_of(lender, until=until).finished(today)
    if basis == Basis.BORROWED:
        if queue.step != lender.step:
            raise ValidationError(
                _("%(queue)s and %(lender)s are counted in different intervals.") % {"queue": queue, "lender": lender}
            )
        share = share_of(own, rows, queue.borrowed_share)
    known, given = history.known_days(queue)
    return Background(rows, history.marks_of(lender), known, given), basis, share


def _row(forecast: Forecast, grid: History, day: DayAhead) -> ForecastDay:
    def whole(values: Array) -> list[float | None]:
        row = np.full(history.A_DAY // grid.step, np.nan)
        row[grid.starts // grid.step] = values
        return queries.listed(row)

    return ForecastDay(
        forecast=forecast,
        day=day.day,
        calls=whole(day.calls),
        low=whole(day.low),
        high=whole(day.high),
        factor=day.factor,
        reason=day.reason[:120],
    )


def _end(forecast: Forecast, state: RunState, at: datetime, **fields: object) -> Forecast:
    Forecast.objects.filter(pk=forecast.pk).update(state=state, finished_at=at, **fields)
    forecast.refresh_from_db()
    return forecast
