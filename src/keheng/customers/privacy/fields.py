"""The field catalogue: every field of an archive with its group and its class of JR/T 0171; modules add theirs."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keheng.customers.enums import ContactKind, FieldClass, FieldGroup
from keheng.customers.models import Company, Customer, Person, Sheet


@dataclass(frozen=True)
class ClassifiedField:
    """A field as the confidentiality rules know it."""

    label: str | Promise
    group: FieldGroup
    data_class: FieldClass


RISK = "grade"
"""The code under which the rules know answers and grade of a risk assessment."""

_CLASSES = {FieldGroup.LISTING: FieldClass.C1, FieldGroup.BASIC: FieldClass.C1, FieldGroup.SECRET: FieldClass.C3}
_catalogue: dict[str, ClassifiedField] = {}


class UnknownFieldError(LookupError):
    """A field that nobody has declared: it would escape the rules."""


def declare(group: FieldGroup, labels: Mapping[str, str | Promise], data_class: FieldClass | None = None) -> None:
    """Add fields of a group (``{"relation": _("Relation")}``); the class is that of the group."""
    for code, label in labels.items():
        _catalogue[code] = ClassifiedField(label, group, data_class or _CLASSES.get(group, FieldClass.C2))


def field_of(code: str) -> ClassifiedField:
    """The entry of a field; ``contact.12``, ``account.7``, ``custom.car`` are told by what stands before the dot.

    Raises:
        UnknownFieldError: nobody has declared it.
    """
    entry = _catalogue.get(code.partition(".")[0])
    if entry is None:
        raise UnknownFieldError(code)
    return entry


def is_declared(code: str) -> bool:
    """Do the rules know a field of this code?"""
    return code.partition(".")[0] in _catalogue


def catalogue() -> dict[FieldGroup, list[tuple[str, ClassifiedField]]]:
    """All fields by group, in the order of the groups."""
    return {
        group: [(code, entry) for code, entry in _catalogue.items() if entry.group == group] for group in FieldGroup
    }


def _labels(model: type[models.Model], *names: str) -> dict[str, str | Promise]:
    return {name: model._meta.get_field(name).verbose_name for name in names}  # type: ignore[union-attr]


def _all_labels(model: type[models.Model]) -> dict[str, str | Promise]:
    return {field.name: field.verbose_name for field in model._meta.local_fields if field.name != "customer"}


declare(
    FieldGroup.LISTING,
    _labels(Customer, "number", "name", "kind", "status", "branch", "owner", "confidentiality", "do_not_disturb",
            "opened_on", "source", "tier", "aum"),
)  # fmt: skip
declare(FieldGroup.BASIC, _labels(Customer, "sex", "birth_date", "occupation", "education", "marital", "id_kind"))
declare(FieldGroup.BASIC, _all_labels(Company))
declare(FieldGroup.BASIC, _all_labels(Person))
declare(FieldGroup.BASIC, _all_labels(Sheet))
declare(FieldGroup.FINANCE, _labels(Person, "annual_income"))
declare(FieldGroup.FAMILY, {**_labels(Person, "emergency_name", "emergency_kinship"), "guardian": _("Guardian")})
declare(FieldGroup.IDENTITY, _labels(Customer, "id_number"))
declare(
    FieldGroup.CONTACT,
    {
        "contact": _("Contact points"),
        **dict(ContactKind.choices),
        **_labels(Person, "emergency_phone"),
        "key_contact": _("Phone of a key contact"),
        "outsider": _("Phone of a relation"),
    },
)
declare(FieldGroup.ACCOUNT, {"account": _("Account number")})
declare(FieldGroup.CONTACT, {"key_contact": _("Phone of a key contact"), "outsider": _("Phone of somebody related")})
declare(FieldGroup.FAMILY, {"relation": _("Relations")})
declare(FieldGroup.FINANCE, {"dossier": _("Company dossier"), "papers": _("Forms"), RISK: _("Risk assessment")})
declare(FieldGroup.MEDIA, {"photo": _("Photo"), "document": _("Document")})
declare(FieldGroup.FINANCE, {"custom": _("Fields of this institution's own")})
declare(FieldGroup.SECRET, {"password": _("Password"), "biometric": _("Biometric feature")})
