"""Suggested updates (A1): values that a feed, a visit or a customer tells and that somebody decides on."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.common.events import publish
from keheng.common.keys import key_ring
from keheng.customers import permissions
from keheng.customers.archive.catalogue import label_of
from keheng.customers.enums import ContactKind, Source, SuggestionState
from keheng.customers.events import UpdateSuggested
from keheng.customers.models import Customer, Suggestion
from keheng.customers.operations.archive import change_customer
from keheng.customers.operations.sources import SUGGESTION
from keheng.customers.queries.archive import Archive, archive_of
from keheng.customers.values import identity
from keheng.customers.values.flaws import sentence
from keheng.org.models import Staff


@transaction.atomic
def suggest(
    *, customer: Customer, field: str, value: Any, source: Source, note: str = "", actor: Staff, at: datetime
) -> Suggestion | None:
    """Suggest a value for a field, or a contact point; the archive stays as it is until somebody takes it over.

    Args:
        field: a code of the catalogue, or a ``ContactKind``.
        note: where it was told: the visit, the call.

    Returns:
        The suggestion, also when the same one waits already; ``None`` where the archive says so already.

    Raises:
        ValidationError: the value is no such thing; under the field, in words.
    """
    permissions.check_view(actor, customer)
    archive = archive_of(customer)
    text = _text(archive, field, value)
    if _stands(archive, field, text):
        return None
    suggestion, is_new = Suggestion.objects.get_or_create(
        customer=customer,
        field=field,
        value_key=key_ring().blind_index(text, SUGGESTION),
        state=SuggestionState.OPEN,
        defaults={"value": text, "source": source, "by": actor.name, "note": note.strip()[:200], "at": at},
    )
    if is_new:
        record("customers.suggest", actor=actor, at=at, target=customer, reason=note, detail={"field": field})
        publish(UpdateSuggested(customer.pk, field, at))
    return suggestion


@transaction.atomic
def accept_suggestion(*, suggestion: Suggestion, actor: Staff, at: datetime) -> None:
    """Take a suggested value over into the archive; its source is that of the suggestion.

    Raises:
        ValidationError: somebody has decided already, or the value does not fit the archive any more.
    """
    suggestion, customer = _taken_up(suggestion)
    permissions.check_edit(actor, customer)
    field, source = suggestion.field, Source(suggestion.source)
    _decide(suggestion, SuggestionState.ACCEPTED, actor, at)
    text = suggestion.value or ""
    if field in ContactKind.values:
        change_customer(customer=customer, contacts={field: text}, source=source, actor=actor, at=at)
    else:
        value = archive_of(customer).fields[field].decode(text)
        change_customer(customer=customer, facts={field: value}, source=source, actor=actor, at=at)
    detail = {"field": field}
    record("customers.accept_suggestion", actor=actor, at=at, target=customer, detail=detail)


@transaction.atomic
def reject_suggestion(*, suggestion: Suggestion, reason: str, actor: Staff, at: datetime) -> None:
    """Leave the archive as it is; the same feed does not suggest the same value again."""
    suggestion, customer = _taken_up(suggestion)
    permissions.check_edit(actor, customer)
    _decide(suggestion, SuggestionState.REJECTED, actor, at)
    detail = {"field": suggestion.field}
    record("customers.reject_suggestion", actor=actor, at=at, target=customer, reason=reason.strip(), detail=detail)


def _taken_up(suggestion: Suggestion) -> tuple[Suggestion, Customer]:
    """The suggestion, locked, if nobody has decided on it yet."""
    locked = Suggestion.objects.select_for_update().get(pk=suggestion.pk)
    if locked.state != SuggestionState.OPEN:
        raise ValidationError(_("Somebody has decided on this suggestion already. Load the page again."))
    return locked, Customer.objects.get(pk=locked.customer_id)


def _decide(suggestion: Suggestion, state: SuggestionState, actor: Staff, at: datetime) -> None:
    suggestion.state, suggestion.decided_by, suggestion.decided_at = state, actor, at
    suggestion.save(update_fields=["state", "decided_by", "decided_at"])


def _text(archive: Archive, field: str, value: Any) -> str:
    """The suggested value as a text in its normal form."""
    if field in ContactKind.values:
        found = identity.CONTACTS[field](str(value))
        if found.error:
            raise ValidationError({field: sentence(found.error, field)})
        return found.value
    known = archive.fields.get(field)
    if known is None:
        raise ValidationError(_("An archive of this kind has no field “%(field)s”.") % {"field": label_of(field)})
    text = known.encode(known.clean(value))
    if not text:
        raise ValidationError({field: _("Say what the value is; an empty one cannot be suggested.")})
    return text


def _stands(archive: Archive, field: str, text: str) -> bool:
    if field in ContactKind.values:
        return any(point.kind == field and point.value == text for point in archive.points)
    return archive.encoded(field) == text
