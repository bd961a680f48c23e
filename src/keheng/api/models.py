"""What the interface remembers between calls: answers to repeat, and how many calls there were."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from keheng.common.fields import EncryptedTextField


class Reply(models.Model):
    """The answer to a write that bore an ``Idempotency-Key``; the same call again gets it again, and nothing more.

    The body is sealed, for an answer may show a personal value.
    """

    actor_id = models.BigIntegerField(_("actor number"))
    key = models.CharField(_("key of the call"), max_length=100)
    fingerprint = models.BinaryField(_("digest of method, address and body"))
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    content_type = models.CharField(_("content type"), max_length=80, blank=True)
    body = EncryptedTextField(_("body of the answer"), purpose="api.reply", null=True)
    created_at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("answer of the interface")
        constraints = [models.UniqueConstraint(fields=["actor_id", "key"], name="api_reply_once")]

    def __str__(self) -> str:
        return self.key


class Usage(models.Model):
    """The calls of one member of staff in the present minute: one row each, written over."""

    actor_id = models.BigIntegerField(_("actor number"), primary_key=True)
    minute = models.DateTimeField(_("minute"))
    calls = models.PositiveIntegerField(_("calls"))

    class Meta:
        verbose_name = _("use of the interface")

    def __str__(self) -> str:
        return str(self.actor_id)
