"""Writing values of an archive to where each is kept; part of the operations of this module."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from keheng.audit.changes import Changes
from keheng.customers.archive.catalogue import ArchiveField
from keheng.customers.models import Customer, CustomField, CustomValue
from keheng.customers.queries.archive import Archive


def cleaned(archive: Archive, values: Mapping[str, Any]) -> dict[str, Any]:
    """Bring values to the form in which they are kept.

    Raises:
        ValidationError: by field, in words, all of them at once.
        TypeError: a code that is no field of this archive, which no page offers.
    """
    unknown = set(values) - set(archive.fields)
    if unknown:
        raise TypeError(f"not facts of the archive: {', '.join(sorted(unknown))}")
    errors: dict[str, Any] = {}
    result: dict[str, Any] = {}
    for code, value in values.items():
        try:
            result[code] = archive.fields[code].clean(value)
        except ValidationError as error:
            errors |= error.message_dict
    if errors:
        raise ValidationError(errors)
    return result


def write_beside(archive: Archive, values: Mapping[str, Any]) -> Changes:
    """Write values that are kept beside the customer's own row; return what changed, before and after, in words.

    Args:
        values: cleaned, by the codes of the catalogue. What is said again as it stands writes nothing.
    """
    told: Changes = {}
    by_model: dict[type[models.Model], dict[str, Any]] = defaultdict(dict)
    for code, value in values.items():
        field = archive.fields[code]
        if archive.encoded(code) == field.encode(value):
            continue
        told[code] = [field.trail(archive.value(code)) or None, field.trail(value) or None]
        if field.model is None:
            _write_custom(archive, field, value)
        else:
            by_model[field.model][code] = value
    for model, given in by_model.items():
        _write_record(archive, model, given)
    return told


def _write_record(archive: Archive, model: type[models.Model], given: Mapping[str, Any]) -> None:
    record = archive.records.get(model) or model(customer=archive.customer)
    for code, value in given.items():
        setattr(record, code, value)
    record.full_clean(exclude=["customer"], validate_unique=False)
    record.save()
    archive.records[model] = record


def _write_custom(archive: Archive, field: ArchiveField, value: Any) -> None:
    definition: CustomField = field.custom  # type: ignore[assignment]  # the caller has looked
    customer: Customer = archive.customer
    if value is None:
        CustomValue.objects.filter(customer=customer, field=definition).delete()
    else:
        CustomValue.objects.update_or_create(customer=customer, field=definition, defaults={"value": value})
    archive.custom[field.code] = value
