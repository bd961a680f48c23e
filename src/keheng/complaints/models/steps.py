"""What people do with a complaint: steps, files, links."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.common.fields import EncryptedTextField
from keheng.complaints.enums import LinkReason, StepKind
from keheng.complaints.models.complaints import Complaint
from keheng.files.models import StoredFile
from keheng.org.models import Staff


class Step(models.Model):
    """One act on a complaint, with its words. The database lets none be deleted."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="steps")
    kind = models.CharField(pgettext_lazy("complaint", "step"), max_length=14, choices=StepKind)
    actor = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("time"))
    note = EncryptedTextField(pgettext_lazy("complaint", "note"), purpose="complaints.note", null=True, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("step of a complaint")
        ordering = ["id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["complaint", "id"], name="complaints_steps_of")]
        triggers: ClassVar = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.kind}"


class Attachment(models.Model):
    """A file of a complaint: what the complainant handed in, or proof of the work."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="attachments")
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")
    about = models.CharField(_("what it is"), max_length=60, blank=True)
    added_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        verbose_name = _("file of a complaint")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.about}"


class Link(models.Model):
    """Two complaints that belong together; the one with the lower key stands first."""

    first = models.ForeignKey(Complaint, models.PROTECT, related_name="+")
    second = models.ForeignKey(Complaint, models.PROTECT, related_name="+")
    reason = models.CharField(
        pgettext_lazy("complaint", "reason"), max_length=10, choices=LinkReason, default=LinkReason.SIMILAR
    )

    class Meta:
        verbose_name = _("link between complaints")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["first", "second"], name="complaints_link_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="complaints_link_ordered"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} ↔ {self.second_id}"
