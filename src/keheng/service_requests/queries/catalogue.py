"""The catalogue in force."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from keheng.service_requests.models import CatalogueVersion, kept
from keheng.service_requests.policies.catalogue import EMPTY, Catalogue


def version_on(day: date) -> CatalogueVersion:
    """The version in force on a date.

    Raises:
        ValidationError: no catalogue is in force yet.
    """
    number = (
        CatalogueVersion.objects.filter(valid_from__lte=day).order_by("-valid_from", "-number").values_list("pk")
    ).first()
    if number is None:
        raise ValidationError(_("No catalogue of services is in force. Ask an administrator to load the presets."))
    return kept(number[0])


def catalogue_on(day: date) -> Catalogue:
    """What the version in force says."""
    return version_on(day).catalogue


def newest() -> Catalogue:
    """What the newest version says, for choices of filters; an empty database has none to choose."""
    pk = CatalogueVersion.objects.order_by("-number").values_list("pk", flat=True).first()
    return kept(pk).catalogue if pk is not None else EMPTY
