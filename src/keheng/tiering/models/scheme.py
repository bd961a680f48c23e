"""Schemes and their versions."""

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from keheng.org.models import Staff
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
    """The rules of a scheme from a date on. What was published never changes: results name it as their reason.

    ``revision`` counts the savings of a draft, so that two people who edit it do not overwrite each other.
    """

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="versions", verbose_name=_("scheme"))
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=VersionState, default=VersionState.DRAFT)
    valid_from = models.DateField(_("valid from"))
    definition = models.JSONField(_("definition"))
    based_on = models.PositiveIntegerField(_("made from version"), null=True)
    note = models.CharField(_("what changes and why"), max_length=200, blank=True)
    revision = models.PositiveIntegerField(_("revision"), default=1)
    created_at = models.DateTimeField(_("created at"), db_default=Now(), editable=False)
    edited_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", null=True, verbose_name=_("edited by"))
    edited_at = models.DateTimeField(_("edited at"), null=True)
    submitted_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", null=True, verbose_name=_("submitted by"))
    submitted_at = models.DateTimeField(_("submitted at"), null=True)
    published_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", null=True, verbose_name=_("published by"))
    published_at = models.DateTimeField(_("published at"), null=True)
    returned_for = models.CharField(_("returned because"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("scheme version")
        ordering = ["scheme", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "number"], name="tiering_version_once"),
            models.CheckConstraint(
                condition=models.Q(published_by__isnull=True)
                | models.Q(edited_by__isnull=True)
                | ~models.Q(published_by=models.F("edited_by")),
                name="tiering_published_by_another",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_stays",
                operation=pgtrigger.Update,
                condition=(
                    pgtrigger.Q(old__definition__df=pgtrigger.F("new__definition"))
                    | pgtrigger.Q(old__valid_from__df=pgtrigger.F("new__valid_from"))
                )
                & ~pgtrigger.Q(old__state=VersionState.DRAFT.value),
            )
        ]

    def __str__(self) -> str:
        return f"{self.scheme.code} v{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("tiering-version", args=[self.scheme.code, self.number])

    @property
    def words(self) -> str:
        """What pages call it: 零售客户分层 v2."""
        return f"{self.scheme} v{self.number}"

    @property
    def is_draft(self) -> bool:
        return self.state == VersionState.DRAFT

    @property
    def is_submitted(self) -> bool:
        """Whether the draft waits for a second person; nobody edits it meanwhile."""
        return self.is_draft and self.submitted_at is not None

    @cached_property
    def rules(self) -> Definition:
        return Definition.model_validate(self.definition)
