"""What follows from a complaint for staff and for the customer, and the rules that say how far."""

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.common.fields import EncryptedTextField
from keheng.complaints.enums import ConclusionState, Degree, RiskReason
from keheng.complaints.models.complaints import Complaint
from keheng.complaints.policies.consequences import ConsequenceRules, read
from keheng.customers.models import Customer
from keheng.org.models import Staff
from keheng.service_requests.models import PenaltyEntry
from keheng.versions.models import VersionByTwo, by_two


class ConsequenceVersion(VersionByTwo):
    """The rules of consequences from a day on: points, days to appeal, compensation, the flag."""

    number = models.PositiveIntegerField(_("version"), unique=True)
    valid_from = models.DateField(_("valid from"))

    class Meta(VersionByTwo.Meta):
        verbose_name = _("rules of consequences")
        ordering = ["-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [by_two("complaints_consequences_by_two")]

    @cached_property
    def rules(self) -> ConsequenceRules:
        """What the version says, as values."""
        return read(self.definition)


class Conclusion(models.Model):
    """How far one member of staff answers for a complaint; final once it cannot be appealed against any more.

    ``points`` are what the rules of the day say, below zero; a final conclusion with points has its ``entry`` in the
    ledger of penalties.
    """

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="conclusions")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("member of staff"))
    degree = models.CharField(_("responsibility"), max_length=8, choices=Degree)
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=2)
    version = models.ForeignKey(ConsequenceVersion, models.PROTECT, related_name="+")
    words = EncryptedTextField(_("grounds"), purpose="complaints.conclusion", null=True)
    state = models.CharField(
        pgettext_lazy("conclusion", "state"), max_length=10, choices=ConclusionState, default=ConclusionState.TOLD
    )
    concluded_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("concluded by"))
    concluded_at = models.DateTimeField(_("concluded at"))
    appeal_until = models.DateField(_("appeal until"))
    appeal = EncryptedTextField(_("appeal"), purpose="complaints.appeal", null=True, blank=True)
    appealed_at = models.DateTimeField(_("appealed at"), null=True)
    answer = EncryptedTextField(_("answer"), purpose="complaints.appeal_answer", null=True, blank=True)
    decided_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by"))
    decided_at = models.DateTimeField(_("decided at"), null=True)
    entry = models.OneToOneField(PenaltyEntry, models.PROTECT, null=True, related_name="+", verbose_name=_("penalty"))

    class Meta:
        verbose_name = _("conclusion about responsibility")
        ordering = ["complaint", "id"]
        triggers: ClassVar = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["complaint", "staff"],
                condition=~Q(state=ConclusionState.OVERTURNED),
                name="complaints_conclusion_once",
            ),
            models.CheckConstraint(condition=Q(points__lte=0), name="complaints_conclusion_points"),
            models.CheckConstraint(condition=~Q(concluded_by=F("staff")), name="complaints_conclusion_by_another"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | (~Q(decided_by=F("staff")) & ~Q(decided_by=F("concluded_by"))),
                name="complaints_appeal_by_a_third",
            ),
            models.CheckConstraint(
                condition=Q(entry=None) | Q(state=ConclusionState.FINAL), name="complaints_penalty_when_final"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["appeal_until"], condition=Q(state=ConclusionState.TOLD), name="complaints_to_settle"),
            models.Index(fields=["staff", "-concluded_at"], name="complaints_conclusions_of"),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.degree}"

    def get_absolute_url(self) -> str:
        return reverse("complaints:conclusion", args=[self.pk])


class CustomerFlag(models.Model):
    """A customer who complains or lately did: whoever meets them knows. One a customer.

    ``complaint`` is the one that runs, or the last that ended; ``reasons`` say why the customer may leave.
    """

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="+")
    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="+")
    since = models.DateTimeField(_("since"))
    until = models.DateField(_("until"), null=True, help_text=_("Empty while the complaint is open."))
    reasons = ArrayField(
        models.CharField(max_length=12, choices=RiskReason), default=list, verbose_name=_("why the customer may leave")
    )

    class Meta:
        verbose_name = _("flag of a customer who complained")

    def __str__(self) -> str:
        return f"{self.customer_id}"
