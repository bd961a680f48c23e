"""The handling form 投诉处理单 with its signatures (004e, 004l 5.2.2)."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.common.fields import EncryptedTextField
from keheng.complaints.enums import SignatureRole
from keheng.complaints.models.complaints import Complaint
from keheng.org.models import Branch, Staff


class HandlingForm(models.Model):
    """The form that goes to the responsible unit. A later one of the same complaint replaces it."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="forms")
    number = models.PositiveSmallIntegerField(_("which form"))
    to_branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("responsible unit"))
    to_staff = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("answers for the unit"))
    task = EncryptedTextField(pgettext_lazy("complaint", "what is to be done"), purpose="complaints.form", null=True)
    plan_by = models.DateTimeField(_("measures due at"), null=True)
    issued_at = models.DateTimeField(_("issued at"), null=True)
    returned_at = models.DateTimeField(_("returned at"), null=True)

    class Meta:
        verbose_name = _("handling form")
        ordering = ["complaint", "number"]
        triggers: ClassVar = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["complaint", "number"], name="complaints_form_number"),
            models.CheckConstraint(
                condition=Q(issued_at=None) | Q(returned_at=None), name="complaints_form_issued_or_returned"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id}-{self.number}"


class Signature(models.Model):
    """Somebody put their name to a form; never taken back. One signature a role and form."""

    form = models.ForeignKey(HandlingForm, models.PROTECT, related_name="signatures")
    role = models.CharField(_("signs as"), max_length=8, choices=SignatureRole)
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("signed by"))
    post = models.CharField(_("post"), max_length=40)
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("signature on a form")
        ordering = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["form", "role"], name="complaints_signature_once"),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.form_id} {self.role}"
