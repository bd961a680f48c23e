"""Clocks of requests, and what happened to them. The events are the ledger: append-only."""

from datetime import timedelta
from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from keheng.org.models import Staff
from keheng.service_requests.enums import ClockKind, SlaEventKind
from keheng.service_requests.models.requests import ServiceRequest


class RequestClock(models.Model):
    """One clock of a request. ``marks`` are the instants of its marks in order, ``reached`` how many are behind.

    ``next_at`` is the first mark that is not: what the tick looks for, by an index that holds running clocks only. It
    is empty while the clock stands still or has stopped, and after the last mark. ``used`` is the service time that it
    took until it was stopped; empty while it runs, and where it was dropped without being judged.
    """

    request = models.ForeignKey(ServiceRequest, models.CASCADE, related_name="clocks")
    kind = models.CharField(_("clock"), max_length=8, choices=ClockKind)
    limit = models.CharField(_("limit"), max_length=12)
    started_at = models.DateTimeField(_("started at"))
    due_at = models.DateTimeField(_("due at"))
    pauses = models.JSONField(default=list)
    marks = ArrayField(models.DateTimeField())
    reached = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(_("stopped at"), null=True)
    met = models.BooleanField(_("within the limit"), null=True)
    used = models.DurationField(_("service time used"), null=True)

    class Meta:
        verbose_name = _("clock of a request")
        ordering = ["request", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["request", "kind"], condition=Q(stopped_at=None), name="service_one_clock_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None, met=None) | Q(stopped_at__isnull=False, met__isnull=False, next_at=None),
                name="service_clock_stopped",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None) | Q(stopped_at__gte=F("started_at")), name="service_clock_forward"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="service_clock_next"),
            models.Index(
                fields=["stopped_at"],
                condition=Q(kind=ClockKind.HANDLING, stopped_at__isnull=False),
                include=["met", "used", "request"],
                name="service_clock_stopped_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.kind}"


class SlaEvent(models.Model):
    """One thing that happened to a clock. ``told_late``: the worker was away when the mark was reached."""

    request = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="sla_events")
    clock = models.ForeignKey(RequestClock, models.PROTECT, related_name="events")
    kind = models.CharField(_("event"), max_length=10, choices=SlaEventKind)
    mark = models.CharField(_("mark"), max_length=20, blank=True)
    at = models.DateTimeField(_("time"))
    recorded_at = models.DateTimeField(_("recorded at"))
    due_at = models.DateTimeField(_("due at"))
    overtime = models.DurationField(_("overtime"), null=True)
    assignee = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", verbose_name=_("handled by"))
    told_late = models.BooleanField(_("told late"), default=False)
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("event of a clock")
        ordering = ["id"]
        triggers: ClassVar = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(overtime=None) | Q(overtime__gte=timedelta()), name="service_no_negative_overtime"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["request", "id"], name="service_events_of")]

    def __str__(self) -> str:
        return f"{self.request_id} {self.kind} {self.mark}"
