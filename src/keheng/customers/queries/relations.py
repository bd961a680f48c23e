"""Who belongs to whom, as read from one customer."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet

from keheng.common.masking import mask_name, mask_phone
from keheng.customers.enums import CustomerKind, RelationKind
from keheng.customers.models import Customer, Relation
from keheng.customers.permissions import can_see
from keheng.customers.policies.relations import HOUSEHOLD, INVERSE
from keheng.org.models import Staff

_STEPS = 2
"""A household reaches as far: the spouse's parents and children, the children's children."""


@dataclass(frozen=True)
class Tie:
    """A relation as one of its two sides reads it.

    Attributes:
        kind: what the other one is to the customer.
        name: of the other one; masked where the reader may not open that customer.
        other: that customer, if the reader may open it.
        is_outsider: somebody who is no customer; ``phone`` is masked, ``reveal_field`` what a reveal asks for.
        is_own_side: the relation is written on this customer.
    """

    relation: Relation
    kind: RelationKind
    name: str
    other: Customer | None
    is_outsider: bool
    phone: str
    reveal_field: str
    is_own_side: bool

    @property
    def label(self) -> str:
        return str(self.kind.label)

    @property
    def has_ended(self) -> bool:
        return self.relation.ended_on is not None


@dataclass(frozen=True)
class Household:
    """A household: those whom the reader may see, the total of their assets, and how many others there are."""

    members: list[Customer]
    aum: Decimal
    hidden: int


def ties_of(customer: Customer, reader: Staff) -> list[Tie]:
    """All relations of a customer, the present ones first; one query."""
    rows = _with_ends(Relation.objects.filter(Q(customer=customer) | Q(other=customer)))
    ties = [_read(row, customer, reader) for row in rows]
    order = list(RelationKind)
    return sorted(ties, key=lambda tie: (tie.has_ended, order.index(tie.kind), tie.name))


def relation_of(customer: Customer, key: int) -> Relation | None:
    """One relation that the customer stands in."""
    return _with_ends(Relation.objects.filter(Q(customer=customer) | Q(other=customer), pk=key)).first()


def household_of(customer: Customer, reader: Staff) -> Household:
    """The household of a person, the person included: spouse, parents, children, two steps far; three queries."""
    found, reached = {customer.pk}, {customer.pk}
    if customer.kind == CustomerKind.PERSON:
        for _step in range(_STEPS):
            reached = _neighbours(reached) - found
            found |= reached
            if not reached:
                break
    seen = Customer.objects.visible_to(reader).filter(pk__in=found).select_related("branch")
    known = [member for member in seen if can_see(reader, member, "relation")]
    members = sorted(known, key=lambda member: (member.pk != customer.pk, -member.aum, member.pk))
    return Household(members, sum((member.aum for member in members), Decimal(0)), len(found) - len(members))


def _neighbours(keys: Iterable[int]) -> set[int]:
    ties = Relation.objects.filter(kind__in=HOUSEHOLD, ended_on__isnull=True, other__isnull=False).order_by()
    pairs = ties.filter(Q(customer__in=keys) | Q(other__in=keys)).values_list("customer", "other")
    return {key for pair in pairs for key in pair if key is not None}


def _with_ends(relations: "QuerySet[Relation]") -> "QuerySet[Relation]":
    ends = relations.select_related("customer__branch", "other__branch", "changed_by")
    return ends.defer("customer__id_number", "other__id_number")


def _read(row: Relation, customer: Customer, reader: Staff) -> Tie:
    own = row.customer_id == customer.pk
    kind = RelationKind(row.kind) if own else INVERSE[RelationKind(row.kind)]
    other = row.other if own else row.customer
    opened = other is not None and can_see(reader, other, "relation")
    name = row.outsider if other is None else other.name if opened else mask_name(other.name)
    return Tie(
        relation=row,
        kind=kind,
        name=name,
        other=other if opened else None,
        is_outsider=other is None,
        phone=mask_phone(row.outsider_phone) if row.outsider_phone else "",
        reveal_field=f"outsider.{row.pk}",
        is_own_side=own,
    )
