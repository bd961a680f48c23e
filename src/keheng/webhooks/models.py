"""Who is told what, what was told, and how it went."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.common.fields import EncryptedTextField
from keheng.org.models import Branch, Staff
from keheng.webhooks.enums import State


class Subscription(models.Model):
    """A program that is called with news of some kinds; ``branch``: of that branch and below only.

    ``failing_since`` is the first attempt that failed since one succeeded.
    """

    name = models.CharField(_("receiver"), max_length=60, unique=True)
    url = models.CharField(_("address"), max_length=500)
    secret = EncryptedTextField(_("signing secret"), purpose="webhooks.secret")
    kinds = ArrayField(models.CharField(max_length=60), verbose_name=_("news"))
    branch = models.ForeignKey(
        Branch, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("branch and below")
    )
    is_active = models.BooleanField(_("switched on"), default=True)
    created_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("set up by"))
    created_at = models.DateTimeField(_("set up at"))
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)

    class Meta:
        verbose_name = _("webhook")
        ordering = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(kinds__len__gt=0), name="webhooks_some_kind"),
            models.CheckConstraint(
                condition=Q(url__startswith="https://") | Q(url__startswith="http://"), name="webhooks_url"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("webhooks:subscription", args=[self.pk])


class Delivery(models.Model):
    """One piece of news for one subscription. ``key`` stays the same over all attempts: receivers drop repetitions."""

    subscription = models.ForeignKey(
        Subscription, models.CASCADE, related_name="deliveries", db_index=False, verbose_name=_("webhook")
    )
    key = models.UUIDField(_("key of the news"))
    kind = models.CharField(_("news"), max_length=60)
    data = models.JSONField()
    at = models.DateTimeField(_("time"))
    state = models.CharField(pgettext_lazy("delivery", "state"), max_length=9, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt"), null=True)

    class Meta:
        verbose_name = _("delivery")
        ordering = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subscription", "key"], name="webhooks_once"),
            models.CheckConstraint(
                condition=Q(state=State.WAITING, next_at__isnull=False) | (~Q(state=State.WAITING) & Q(next_at=None)),
                name="webhooks_waiting_for",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["next_at"], condition=Q(state=State.WAITING), name="webhooks_due"),
            models.Index(fields=["subscription", "-id"], name="webhooks_of"),
            models.Index(fields=["at"], name="webhooks_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Attempt(models.Model):
    """One call: the status that answered, or why nothing did."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="log")
    at = models.DateTimeField(_("time"))
    status = models.PositiveSmallIntegerField(_("HTTP answer"), null=True)
    error = models.CharField(_("why it failed"), max_length=200, blank=True)
    milliseconds = models.PositiveIntegerField(_("took"))

    class Meta:
        verbose_name = _("attempt")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.status or self.error}"
