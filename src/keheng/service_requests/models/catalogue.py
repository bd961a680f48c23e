"""The catalogue of businesses, as versions that never change."""

from functools import lru_cache
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from keheng.org.models import Staff
from keheng.service_requests.policies.catalogue import Catalogue, read


class CatalogueVersion(models.Model):
    """What was offered, within which limits, from a day on; proposed by one person, put into force by another (A15).

    Requests keep the version they were opened under.
    """

    number = models.PositiveIntegerField(_("version"), unique=True)
    valid_from = models.DateField(_("valid from"))
    definition = models.JSONField(_("definition"))
    note = models.CharField(_("reason or source"), max_length=200, blank=True)
    proposed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", verbose_name=_("proposed by"))
    set_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", verbose_name=_("set by"))
    set_at = models.DateTimeField(_("set at"), null=True)

    class Meta:
        verbose_name = _("catalogue of services")
        ordering = ["-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(set_by=None) | ~Q(set_by=F("proposed_by")), name="service_requests_catalogue_by_two"
            ),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"v{self.number}"

    @cached_property
    def catalogue(self) -> Catalogue:
        """What the version says, as values."""
        return read(self.definition)


@lru_cache(maxsize=64)
def kept(pk: int) -> CatalogueVersion:
    """A version by its key, read once a process: versions never change."""
    found = CatalogueVersion.objects.get(pk=pk)
    _read = found.catalogue
    return found
