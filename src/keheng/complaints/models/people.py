"""Who complains: the person concerned, a proxy, an heir, or up to five representatives of many."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.common.fields import EncryptedTextField
from keheng.complaints.enums import PartyRole
from keheng.complaints.models.complaints import Complaint
from keheng.files.models import StoredFile

PHONE, MAIL = "complaints.party.phone", "complaints.party.mail"
"""What the blind indexes are made for; they must never change."""


class Party(models.Model):
    """One complainant. Names and ways to reach them are encrypted; the indexes find who complained before.

    A proxy's or heir's authority is a file, or what the bank already holds (``authority_held``): nobody is asked for
    material that the institution has.
    """

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="parties")
    role = models.CharField(_("complains as"), max_length=16, choices=PartyRole, default=PartyRole.SELF)
    name = EncryptedTextField(
        pgettext_lazy("complaint", "name"), purpose="complaints.party.name", null=True, blank=True
    )
    phone = EncryptedTextField(_("telephone"), purpose="complaints.party.phone_value", null=True, blank=True)
    phone_index = models.BinaryField(null=True, editable=False)
    mail = EncryptedTextField(_("e-mail"), purpose="complaints.party.mail_value", null=True, blank=True)
    mail_index = models.BinaryField(null=True, editable=False)
    authority = models.OneToOneField(
        StoredFile, models.PROTECT, null=True, related_name="+", verbose_name=_("power of attorney")
    )
    authority_held = models.BooleanField(_("the bank holds the authority already"), default=False)
    is_contact = models.BooleanField(_("is written to"), default=True)

    class Meta:
        verbose_name = _("complainant")
        ordering = ["complaint", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["complaint"], condition=Q(is_contact=True), name="complaints_one_contact"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["phone_index"], condition=Q(phone_index__isnull=False), name="complaints_by_phone"),
            models.Index(fields=["mail_index"], condition=Q(mail_index__isnull=False), name="complaints_by_mail"),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.get_role_display()}"
