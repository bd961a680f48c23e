"""Clocks of complaints, internal and regulatory side by side, and what happened to them; the events are append-only."""

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.complaints.enums import ClockEventKind, ClockKind, ExtensionState, RuleSet
from keheng.complaints.models.complaints import Complaint
from keheng.org.models import Staff


class ComplaintClock(models.Model):
    """One clock of a complaint; see ``service_requests.RequestClock`` for marks and the tick.

    ``every_day``: counted around the clock in days on the wall (自然日), else in the service calendar.
    """

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="clocks")
    rule_set = models.CharField(_("set of rules"), max_length=10, choices=RuleSet)
    kind = models.CharField(pgettext_lazy("complaint", "clock"), max_length=10, choices=ClockKind)
    limit = models.CharField(pgettext_lazy("complaint", "limit"), max_length=12)
    every_day = models.BooleanField(_("calendar days"), default=False)
    started_at = models.DateTimeField(_("started at"))
    due_at = models.DateTimeField(_("due at"))
    marks = ArrayField(models.DateTimeField())
    reached = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(_("stopped at"), null=True)
    met = models.BooleanField(_("within the limit"), null=True)
    dropped = models.BooleanField(_("not judged"), default=False)

    class Meta:
        verbose_name = _("clock of a complaint")
        ordering = ["complaint", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["complaint", "rule_set", "kind"], condition=Q(stopped_at=None), name="complaints_one_clock"
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None, met=None, dropped=False)
                | Q(stopped_at__isnull=False, next_at=None, met__isnull=False, dropped=False)
                | Q(stopped_at__isnull=False, next_at=None, met=None, dropped=True),
                name="complaints_clock_stopped",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None) | Q(stopped_at__gte=F("started_at")), name="complaints_clock_forward"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="complaints_clock_next"),
            models.Index(
                fields=["rule_set", "stopped_at"],
                condition=Q(met__isnull=False),
                include=["kind", "met", "complaint"],
                name="complaints_clock_met",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.rule_set} {self.kind}"


class ClockEvent(models.Model):
    """One thing that happened to a clock."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="clock_events")
    clock = models.ForeignKey(ComplaintClock, models.PROTECT, related_name="events")
    kind = models.CharField(pgettext_lazy("complaint", "event"), max_length=10, choices=ClockEventKind)
    mark = models.CharField(_("mark"), max_length=20, blank=True)
    at = models.DateTimeField(_("time"))
    recorded_at = models.DateTimeField(_("recorded at"))
    due_at = models.DateTimeField(_("due at"))
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("event of a complaint's clock")
        ordering = ["id"]
        triggers: ClassVar = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["complaint", "id"], name="complaints_events_of"),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.kind} {self.mark}"


class Extension(models.Model):
    """The decision put off with reasons: to 30 days, then by approval 30 more (``place`` 1, 2 …, as the rules say)."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="extensions")
    place = models.PositiveSmallIntegerField(_("which extension"))
    days = models.PositiveSmallIntegerField(_("days"))
    reason = models.CharField(pgettext_lazy("complaint", "reason"), max_length=300)
    state = models.CharField(
        pgettext_lazy("extension", "state"), max_length=8, choices=ExtensionState, default=ExtensionState.ASKED
    )
    asked_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"))
    decided_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, related_name="+", verbose_name=pgettext_lazy("complaint", "decided by")
    )
    decided_at = models.DateTimeField(pgettext_lazy("complaint", "decided at"), null=True)

    class Meta:
        verbose_name = _("extension of a complaint")
        ordering = ["complaint", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["complaint"], condition=Q(state=ExtensionState.ASKED), name="complaints_one_extension_asked"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(place=1) | ~Q(decided_by=F("asked_by")),
                name="complaints_extension_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} +{self.days}"
