"""Files with personal data that leave the system: sealed, for one reader, for some days, after approval where asked."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from keheng.common.fields import EncryptedBytesField, EncryptedTextField
from keheng.customers.enums import FileForm, HandoutState
from keheng.customers.models.privacy import PrivacyCase
from keheng.org.models import Staff


class HandoutManager(models.Manager["Handout"]):
    """Leaves contents sealed: one is fetched and opened only when code asks a file for it."""

    def get_queryset(self) -> "models.QuerySet[Handout]":
        return super().get_queryset().defer("content", "query")


class Handout(models.Model):
    """A file made by the worker for ``requester``: rows of a list, or the copy of a data subject (with its case).

    ``query`` is the address of the list with its filters.
    """

    title = models.CharField(_("title"), max_length=80)
    form = models.CharField(_("file form"), max_length=4, choices=FileForm)
    state = models.CharField(_("state"), max_length=10, choices=HandoutState, default=HandoutState.ASKED)
    requester = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("requested by"))
    purpose = models.CharField(_("purpose"), max_length=200)
    case = models.ForeignKey(
        PrivacyCase, models.PROTECT, related_name="+", verbose_name=_("case"), null=True, blank=True
    )
    list_key = models.CharField(_("list"), max_length=40, blank=True)
    query = EncryptedTextField(_("filters"), purpose="customers.handout_query", null=True, blank=True)
    columns = ArrayField(models.CharField(max_length=40), verbose_name=_("columns"), default=list, blank=True)
    personal = models.BooleanField(_("with personal values whole"), default=False)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    requested_at = models.DateTimeField(_("requested at"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    ready_at = models.DateTimeField(_("ready at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("available until"), null=True, blank=True)
    content = EncryptedBytesField(_("content"), purpose="customers.handout", null=True, editable=False)
    problem = models.CharField(_("why it failed"), max_length=200, blank=True)

    objects: ClassVar[HandoutManager] = HandoutManager()

    class Meta:
        verbose_name = _("file handed out")
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=HandoutState.READY, content__isnull=False, expires_at__isnull=False)
                | (~Q(state=HandoutState.READY) & Q(content__isnull=True)),
                name="customers_handout_content",
            )
        ]
        indexes = [models.Index(fields=["requester", "-requested_at"], name="customers_handout_mine")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of the file."""
        return reverse("archive:handout", args=[self.pk])

    @property
    def file_name(self) -> str:
        """What the file is called; it says nothing of anybody."""
        return f"keheng-{self.pk}.{self.form}"
