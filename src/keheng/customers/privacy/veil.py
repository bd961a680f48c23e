"""What the trail tells of a customer: no more than the rules of confidentiality show the reader of each field (A15)."""

from collections.abc import Mapping, Sequence
from typing import Any

from keheng.audit.models import Entry
from keheng.customers.enums import ContactKind, Disclosure
from keheng.customers.models import Customer
from keheng.customers.permissions import disclosure
from keheng.customers.privacy.fields import is_declared
from keheng.org.models import Staff

_TOPICS = {
    "relation": "relation",
    "document": "document",
    "documentversion": "document",
    "pushfeedback": "papers",
    "lossfile": "papers",
    "losscontact": "papers",
}
SEALED = frozenset({"id_number", "emergency_phone", *ContactKind.values})
"""Fields that the trail and the history keep as masks only."""
MASK = "****"


def topic_of(entry: Entry) -> str:
    """The field that an act on an entry beside the archive falls under: its dossier, relations, documents; or none."""
    return _TOPICS.get(entry.detail["entry"], "dossier") if isinstance(entry.detail.get("entry"), str) else ""


def veil(entries: Sequence[Entry], reader: Staff) -> None:
    """Take from acts on customers what the reader may not be told; of archives that are gone, all. One query."""
    customers = Customer.objects.in_bulk({entry.target_id for entry in entries})
    for entry in entries:
        customer = customers.get(entry.target_id)
        entry.detail = _told(entry, customer, reader) if customer else {}


def _told(entry: Entry, customer: Customer, reader: Staff) -> dict[str, Any]:
    topic = topic_of(entry)
    if topic:
        return entry.detail if disclosure(reader, customer, topic) > Disclosure.HIDDEN else {}
    told = {}
    for key, value in entry.detail.items():
        if key == "changes" and isinstance(value, Mapping):
            told[key] = {
                field: shown for field, pair in value.items() if (shown := _shown(field, pair, customer, reader))
            }
        elif shown := _shown(_field_of(key, entry), value, customer, reader):
            told[key] = shown
    return told


def _field_of(key: str, entry: Entry) -> str:
    """The field whose value stands under a key; ``{"kind": "mobile", "value": "138****5678"}`` names it beside."""
    return "contact" if key == "value" and entry.detail.get("kind") in ContactKind.values else key


def _shown(field: str, value: Any, customer: Customer, reader: Staff) -> Any:
    """A value as it may be told; nothing where it may not. What is no field of the archive stays as it is."""
    known = field if is_declared(field) else "custom" if field.startswith("custom.") else ""
    if not known:
        return value
    match disclosure(reader, customer, known):
        case Disclosure.OPEN:
            return value
        case Disclosure.HIDDEN:
            return None
    if field in SEALED or known == "contact":
        return value
    return [MASK if part else part for part in value] if isinstance(value, list | tuple) else MASK
