"""What complainants get, within limits that approvals hold."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.approvals.models import Request
from keheng.common.fields import EncryptedTextField, MoneyField
from keheng.complaints.enums import CompensationForm, CompensationState
from keheng.complaints.models.complaints import Complaint
from keheng.org.models import Staff


class Compensation(models.Model):
    """One compensation: asked for, approved by somebody else, paid with a voucher."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="compensations")
    form = models.CharField(_("form"), max_length=8, choices=CompensationForm)
    amount = MoneyField(_("amount"))
    reason = EncryptedTextField(_("reason"), purpose="complaints.compensation", null=True)
    state = models.CharField(
        pgettext_lazy("compensation", "state"),
        max_length=8,
        choices=CompensationState,
        default=CompensationState.ASKED,
    )
    request = models.ForeignKey(
        Request, models.PROTECT, null=True, related_name="+", verbose_name=pgettext_lazy("complaint", "approval")
    )
    asked_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"))
    decided_at = models.DateTimeField(_("decided at"), null=True)
    paid_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", verbose_name=_("paid by"))
    paid_at = models.DateTimeField(_("paid at"), null=True)
    voucher = models.CharField(_("voucher number"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("compensation")
        ordering = ["complaint", "id"]
        triggers: ClassVar = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="complaints_compensation_amount"),
            models.CheckConstraint(
                condition=Q(state=CompensationState.PAID, paid_at__isnull=False) & ~Q(voucher="")
                | ~Q(state=CompensationState.PAID) & Q(paid_at=None),
                name="complaints_compensation_paid",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.amount}"
