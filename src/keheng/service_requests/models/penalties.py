"""Penalties of a person by month: a ledger that is only added to, and sheets that are locked and signed."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff
from keheng.service_requests.enums import AppealState, PenaltyKind, SheetState
from keheng.service_requests.models.catalogue import CatalogueVersion
from keheng.service_requests.models.clocks import SlaEvent
from keheng.service_requests.models.requests import ServiceRequest


class PenaltySheetQuerySet(models.QuerySet["PenaltySheet"]):
    def visible_to(self, staff: Staff) -> "PenaltySheetQuerySet":
        """One's own; with ``service_requests.supervise`` those of the branches in scope."""
        if not staff.can("service_requests.supervise"):
            return self.filter(staff=staff)
        if staff.scope == DataScope.ALL:
            return self.all()
        return self.filter(Q(staff=staff) | Q(branch_id__in=staff.branch_ids))


class PenaltySheet(models.Model):
    """A person's month; ``month`` is its first day."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("member of staff"))
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("branch"))
    month = models.DateField(_("month"))
    state = models.CharField(
        pgettext_lazy("penalty sheet", "state"), max_length=8, choices=SheetState, default=SheetState.OPEN
    )
    locked_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", verbose_name=_("locked by"))
    locked_at = models.DateTimeField(_("locked at"), null=True)
    signed_at = models.DateTimeField(_("signed at"), null=True)

    objects = PenaltySheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("penalty sheet")
        ordering = ["-month", "staff"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["staff", "month"], name="service_sheet_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="service_sheet_month"),
            models.CheckConstraint(
                condition=Q(state=SheetState.OPEN, locked_at=None)
                | (~Q(state=SheetState.OPEN) & Q(locked_at__isnull=False)),
                name="service_sheet_locked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.month:%Y-%m}"

    def get_absolute_url(self) -> str:
        return reverse("service_requests:sheet", args=[self.pk])


class PenaltyEntry(models.Model):
    """One entry of the ledger, explained; append-only, and undone only by an entry that reverses it, once.

    ``points`` is below zero for deductions, above for offsets. ``error_number`` is which error of the month it was.
    A conclusion of a module above names its ``cause`` (such as ``complaints.conclusion:81``), which is entered once,
    with the ``subject`` in words and its page.
    """

    sheet = models.ForeignKey(PenaltySheet, models.PROTECT, related_name="entries")
    kind = models.CharField(_("kind of entry"), max_length=10, choices=PenaltyKind)
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=2)
    request = models.ForeignKey(ServiceRequest, models.PROTECT, null=True, related_name="+")
    cause = models.CharField(max_length=80, blank=True, default="", db_default="", db_collation="C")
    subject = models.CharField(_("on what"), max_length=120, blank=True, default="", db_default="")
    url = models.CharField(max_length=200, blank=True, default="", db_default="")
    event = models.ForeignKey(SlaEvent, models.PROTECT, null=True, related_name="+")
    overtime = models.DurationField(_("overtime"), null=True)
    error_number = models.PositiveSmallIntegerField(_("error of the month"), null=True)
    inspection = models.BooleanField(_("to be inspected"), default=False)
    version = models.ForeignKey(CatalogueVersion, models.PROTECT, null=True, related_name="+")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    actor = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by"))
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("penalty")
        ordering = ["id"]
        triggers: ClassVar = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(kind=PenaltyKind.REVERSAL, reverses__isnull=False)
                | (~Q(kind=PenaltyKind.REVERSAL) & Q(reverses=None)),
                name="service_reversal_of_something",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=[PenaltyKind.OVERTIME, PenaltyKind.ERROR])
                | Q(points__lt=0, request__isnull=False, event__isnull=False),
                name="service_penalty_has_a_cause",
            ),
            models.CheckConstraint(
                condition=~Q(kind=PenaltyKind.CONCLUSION) | (Q(points__lt=0) & ~Q(cause="") & ~Q(reason="")),
                name="service_conclusion_has_a_cause",
            ),
            models.UniqueConstraint(
                fields=["cause"], condition=Q(kind=PenaltyKind.CONCLUSION), name="service_conclusion_once"
            ),
            models.CheckConstraint(
                condition=~Q(kind=PenaltyKind.OFFSET) | (Q(points__gt=0) & ~Q(reason="")), name="service_offset_reason"
            ),
            models.CheckConstraint(condition=~Q(reverses=F("id")), name="service_reverses_another"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["sheet", "id"], name="service_entries_of"),
            models.Index(fields=["event"], condition=Q(event__isnull=False), name="service_entry_of_event"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.points}"


class Appeal(models.Model):
    """Somebody says that an entry is not right; a second person decides, once."""

    entry = models.OneToOneField(PenaltyEntry, models.PROTECT, related_name="appeal")
    reason = models.CharField(_("reason"), max_length=300)
    made_at = models.DateTimeField(_("made at"))
    state = models.CharField(
        pgettext_lazy("appeal", "state"), max_length=8, choices=AppealState, default=AppealState.OPEN
    )
    decided_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by"))
    decided_at = models.DateTimeField(_("decided at"), null=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("appeal")
        ordering = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state=AppealState.OPEN, decided_at=None)
                | (~Q(state=AppealState.OPEN) & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="service_appeal_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.state}"
