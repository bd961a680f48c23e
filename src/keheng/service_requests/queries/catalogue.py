"""The catalogue in force."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from keheng.service_requests.models import CatalogueVersion
from keheng.service_requests.policies.catalogue import EMPTY, Catalogue
from keheng.versions import queries as versions


def version_on(day: date) -> CatalogueVersion:
    """The version in force on a date.

    Raises:
        ValidationError: no catalogue is in force yet.
    """
    try:
        return versions.version_on(CatalogueVersion, day)
    except LookupError as error:
        sentence = _("No catalogue of services is in force. Ask an administrator to load the presets.")
        raise ValidationError(sentence) from error


def catalogue_on(day: date) -> Catalogue:
    """What the version in force says."""
    return version_on(day).catalogue


def newest() -> Catalogue:
    """What the newest version says, for choices of filters; an empty database has none to choose."""
    pk = CatalogueVersion.objects.order_by("-number").values_list("pk", flat=True).first()
    return CatalogueVersion.kept(pk).catalogue if pk is not None else EMPTY
