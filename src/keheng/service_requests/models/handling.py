"""What people do with a request: steps, hand-overs, evidence, links."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.common.fields import EncryptedTextField
from keheng.files.models import StoredFile
from keheng.org.models import Staff
from keheng.service_requests.enums import HandOverState, StepKind
from keheng.service_requests.models.requests import ServiceRequest


class Step(models.Model):
    """One act on a request, with its words. The database lets none be deleted."""

    request = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="steps")
    kind = models.CharField(_("step"), max_length=10, choices=StepKind)
    actor = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("time"))
    note = EncryptedTextField(_("note"), purpose="service_requests.note", null=True, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("step of a service request")
        ordering = ["id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["request", "id"], name="service_steps_of")]
        triggers: ClassVar = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.request_id} {self.kind}"


class HandOver(models.Model):
    """A request offered to somebody else; it stays with the giver until the other accepts."""

    request = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="hand_overs")
    giver = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("from"))
    taker = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("to"))
    reason = models.CharField(_("reason"), max_length=200)
    state = models.CharField(
        pgettext_lazy("hand-over", "state"), max_length=8, choices=HandOverState, default=HandOverState.OFFERED
    )
    offered_at = models.DateTimeField(_("offered at"))
    answered_at = models.DateTimeField(_("answered at"), null=True)
    answer = models.CharField(_("answer"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("hand-over of a request")
        ordering = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(state=HandOverState.OFFERED), name="service_one_offer"
            ),
            models.CheckConstraint(condition=~Q(giver=F("taker")), name="service_offer_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.giver_id} → {self.taker_id}"


class Attachment(models.Model):
    """A file of a request: a document of the customer by its code in the catalogue, or evidence of the work."""

    request = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="attachments")
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")
    document = models.CharField(_("document"), max_length=40, blank=True)
    added_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        verbose_name = _("attachment of a request")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.request_id} {self.document}"


class Link(models.Model):
    """Two requests that belong together; the one with the lower key stands first."""

    first = models.ForeignKey(ServiceRequest, models.CASCADE, related_name="+")
    second = models.ForeignKey(ServiceRequest, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("link between requests")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["first", "second"], name="service_link_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="service_link_ordered"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} ↔ {self.second_id}"
