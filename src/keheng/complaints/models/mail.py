"""The mailboxes that complaints come to, and every message that was looked at."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from keheng.common.fields import EncryptedTextField
from keheng.complaints.enums import MailOutcome, MailRefusal, MailSecurity
from keheng.complaints.models.complaints import Complaint
from keheng.org.models import Branch, Staff

SENDER = "complaints.mail.sender"
"""What the blind index of senders is made for; it must never change."""


class Mailbox(models.Model):
    """One mailbox that is polled by IMAP. ``last_uid`` counts within ``validity``, as the server gave them."""

    address = models.EmailField(_("address of the mailbox"), unique=True)
    host = models.CharField(_("IMAP server"), max_length=120)
    port = models.PositiveIntegerField(_("port"), default=993)
    security = models.CharField(_("connection"), max_length=8, choices=MailSecurity, default=MailSecurity.TLS)
    username = models.CharField(_("user name"), max_length=120)
    password = EncryptedTextField(_("password"), purpose="complaints.mailbox.password")
    folder = models.CharField(_("folder"), max_length=80, default="INBOX")
    branch = models.ForeignKey(
        Branch, models.PROTECT, related_name="+", verbose_name=_("branch that takes in its complaints")
    )
    enabled = models.BooleanField(_("is polled"), default=True)
    acknowledges = models.BooleanField(_("confirms receipt at once"), default=True)
    size_limit = models.PositiveSmallIntegerField(_("largest message, MB"), default=20)
    hourly_limit = models.PositiveSmallIntegerField(_("messages of a sender within an hour"), default=10)
    validity = models.BigIntegerField(default=0, editable=False)
    last_uid = models.BigIntegerField(default=0, editable=False)
    polled_at = models.DateTimeField(_("last polled"), null=True, editable=False)
    failure = models.CharField(_("last failure"), max_length=200, blank=True, editable=False)
    changed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", verbose_name=_("changed by"))

    class Meta:
        verbose_name = _("mailbox for complaints")
        ordering = ["address"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(size_limit__range=(1, 50)), name="complaints_mailbox_size"),
            models.CheckConstraint(condition=Q(hourly_limit__gte=1), name="complaints_mailbox_hourly"),
        ]

    def __str__(self) -> str:
        return self.address


class IncomingMail(models.Model):
    """One message that was looked at, taken or refused; never deleted.

    What was taken is unique by its id and what the sender wrote: a message that arrives twice makes one complaint.
    """

    mailbox = models.ForeignKey(Mailbox, models.PROTECT, related_name="messages")
    uid = models.BigIntegerField()
    message_id = models.CharField(max_length=250, blank=True, db_collation="C")
    digest = models.BinaryField(editable=False)
    size = models.PositiveIntegerField(_("size"))
    outcome = models.CharField(_("what became of it"), max_length=10, choices=MailOutcome)
    refusal = models.CharField(_("why it was refused"), max_length=10, choices=MailRefusal, blank=True)
    complaint = models.ForeignKey(
        Complaint, models.PROTECT, null=True, related_name="messages", verbose_name=_("complaint")
    )
    sender = EncryptedTextField(_("sender"), purpose="complaints.mail.sender_value", null=True)
    sender_index = models.BinaryField(null=True, editable=False)
    subject = EncryptedTextField(_("subject"), purpose="complaints.mail.subject", null=True)
    text = EncryptedTextField(_("text"), purpose="complaints.mail.text", null=True)
    defects = models.JSONField(default=list)
    left_out = models.JSONField(_("files not taken"), default=list, help_text=_("Why, for each."))
    sent_at = models.DateTimeField(_("sent at"), null=True)
    taken_at = models.DateTimeField(_("looked at"))

    class Meta:
        verbose_name = _("message to the complaints mailbox")
        ordering = ["-taken_at", "-id"]
        triggers: ClassVar = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["message_id", "digest"],
                condition=~Q(outcome=MailOutcome.REFUSED),
                name="complaints_mail_once",
            ),
            models.CheckConstraint(
                condition=Q(outcome=MailOutcome.REFUSED) & ~Q(refusal="")
                | ~Q(outcome=MailOutcome.REFUSED) & Q(refusal="", complaint__isnull=False),
                name="complaints_mail_refused_why",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-taken_at", "-id"], name="complaints_mail_by_time"),
            models.Index(fields=["sender_index", "taken_at"], name="complaints_mail_of_sender"),
            models.Index(fields=["message_id"], name="complaints_mail_by_id"),
        ]

    def __str__(self) -> str:
        return f"{self.mailbox_id}-{self.uid}"

    def get_absolute_url(self) -> str:
        return reverse("complaints:message", args=[self.pk])
