"""Forecasts as versions, and what people changed about them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from keheng.org.models import Staff
from keheng.workforce.enums import Basis, RunState
from keheng.workforce.models.queues import Queue

MOST_DAYS = 56
A_DAY = 1440
"""Minutes of a day."""


class Forecast(models.Model):
    """One version of a queue's forecast; of several the last made holds for a day."""

    queue = models.ForeignKey(Queue, models.CASCADE, related_name="forecasts", verbose_name=_("queue"))
    number = models.PositiveIntegerField(_("version"))
    first_day = models.DateField(_("begins on"))
    days = models.PositiveSmallIntegerField(_("days"))
    known_until = models.DateField(_("known until"), null=True, blank=True)
    basis = models.CharField(_("basis"), max_length=8, choices=Basis, default=Basis.HISTORY)
    state = models.CharField(_("state"), max_length=10, choices=RunState, default=RunState.QUEUED)
    actor = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("made by"))
    at = models.DateTimeField(_("asked for at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    done = models.PositiveSmallIntegerField(default=0)
    cancel_requested = models.BooleanField(default=False)
    weights = models.JSONField(_("models"), default=dict, blank=True)
    fault = models.CharField(_("problem"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("forecast")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["queue", "number"], name="workforce_forecast_number"),
            models.CheckConstraint(
                condition=models.Q(days__gte=1, days__lte=MOST_DAYS), name="workforce_forecast_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.queue} {self.number}"

    def get_absolute_url(self) -> str:
        return f"{reverse('workforce:queue', args=[self.queue_id])}?tab=forecast"


class ForecastDay(models.Model):
    """The forecast of one day over the queue's intervals from midnight; null where it is closed.

    ``factor`` is the effect of a holiday or event that is in the figures already.
    """

    forecast = models.ForeignKey(Forecast, models.CASCADE, related_name="day_rows")
    day = models.DateField(_("day"))
    calls = ArrayField(models.FloatField(null=True), verbose_name=_("contacts"))
    low = ArrayField(models.FloatField(null=True), verbose_name=_("lower edge"))
    high = ArrayField(models.FloatField(null=True), verbose_name=_("upper edge"))
    factor = models.FloatField(_("effect"), default=1.0)
    reason = models.CharField(_("reason"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("day of a forecast")
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["forecast", "day"], name="workforce_forecast_day_once")]

    def __str__(self) -> str:
        return f"{self.forecast_id} {self.day}"


class Adjustment(models.Model):
    """What a person changed about the forecast of some days, with the reason; it outlives new versions."""

    queue = models.ForeignKey(Queue, models.CASCADE, related_name="adjustments", verbose_name=_("queue"))
    first_day = models.DateField(_("begins on"))
    last_day = models.DateField(_("ends on"))
    starts = models.PositiveSmallIntegerField(_("from minute"), default=0)
    ends = models.PositiveSmallIntegerField(_("to minute"), default=1440)
    factor = models.FloatField(_("factor"))
    reason = models.CharField(_("reason"), max_length=200)
    author = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("author"))
    at = models.DateTimeField(_("made at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("adjustment")
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day"), ends__gt=models.F("starts"), factor__gte=0),
                name="workforce_adjustment_forward",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_day} × {self.factor:g}"

    @property
    def span(self) -> str:
        """The part of the day that is changed, ``09:00–12:00``; empty for all of it."""
        if (self.starts, self.ends) == (0, A_DAY):
            return ""
        return "–".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in (self.starts, self.ends))
