"""Rules about companies that people keep: size standards by industry, the list of strategic customers."""

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.customers.models import Customer
from keheng.org.models import Staff
from keheng.tiering.models.scheme import SchemeVersion
from keheng.tiering.policies.standards import StandardsTable


class Standards(models.Model):
    """A version of the size standards by industry (decision 25); ``version`` are the rules that were made of it."""

    number = models.PositiveIntegerField(_("version"), unique=True)
    definition = models.JSONField(_("definition"))
    note = models.CharField(_("what changes and why"), max_length=200)
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", null=True, verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made at"), null=True)
    version = models.ForeignKey(
        SchemeVersion, models.SET_NULL, related_name="+", null=True, verbose_name=_("scheme version")
    )

    class Meta:
        verbose_name = _("size standards")
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"v{self.number}"

    @cached_property
    def table(self) -> StandardsTable:
        return StandardsTable.model_validate(self.definition)


class StrategicList(models.Model):
    """A version of the list of strategic customers (decision 26: 94 of the head office, and their members).

    A list that is not in force yet is a preview; the newest in force decides who is strategic.
    """

    number = models.PositiveIntegerField(_("version"), unique=True)
    file_name = models.CharField(_("file"), max_length=255)
    note = models.CharField(_("what changes and why"), max_length=200, blank=True)
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("uploaded by"))
    made_at = models.DateTimeField(_("uploaded at"))
    in_force_since = models.DateTimeField(_("in force since"), null=True)
    groups = models.PositiveIntegerField(_("groups"), default=0)
    matched = models.PositiveIntegerField(_("found among the customers"), default=0)
    members = models.PositiveIntegerField(_("strategic through their group"), default=0)
    flawed = models.PositiveIntegerField(_("left out"), default=0)

    class Meta:
        verbose_name = _("strategic list")
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"v{self.number}"


class StrategicEntry(models.Model):
    """A row of a list: a company by its number or name, under the strategic customer (group) that it belongs to."""

    strategic_list = models.ForeignKey(StrategicList, models.CASCADE, related_name="entries")
    row = models.PositiveIntegerField(_("row"))
    group_name = models.CharField(pgettext_lazy("strategic list", "strategic customer"), max_length=120)
    name = models.CharField(pgettext_lazy("strategic list", "company"), max_length=120, blank=True)
    number = models.CharField(_("customer number"), max_length=40, blank=True)
    customer = models.ForeignKey(
        Customer, models.SET_NULL, related_name="+", null=True, blank=True, verbose_name=_("customer")
    )
    flaw = models.CharField(_("why it is left out"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("entry of the strategic list")
        ordering = ["strategic_list", "row"]
        constraints = [models.UniqueConstraint(fields=["strategic_list", "row"], name="tiering_strategic_row_once")]

    def __str__(self) -> str:
        return self.name or self.number or self.group_name
