"""What came: figures as files told them, which never change, and what is known about single days."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from keheng.org.models import Staff
from keheng.workforce.enums import EventKind, MarkReason, Treatment
from keheng.workforce.models.queues import Queue


class Profile(models.Model):
    """How a file of interval figures is written: the heading of each column."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    day = models.CharField(_("column of the day"), max_length=60, blank=True, help_text=_("where it has its own"))
    time = models.CharField(_("column of the time"), max_length=60)
    calls = models.CharField(_("column of contacts offered"), max_length=60)
    handling = models.CharField(_("column of the handling time"), max_length=60, blank=True)
    answered = models.CharField(_("column of contacts answered"), max_length=60, blank=True)
    in_time = models.CharField(_("column of contacts answered in time"), max_length=60, blank=True)
    source = models.CharField(_("where it comes from"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("file profile")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def columns(self) -> dict[str, str]:
        """The headings by what they tell, those that there are."""
        names = ("day", "time", "calls", "handling", "answered", "in_time")
        return {name: heading for name in names if (heading := getattr(self, name))}


class Intake(models.Model):
    """One file of interval figures that was taken in."""

    queue = models.ForeignKey(Queue, models.PROTECT, related_name="intakes", verbose_name=_("queue"))
    profile = models.ForeignKey(Profile, models.PROTECT, related_name="+", verbose_name=_("file profile"))
    file_name = models.CharField(_("file"), max_length=255)
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    step = models.PositiveSmallIntegerField(_("interval in minutes"))
    first_day = models.DateField(_("begins on"))
    last_day = models.DateField(_("ends on"))
    rows = models.PositiveIntegerField(_("rows"))
    missing = ArrayField(models.DateField(), verbose_name=_("days without rows"), default=list)
    actor = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("taken in by"))
    at = models.DateTimeField(_("file taken in at"))

    class Meta:
        verbose_name = _("file of contact history")
        ordering = ["-at"]
        triggers = [pgtrigger.Protect(name="stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.file_name


class Day(models.Model):
    """The figures of a queue on one day as one file told them, an array over its intervals from midnight.

    Rows never change; of several files that tell of a day the last taken in holds. An interval in which the queue was
    closed is null.
    """

    intake = models.ForeignKey(Intake, models.PROTECT, related_name="days")
    queue = models.ForeignKey(Queue, models.PROTECT, related_name="+")
    day = models.DateField(_("day"))
    calls = ArrayField(models.FloatField(null=True), verbose_name=_("contacts offered"))
    handling = ArrayField(models.FloatField(null=True), verbose_name=_("handling time"), null=True, blank=True)
    answered = ArrayField(models.FloatField(null=True), verbose_name=_("answered"), null=True, blank=True)
    in_time = ArrayField(models.FloatField(null=True), verbose_name=_("answered in time"), null=True, blank=True)

    class Meta:
        verbose_name = _("day of contact history")
        ordering = ["queue", "day"]
        constraints = [models.UniqueConstraint(fields=["intake", "day"], name="workforce_day_once")]
        indexes = [models.Index(fields=["queue", "day", "-intake"], name="workforce_day_last")]
        triggers = [pgtrigger.Protect(name="stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.queue_id} {self.day}"


class Event(models.Model):
    """Something that moves the number of contacts: a campaign, an outage, a holiday of one's own."""

    queue = models.ForeignKey(
        Queue, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("queue"),
        help_text=_("Empty: all queues."),
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=8, choices=EventKind)
    name = models.CharField(_("name"), max_length=60)
    first_day = models.DateField(_("begins on"))
    last_day = models.DateField(_("ends on"))
    factor = models.FloatField(
        _("effect on contacts"), null=True, blank=True,
        help_text=_("1.3: 30 % more than usual. Empty: as events of the same kind before."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("planned event")
        ordering = ["-first_day"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="workforce_event_forward"
            ),
            models.CheckConstraint(
                condition=models.Q(factor__isnull=True) | models.Q(factor__gte=0),
                name="workforce_event_factor",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Mark(models.Model):
    """A day or an interval that should not be learnt from as it is, why, and what is done about it.

    Proposed by statistics and calendars; a person's decision stays when proposals are made anew.
    """

    queue = models.ForeignKey(Queue, models.CASCADE, related_name="marks", verbose_name=_("queue"))
    day = models.DateField(_("day"))
    minute = models.PositiveSmallIntegerField(_("interval"), null=True, blank=True, help_text=_("empty: the whole day"))
    reason = models.CharField(_("reason"), max_length=10, choices=MarkReason)
    note = models.CharField(_("note"), max_length=120, blank=True)
    actual = models.FloatField(_("came"))
    expected = models.FloatField(_("expected"))
    treatment = models.CharField(_("treatment"), max_length=10, choices=Treatment)
    decided_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        verbose_name = _("mark of cleaning")
        ordering = ["-day", "minute"]
        constraints = [
            models.UniqueConstraint(fields=["queue", "day", "minute"], name="workforce_mark_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.get_reason_display()}"

    @property
    def clock(self) -> str:
        """The beginning of the interval, ``09:30``; empty for a whole day."""
        return "" if self.minute is None else f"{self.minute // 60:02d}:{self.minute % 60:02d}"
