"""Companies by type, size, class and population: classified by one statement, whatever their number."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, Count, Q, QuerySet, Sum, Value, When

from keheng.customers.enums import CustomerKind, CustomerStatus
from keheng.customers.models import Customer
from keheng.org.models import Staff
from keheng.tiering.models import Standards
from keheng.tiering.policies.company_types import LEAVES, TREE, Market, TypeNode
from keheng.tiering.policies.standards import StandardsTable
from keheng.tiering.policies.value import Population

CLASS_SCHEME = "corporate-class"
_BORROWS = Q(company__is_borrower=True) | Q(figures__loans__gt=0)
_IS_HERE = Q(aum__gt=0) | Q(figures__loans__gt=0) | Q(figures__product_count__gt=0)
"""Who does business here: existing 存量; everybody else is a target 目标."""


@dataclass(frozen=True)
class TypeRow:
    """A node of the tree with all below it; ``share`` is of the node above it, or of all companies."""

    node: TypeNode
    customers: int
    existing: int
    aum: Decimal
    deposits: Decimal
    loans: Decimal
    share: float


def standards() -> Standards | None:
    """The size standards in force."""
    return Standards.objects.order_by("-number").first()


def companies(staff: Staff) -> "QuerySet[Customer]":
    """The companies that the scope of ``staff`` lets them see, without those that have left."""
    return Customer.objects.visible_to(staff).filter(kind=CustomerKind.COMPANY).exclude(status=CustomerStatus.CLOSED)


def classified(queryset: "QuerySet[Customer]", table: StandardsTable | None) -> "QuerySet[Any]":
    """Annotate ``company_type`` (a leaf of the tree) and ``population``."""
    markets = [
        When(_BORROWS & Q(company__industry__in=names), then=Value(f"borrower.company.{market}"))
        for market in (Market.REAL_ESTATE, Market.EMERGING)
        if (names := table.names_of(market) if table else ())
    ]
    return queryset.annotate(
        company_type=Case(
            When(_BORROWS & Q(company__is_institution=True), then=Value("borrower.institution")),
            *markets,
            When(_BORROWS, then=Value(f"borrower.company.{Market.TRADITIONAL}")),
            When(company__is_institution=True, then=Value("free.institution")),
            default=Value("free.company"),
            output_field=CharField(),
        ),
        population=Case(
            When(_IS_HERE, then=Value(Population.EXISTING.value)),
            default=Value(Population.TARGET.value),
            output_field=CharField(),
        ),
    )


def of_types(queryset: "QuerySet[Any]", codes: Iterable[str]) -> "QuerySet[Any]":
    """Those of a :func:`classified` query whose type is one of the nodes, or below one."""
    nodes = [node for node in TREE if node.code in set(codes)]
    return queryset.filter(company_type__in=[leaf for leaf in LEAVES if any(node.holds(leaf) for node in nodes)])


def type_tree(staff: Staff) -> list[TypeRow]:
    """The whole tree with counts and amounts, by one query."""
    found = standards()
    rows = list(
        classified(companies(staff), found.table if found else None)
        .order_by()
        .values_list("company_type", "population")
        .annotate(Count("pk"), Sum("aum"), Sum("figures__deposits"), Sum("figures__loans"))
    )
    return [_row(node, rows) for node in TREE]


type _Counted = tuple[str, str, int, Decimal | None, Decimal | None, Decimal | None]


def _row(node: TypeNode, rows: list[_Counted]) -> TypeRow:
    held = [row for row in rows if node.holds(row[0])]
    above = node.code.rpartition(".")[0]
    whole = sum(row[2] for row in rows if not above or row[0].startswith(f"{above}."))
    customers = sum(row[2] for row in held)
    return TypeRow(
        node=node,
        customers=customers,
        existing=sum(row[2] for row in held if row[1] == Population.EXISTING),
        aum=_sum(row[3] for row in held),
        deposits=_sum(row[4] for row in held),
        loans=_sum(row[5] for row in held),
        share=customers / whole if whole else 0.0,
    )


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal(0))
