"""The shapes of a version. Abstract: each module keeps its own table, with whatever else it says."""

from functools import lru_cache
from typing import Any, ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from keheng.org.models import Staff

_CHANGE = pgtrigger.Update | pgtrigger.Delete


class VersionByOne(models.Model):
    """A version that one person put in force. Versions are added, never changed: results keep the one that made them.

    Where one table numbers several things each by itself, the model says so by a constraint; else ``number`` is unique.
    """

    number = models.PositiveIntegerField(_("version"))
    reason = models.CharField(_("reason"), max_length=200)
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("in force since"))

    class Meta:
        abstract = True
        triggers: ClassVar = [pgtrigger.Protect(name="never_changed", operation=_CHANGE)]

    def __str__(self) -> str:
        return f"v{self.number}"


class RulesByOne(VersionByOne):
    """Whole rules as JSON, for :class:`keheng.versions.queries.OnePersonRules`."""

    content = models.JSONField(_("rules"))

    class Meta(VersionByOne.Meta):
        abstract = True


class VersionByTwo(models.Model):
    """Whole rules that one person proposed and another put into force (A15); what ships with the product names nobody.

    A table has ``valid_from`` (a date), ``set_at`` (a moment), or both.
    """

    number = models.PositiveIntegerField(_("version"))
    definition = models.JSONField(_("definition"))
    note = models.CharField(_("reason or source"), max_length=200, blank=True)
    proposed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", verbose_name=_("proposed by"))
    set_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", verbose_name=_("set by"))

    class Meta:
        abstract = True
        triggers: ClassVar = [pgtrigger.Protect(name="stays", operation=_CHANGE)]

    def __str__(self) -> str:
        return f"v{self.number}"

    @classmethod
    def kept(cls, pk: int) -> Self:
        """A version by its key, read once a process: versions never change."""
        found: Self = _kept(cls, pk)
        return found


def by_two(name: str) -> models.CheckConstraint:
    """The constraint that nobody puts into force what they proposed themselves."""
    return models.CheckConstraint(condition=Q(set_by=None) | ~Q(set_by=F("proposed_by")), name=name)


@lru_cache(maxsize=256)
def _kept(model: type[VersionByTwo], pk: int) -> Any:
    return model._default_manager.get(pk=pk)
