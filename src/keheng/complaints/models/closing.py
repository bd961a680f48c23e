"""The end of a complaint: the closing talk, and the internal review 核查 that may follow."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.common.fields import EncryptedTextField
from keheng.complaints.models.complaints import Complaint
from keheng.org.models import Staff


class ClosingTalk(models.Model):
    """What was said with the complainant at the end, and whether they are content."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="closing_talks")
    satisfied = models.BooleanField(
        pgettext_lazy("complaint", "content"), null=True, help_text=_("Empty: could not be reached.")
    )
    words = EncryptedTextField(_("words"), purpose="complaints.talk", null=True, blank=True)
    talked_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("talked by"))
    talked_at = models.DateTimeField(_("talked at"))

    class Meta:
        verbose_name = _("closing talk")
        ordering = ["complaint", "id"]
        triggers: ClassVar = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.complaint_id}"


class InternalReview(models.Model):
    """Internal review 核查 by a unit above: upheld, or overturned so that the matter is handled anew."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="reviews")
    reason = EncryptedTextField(_("why the complainant asks for it"), purpose="complaints.review", null=True)
    asked_at = models.DateTimeField(_("asked at"))
    taken_by = models.ForeignKey(
        Staff, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("complaint", "taken in by")
    )
    reviewer = models.ForeignKey(
        Staff, models.PROTECT, null=True, related_name="+", verbose_name=pgettext_lazy("complaint", "reviewed by")
    )
    upheld = models.BooleanField(_("decision upheld"), null=True)
    words = EncryptedTextField(_("conclusion"), purpose="complaints.review_words", null=True, blank=True)
    decided_at = models.DateTimeField(pgettext_lazy("complaint", "decided at"), null=True)

    class Meta:
        verbose_name = _("internal review")
        ordering = ["complaint", "id"]
        triggers: ClassVar = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["complaint"], condition=Q(decided_at=None), name="complaints_one_review"),
            models.CheckConstraint(
                condition=Q(decided_at=None, upheld=None) | Q(decided_at__isnull=False, upheld__isnull=False),
                name="complaints_review_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id}"
