"""From the cause to the effect: root cause, measures, review of the plan, check of the effect (8D)."""

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.common.fields import EncryptedTextField
from keheng.complaints.enums import Bone, MeasureKind
from keheng.complaints.models.complaints import Complaint
from keheng.files.models import StoredFile
from keheng.org.models import Staff


class RootCause(models.Model):
    """Why it came to it: up to five whys, and the fishbone's causes by bone. Words about processes, not people."""

    complaint = models.OneToOneField(Complaint, models.PROTECT, related_name="root_cause")
    whys = ArrayField(models.CharField(max_length=300), verbose_name=_("five whys"), default=list)
    bones = models.JSONField(_("fishbone"), default=dict, help_text=_("Causes by bone."))
    main_bone = models.CharField(_("main bone"), max_length=12, choices=Bone)
    conclusion = EncryptedTextField(_("root cause"), purpose="complaints.cause", null=True)
    found_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("found by"))
    found_at = models.DateTimeField(pgettext_lazy("complaint", "found at"))

    class Meta:
        verbose_name = _("root cause")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(whys__len__lte=5), name="complaints_five_whys"),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.main_bone}"


class Measure(models.Model):
    """What is done, by whom, until when; ``proof`` says that it was carried out."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="measures")
    kind = models.CharField(_("kind of measure"), max_length=10, choices=MeasureKind)
    text = EncryptedTextField(_("measure"), purpose="complaints.measure", null=True)
    owner = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("complaint", "owner"))
    due_on = models.DateField(pgettext_lazy("complaint", "due on"))
    planned_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("planned by"))
    planned_at = models.DateTimeField(pgettext_lazy("complaint", "planned at"))
    done_at = models.DateTimeField(_("carried out at"), null=True)
    proof = EncryptedTextField(_("proof"), purpose="complaints.proof", null=True, blank=True)
    proof_file = models.OneToOneField(StoredFile, models.PROTECT, null=True, related_name="+")
    dropped_at = models.DateTimeField(_("given up at"), null=True)

    class Meta:
        verbose_name = _("measure")
        ordering = ["complaint", "id"]
        triggers: ClassVar = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(dropped_at=None), name="complaints_measure_done_or_dropped"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["owner", "due_on"], condition=Q(done_at=None, dropped_at=None), name="complaints_measures_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.kind}"


class PlanReview(models.Model):
    """One review of a plan (004l 5.3.3): accepted, or returned with what is missing."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="plan_reviews")
    accepted = models.BooleanField(_("accepted"))
    words = EncryptedTextField(_("words"), purpose="complaints.plan_review", null=True, blank=True)
    reviewed_by = models.ForeignKey(
        Staff, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("complaint", "reviewed by")
    )
    reviewed_at = models.DateTimeField(pgettext_lazy("complaint", "reviewed at"))

    class Meta:
        verbose_name = _("review of a plan")
        ordering = ["complaint", "id"]
        triggers: ClassVar = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.accepted}"


class EffectCheck(models.Model):
    """Whether the measures hold, looked at after the days of the rules."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="effect_checks")
    effective = models.BooleanField(_("effective"))
    words = EncryptedTextField(_("what was looked at"), purpose="complaints.check", null=True, blank=True)
    checked_by = models.ForeignKey(
        Staff, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("complaint", "checked by")
    )
    checked_at = models.DateTimeField(pgettext_lazy("complaint", "checked at"))
    planned_for = models.DateField(_("planned for"))

    class Meta:
        verbose_name = _("effectiveness check")
        ordering = ["complaint", "id"]
        triggers: ClassVar = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.effective}"
