"""Reply letters: templates, drafts, what was approved, and every way that something reached the complainant."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.approvals.models import Request
from keheng.common.fields import EncryptedTextField
from keheng.complaints.enums import DeliveryKind, DeliveryState, DeliveryWay, LetterState
from keheng.complaints.models.complaints import Complaint
from keheng.files.models import StoredFile
from keheng.org.models import Staff


class LetterTemplate(models.Model):
    """One version of a template; the newest of a code is in use. Versions never change."""

    code = models.SlugField(_("code"), max_length=40)
    number = models.PositiveIntegerField(_("version"))
    name = models.CharField(_("name"), max_length=60)
    subject = models.CharField(_("subject"), max_length=120)
    body = models.TextField(_("text"))
    source = models.CharField(_("reason or source"), max_length=200, blank=True)
    changed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", verbose_name=_("changed by"))
    changed_at = models.DateTimeField(_("changed at"), null=True)

    class Meta:
        verbose_name = _("template of a letter")
        ordering = ["code", "-number"]
        triggers: ClassVar = [pgtrigger.Protect(name="stays", operation=pgtrigger.Update | pgtrigger.Delete)]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code", "number"], name="complaints_template_version"),
        ]

    def __str__(self) -> str:
        return self.name


class Letter(models.Model):
    """A reply to the complainant. What is approved is kept as the PDF that goes out, and changes no more."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="letters")
    number = models.PositiveSmallIntegerField(_("which letter"))
    template = models.ForeignKey(LetterTemplate, models.PROTECT, related_name="+", verbose_name=_("template"))
    subject = models.CharField(_("subject"), max_length=120)
    body = EncryptedTextField(_("text"), purpose="complaints.letter", null=True)
    state = models.CharField(
        pgettext_lazy("letter", "state"), max_length=8, choices=LetterState, default=LetterState.DRAFT
    )
    drafted_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("drafted by"))
    drafted_at = models.DateTimeField(_("drafted at"))
    request = models.ForeignKey(
        Request, models.PROTECT, null=True, related_name="+", verbose_name=pgettext_lazy("complaint", "approval")
    )
    approved_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", verbose_name=_("approved by"))
    approved_at = models.DateTimeField(_("approved at"), null=True)
    file = models.OneToOneField(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name=_("PDF"))

    class Meta:
        verbose_name = _("reply letter")
        ordering = ["complaint", "number"]
        triggers: ClassVar = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["complaint", "number"], name="complaints_letter_number"),
            models.UniqueConstraint(
                fields=["complaint"],
                condition=Q(state__in=[LetterState.DRAFT, LetterState.ASKED]),
                name="complaints_one_draft",
            ),
            models.CheckConstraint(
                condition=Q(state=LetterState.APPROVED, approved_by__isnull=False, approved_at__isnull=False)
                | (~Q(state=LetterState.APPROVED) & Q(approved_by=None, approved_at=None)),
                name="complaints_letter_approved",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("drafted_by")), name="complaints_letter_by_two"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id}-{self.number}"


class Delivery(models.Model):
    """One confirmation or reply on its way to the complainant, and whether it came there."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="deliveries")
    letter = models.ForeignKey(Letter, models.PROTECT, null=True, related_name="deliveries")
    kind = models.CharField(_("what is delivered"), max_length=8, choices=DeliveryKind)
    way = models.CharField(_("way"), max_length=8, choices=DeliveryWay)
    state = models.CharField(
        pgettext_lazy("delivery", "state"), max_length=10, choices=DeliveryState, default=DeliveryState.WAITING
    )
    to = EncryptedTextField(_("recipient"), purpose="complaints.delivery.to", null=True)
    subject = EncryptedTextField(_("subject"), purpose="complaints.delivery.subject", null=True)
    body = EncryptedTextField(_("text"), purpose="complaints.delivery.body", null=True)
    message_id = models.CharField(max_length=250, blank=True, db_collation="C", editable=False)
    in_reply_to = models.CharField(max_length=250, blank=True, db_collation="C", editable=False)
    reference = models.CharField(_("tracking number or receipt"), max_length=60, blank=True)
    made_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    made_at = models.DateTimeField(_("made at"))
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(_("sent or delivered at"), null=True)
    failure = models.CharField(_("why it was not delivered"), max_length=200, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("letter", "delivery")
        ordering = ["complaint", "id"]
        triggers: ClassVar = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["message_id"], condition=~Q(message_id=""), name="complaints_delivery_message"
            ),
            models.UniqueConstraint(
                fields=["complaint"],
                condition=Q(kind=DeliveryKind.ACKNOWLEDGEMENT),
                name="complaints_acknowledged_once",
            ),
            models.CheckConstraint(
                condition=Q(kind=DeliveryKind.ACKNOWLEDGEMENT) | Q(letter__isnull=False),
                name="complaints_delivery_of_a_letter",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="complaints_mail_to_send"),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.way}"
