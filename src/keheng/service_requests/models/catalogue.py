"""The catalogue of businesses, as versions that never change."""

from typing import ClassVar

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from keheng.service_requests.policies.catalogue import Catalogue, read
from keheng.versions.models import VersionByTwo, by_two


class CatalogueVersion(VersionByTwo):
    """What was offered, within which limits, from a day on. Requests keep the version they were opened under."""

    number = models.PositiveIntegerField(_("version"), unique=True)
    valid_from = models.DateField(_("valid from"))
    set_at = models.DateTimeField(_("set at"), null=True)

    class Meta(VersionByTwo.Meta):
        verbose_name = _("catalogue of services")
        ordering = ["-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [by_two("service_requests_catalogue_by_two")]

    @cached_property
    def catalogue(self) -> Catalogue:
        """What the version says, as values."""
        return read(self.definition)
