"""Opening an archive by hand, and changing the facts in it the moment they are known (A1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from keheng.audit import changes
from keheng.audit.operations import record
from keheng.common.clock import SHANGHAI
from keheng.common.events import publish
from keheng.common.pinyin import spell
from keheng.customers import permissions, policies
from keheng.customers.enums import Confidentiality, CustomerKind, IdentityKind, Source
from keheng.customers.events import CustomerChanged, CustomerCreated
from keheng.customers.models import Company, Customer
from keheng.customers.operations.contacts import write_contact
from keheng.customers.operations.following import follow_up
from keheng.customers.operations.sources import note_sources, overtake_equal
from keheng.customers.operations.values import cleaned, write_beside
from keheng.customers.policies.editing import settle
from keheng.customers.queries.archive import Archive, Origin, archive_of, mark_of
from keheng.customers.values import blind, identity
from keheng.customers.values.flaws import sentence
from keheng.customers.values.masks import masked_contact
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff


@dataclass(frozen=True)
class Difference:
    """A field that two people changed to different values: what stands now, by whom, and what the second says."""

    code: str
    label: str
    theirs: str
    mine: str
    origin: Origin


class EditConflictError(Exception):
    """Somebody else changed the same fields since the editor saw them. Nothing has been written."""

    def __init__(self, differences: list[Difference], present: dict[str, str]) -> None:
        super().__init__(", ".join(difference.code for difference in differences))
        self.differences = differences
        self.present = present
        """The marks of the contested values that stand now: what the editor has seen when they choose."""


@transaction.atomic
def create_customer(
    *,
    kind: CustomerKind,
    name: str,
    branch: Branch,
    owner: Staff | None = None,
    facts: Mapping[str, Any] | None = None,
    company: Mapping[str, Any] | None = None,
    contacts: Mapping[str, str] | None = None,
    actor: Staff,
    at: datetime,
) -> Customer:
    """Open an archive for a customer whom no feed has brought yet; it gets a number of our own.

    Args:
        owner: left out, whoever sees only their own customers answers for this one too.
        facts: by the codes of the catalogue; birth date and sex follow from a resident identity number.
        company: the same for what is known of a company.
        contacts: contact kind → value.

    Raises:
        ValidationError: by field, in words; also when the document is that of a known customer.
    """
    permissions.check_create(actor, branch)
    if owner is None and actor.scope == DataScope.OWN:
        owner = actor
    customer = Customer(kind=kind, branch=branch, owner=owner, source=actor.name, created_at=at, updated_at=at)
    customer.number = _next_number(at.astimezone(SHANGHAI).date())
    archive = archive_of(customer)
    own, beside = _parted(archive, {**(facts or {}), "name": name}, company or {})
    _set_facts(customer, own, at)
    customer.full_clean()
    customer.save()
    if kind == CustomerKind.COMPANY:
        archive.records[Company] = Company.objects.create(customer=customer)
    write_beside(archive, beside)
    _write_contacts(customer, contacts or {}, actor, at)
    said = [code for code, value in {**own, **beside}.items() if value not in (None, "", [], False)]
    note_sources(customer, [*said, *(contacts or {})], source=Source.COUNTER, by=actor.name, at=at)
    record("customers.create", actor=actor, at=at, target=customer, detail={"branch": branch.name})
    follow_up([customer.pk], at=at)
    publish(CustomerCreated(customer.pk, at))
    return customer


@transaction.atomic
def change_customer(
    *,
    customer: Customer,
    facts: Mapping[str, Any] | None = None,
    company: Mapping[str, Any] | None = None,
    contacts: Mapping[str, str] | None = None,
    source: Source = Source.MANAGER,
    seen: Mapping[str, str] | None = None,
    actor: Staff,
    at: datetime,
) -> None:
    """Change an archive; arguments as of :func:`create_customer`. What is said again as it stands writes nothing.

    Args:
        source: who told the values.
        seen: the marks (:func:`~keheng.customers.queries.archive.mark_of`) of the values that the editor saw, by
            field. Left out, the facts are written whatever stands there.

    Raises:
        ValidationError: by field, in words; then nothing has changed.
        EditConflictError: others changed the same fields to something else since; nothing has changed.
    """
    customer.refresh_from_db(
        from_queryset=Customer.objects.select_for_update().defer(None)
    )  # the second editor waits here
    permissions.check_edit(actor, customer)
    archive = archive_of(customer)
    own, beside = _parted(archive, facts or {}, company or {})
    if seen is not None:
        written = _settled(archive, {**own, **beside}, seen)
        own = {code: value for code, value in own.items() if code in written}
        beside = {code: value for code, value in beside.items() if code in written}
    changed = _set_facts(customer, own, at)
    if changed:
        customer.full_clean()
        customer.save()
    changed |= write_beside(archive, beside)
    masks = _write_contacts(customer, contacts or {}, actor, at)
    if not changed and not masks:
        return
    note_sources(customer, [*changed, *masks], source=source, by=actor.name, at=at)
    overtake_equal(archive_of(customer), changed, at=at)
    named = {
        archive.fields[code].label if archive.fields[code].custom else code: told for code, told in changed.items()
    }
    detail: dict[str, Any] = {"changes": named} if named else {}
    record("customers.change", actor=actor, at=at, target=customer, detail=detail | masks)
    follow_up([customer.pk], at=at)
    publish(CustomerChanged(customer.pk, (*changed, *(["contact"] if masks else [])), at, actor.pk))


@transaction.atomic
def classify(*, customer: Customer, level: Confidentiality, reason: str, actor: Staff, at: datetime) -> None:
    """Set the confidentiality level of an archive."""
    permissions.check_classify(actor, customer)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the level changes.")})
    changed = changes.apply(customer, confidentiality=level, updated_at=at)
    if "confidentiality" not in changed:
        return
    customer.save(update_fields=["confidentiality", "updated_at"])
    detail = {"changes": {"confidentiality": changed["confidentiality"]}}
    record("customers.classify", actor=actor, at=at, target=customer, reason=reason.strip(), detail=detail)


def _parted(
    archive: Archive, facts: Mapping[str, Any], company: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part values, cleaned, into those of the customer's own row and those kept beside it."""
    if company and archive.customer.kind != CustomerKind.COMPANY:
        raise ValidationError(_("%(customer)s is a person.") % {"customer": archive.customer.name})
    values = cleaned(archive, {**facts, **company})
    own = {code: value for code, value in values.items() if archive.fields[code].model is Customer}
    return own, {code: value for code, value in values.items() if code not in own}


def _settled(archive: Archive, values: Mapping[str, Any], seen: Mapping[str, str]) -> frozenset[str]:
    """The fields that are to be written; see :func:`~keheng.customers.policies.editing.settle`."""
    mine = {code: mark_of(archive.fields[code].encode(value)) for code, value in values.items()}
    present = {code: mark_of(archive.encoded(code)) for code in values}
    outcome = settle(mine, seen, present)
    if outcome.contested:
        differences = [
            Difference(
                code,
                archive.fields[code].label,
                archive.text(code),
                archive.fields[code].told(values[code]),
                archive.origin(code),
            )
            for code in values
            if code in outcome.contested
        ]
        raise EditConflictError(differences, {code: present[code] for code in outcome.contested})
    return outcome.written


def _set_facts(customer: Customer, values: Mapping[str, Any], at: datetime) -> changes.Changes:
    """Set facts, what follows from them and the keys to find them by; return what changed."""
    values = dict(values)
    _examine_document(customer, values, at.astimezone(SHANGHAI).date())
    changed = changes.apply(customer, **values)
    if not changed:
        return changed
    customer.pinyin, customer.initials = spell(customer.name, person=customer.kind == CustomerKind.PERSON)
    if "id_number" in changed:
        customer.id_index, customer.id_tail = blind.id_keys(customer.id_number) if customer.id_number else (None, None)
        _check_not_known(customer)
    return changed


def _write_contacts(customer: Customer, contacts: Mapping[str, str], actor: Staff, at: datetime) -> dict[str, str]:
    """Write contact points; return kind → mask of those written, for the trail."""
    points = [
        write_contact(customer, kind, value, is_primary=True, source=actor.name, at=at)
        for kind, value in contacts.items()
    ]
    return {point.kind: masked_contact(point) for point in points}


def _examine_document(customer: Customer, values: dict[str, Any], today: date) -> None:
    """Bring a document to its normal form, and take birth date and sex from a resident identity number."""
    if not {"id_kind", "id_number"} & set(values):
        return
    kind = values.get("id_kind", customer.id_kind)
    number = values.get("id_number", customer.id_number) or ""
    if not kind and not number:
        values["id_number"] = None
        return
    if not kind:
        raise ValidationError({"id_kind": _("Say what kind of document it is.")})
    resident = kind == IdentityKind.RESIDENT
    found = identity.resident(number, today=today) if resident else identity.DOCUMENTS[kind](number)
    if found.error:
        raise ValidationError({"id_number": sentence(found.error, kind)})
    values["id_number"] = found.value
    for name, told in (("birth_date", found.birth_date), ("sex", found.sex)):
        if not told:
            continue
        if values.get(name) not in (None, "", told):
            raise ValidationError({name: _("The identity number says otherwise. One of the two is mistyped.")})
        values[name] = told


def _check_not_known(customer: Customer) -> None:
    known = Customer.objects.filter(id_tail=customer.id_tail, id_index=customer.id_index).exclude(pk=customer.pk)
    other = known.select_related("branch").first() if customer.id_index else None
    if other is not None:
        raise ValidationError(
            {
                "id_number": _("Customer %(number)s of %(branch)s has this document already. Use that archive.")
                % {"number": other.number, "branch": other.branch.name}
            }
        )


def _next_number(day: date) -> str:
    """The next number of the day; whoever asks at the same time waits until this transaction ends.

    A number that a merge has ended is not given again: it still leads to the archive that stayed.
    """
    beginning = policies.local_number(day, 0)[:-4]
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('customers.local_number'))")
        cursor.execute(
            """
            select coalesce(max(substring(number from %(from)s)::int), 0) from (
                select number from customers_customer where number like %(like)s
                union all select number from customers_numberalias where number like %(like)s
            ) given where substring(number from %(from)s) ~ '^[0-9]+$'
            """,
            {"like": f"{beginning}%", "from": len(beginning) + 1},
        )
        return policies.local_number(day, cursor.fetchone()[0] + 1)
