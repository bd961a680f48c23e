"""Schemes and their versions."""

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from keheng.tiering.enums import SchemeKind, VersionState
from keheng.tiering.policies.definition import Definition, Named


def in_language(named: "Named | Scheme") -> str:
    """The name of a thing of a scheme in the active language."""
    return named.name_en if named.name_en and (get_language() or "").startswith("en") else named.name


class Scheme(models.Model):
    """A way to sort customers. The primary scheme of a kind decides the tier that lists and pages show."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    kind = models.CharField(_("for"), max_length=8, choices=SchemeKind)
    is_primary = models.BooleanField(_("primary"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("tier scheme")
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(is_primary=True), name="tiering_one_primary_a_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(is_primary=False) | ~models.Q(kind=SchemeKind.ANY), name="tiering_primary_has_a_kind"
            ),
        ]

    def __str__(self) -> str:
        return in_language(self)


class SchemeVersion(models.Model):
    """The rules of a scheme from a date on. What was published never changes: results name it as their reason."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="versions", verbose_name=_("scheme"))
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=VersionState, default=VersionState.DRAFT)
    valid_from = models.DateField(_("valid from"))
    definition = models.JSONField(_("definition"))
    created_at = models.DateTimeField(_("created at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("scheme version")
        ordering = ["scheme", "-number"]
        constraints = [models.UniqueConstraint(fields=["scheme", "number"], name="tiering_version_once")]
        triggers = [
            pgtrigger.Protect(
                name="published_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__definition__df=pgtrigger.F("new__definition"))
                & ~pgtrigger.Q(old__state=VersionState.DRAFT.value),
            )
        ]

    def __str__(self) -> str:
        return f"{self.scheme.code} v{self.number}"

    @cached_property
    def rules(self) -> Definition:
        return Definition.model_validate(self.definition)
