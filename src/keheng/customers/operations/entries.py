"""What writing an entry of an archive has in common: nobody's change is lost, and every change is told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol, cast

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from keheng.audit import changes
from keheng.audit.operations import record
from keheng.common.events import publish
from keheng.common.fields import EncryptedField
from keheng.customers.events import CustomerChanged
from keheng.customers.models import Customer
from keheng.customers.operations.following import follow_up
from keheng.org.models import Staff


class Entry(Protocol):
    """A row with its last writer."""

    pk: Any
    changed_by: Staff
    changed_at: datetime


def check_unchanged[M: models.Model](model: type[M], entry: M, values: Mapping[str, Any], seen: datetime | None) -> M:
    """Lock the row and return it as it is now, unless somebody has changed it since ``seen``.

    Raises:
        ValidationError: by field what the other has written, so that whoever comes second can compare.
    """
    present = model._default_manager.select_for_update(of=("self",)).filter(pk=entry.pk).first()
    if present is None:
        raise ValidationError(_("Somebody has removed this entry in the meantime. Close the panel."))
    row = cast(Entry, present)
    if seen is None or precisely(row.changed_at) == precisely(seen):
        return present
    differing: dict[str, Any] = {
        name: [_("Now: %(value)s") % {"value": _told(present, name)}]
        for name, value in values.items()
        if getattr(present, name, value) != value
    }
    differing[NON_FIELD_ERRORS] = [overtaken(row.changed_by.name, row.changed_at)]
    raise ValidationError(differing)


def overtaken(name: str, at: datetime) -> ValidationError:
    """What the second of two editors is told above the fields; forms know it by the code ``overtaken``."""
    told = _(
        "%(name)s changed this entry at %(moment)s, while you had it open. What stands there now is told beside "
        "the fields; save again to put yours in its place."
    )
    moment = formats.date_format(timezone.localtime(at), "H:i")
    return ValidationError(told % {"name": name, "moment": moment}, code="overtaken")


def write(
    entry: models.Model, values: Mapping[str, Any], *, customer: Customer, action: str, actor: Staff, at: datetime
) -> changes.Changes:
    """Set, check and save an entry; trail and news follow when something changed.

    Raises:
        ValidationError: by field, in words; also when a constraint of the database stands against it.
    """
    changed = changes.apply(entry, **values)
    if not changed and entry.pk:
        return changed
    entry.changed_by, entry.changed_at = actor, at  # type: ignore[attr-defined]
    entry.full_clean()
    entry.save()
    told(entry, customer, action, actor=actor, at=at, detail={"changes": changed})
    return changed


def told(
    entry: models.Model,
    customer: Customer,
    action: str,
    *,
    actor: Staff,
    at: datetime,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Put the act into the trail of the customer, and publish that the archive has changed."""
    topic = entry._meta.model_name or ""
    words = {"entry": topic, **(detail or {})}
    record(action, actor=actor, at=at, target=customer, reason=reason, detail=words)
    follow_up([customer.pk], at=at)
    publish(CustomerChanged(customer.pk, (topic,), at))


def precisely(instant: datetime) -> datetime:
    """As precise as JSON tells an instant: to the millisecond."""
    return instant.replace(microsecond=instant.microsecond // 1_000 * 1_000)


def _told(row: models.Model, name: str) -> str:
    field = row._meta.get_field(name)
    if isinstance(field, EncryptedField):
        return "****"
    if getattr(field, "choices", None):
        return str(getattr(row, f"get_{name}_display")() or "—")
    value = getattr(row, name)
    return "—" if value in (None, "") else str(formats.localize(value))
