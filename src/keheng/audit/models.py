"""The append-only trail: who did what to which record, when, why."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from keheng.audit.enums import Outcome


class Entry(models.Model):
    """One act. The actor stands as number and name, without a foreign key, so that the trail outlives accounts."""

    at = models.DateTimeField(_("time"))
    actor_id = models.BigIntegerField(_("actor number"), null=True)
    actor_name = models.CharField(_("actor"), max_length=80, blank=True)
    action = models.CharField(_("action"), max_length=60, help_text=_("module.verb, such as customers.reveal"))
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, default=Outcome.DONE)
    target_type = models.CharField(_("record type"), max_length=60, blank=True)
    target_id = models.BigIntegerField(_("record number"), null=True)
    target_label = models.CharField(_("record"), max_length=120, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    address = models.GenericIPAddressField(_("network address"), null=True)
    detail = models.JSONField(_("detail"), default=dict)

    class Meta:
        verbose_name = _("audit entry")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_recent"),
            models.Index(fields=["target_type", "target_id", "-at"], name="audit_of_target"),
            models.Index(fields=["actor_id", "-at"], name="audit_of_actor"),
            models.Index(fields=["action", "-at"], name="audit_of_action"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.action} {self.target_label}"
