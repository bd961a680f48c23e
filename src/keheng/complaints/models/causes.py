"""The tree of causes, and what past complaints teach about it."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from keheng.complaints.enums import Kind
from keheng.versions.models import VersionByTwo, by_two


class Cause(models.Model):
    """A cause within a kind, or within another cause. One that was used is retired, never removed."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    kind = models.CharField(_("kind of complaint"), max_length=12, choices=Kind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children", verbose_name=_("within"))
    name = models.CharField(pgettext_lazy("cause", "name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=80)
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("cause of complaints")
        ordering = ["kind", "order", "pk"]
        triggers: ClassVar = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind", "name"], condition=Q(is_active=True), name="complaints_cause_name_once"
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="complaints_cause_not_itself"),
        ]

    def __str__(self) -> str:
        return self.name if (get_language() or "").startswith("zh") else self.name_en


class CauseVersion(VersionByTwo):
    """The whole tree from a moment on, with the reason of the change."""

    number = models.PositiveIntegerField(_("version"), unique=True)
    set_at = models.DateTimeField(_("set at"), null=True, help_text=_("Empty: shipped with the product."))

    class Meta(VersionByTwo.Meta):
        verbose_name = _("tree of causes")
        ordering = ["-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [by_two("complaints_causes_by_two")]


class CauseCount(models.Model):
    """How many complaints a cause was found for, and how many terms their words had; kept with each classification."""

    cause = models.OneToOneField(Cause, models.CASCADE, primary_key=True, related_name="+")
    complaints = models.PositiveIntegerField(default=0)
    terms = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.cause_id}: {self.complaints}"


class TermCount(models.Model):
    """How often a term stood in complaints of a cause.

    ``term`` is a keyed number of two neighbouring characters: the words of people cannot be read from this table.
    """

    pk = models.CompositePrimaryKey("term", "cause_id")
    term = models.BigIntegerField()
    cause = models.ForeignKey(Cause, models.CASCADE, related_name="+", db_index=False)
    count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.cause_id}: {self.count}"
