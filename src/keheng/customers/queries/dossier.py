"""The dossier of a company, and its lists over all companies that a reader sees."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Prefetch, QuerySet, Sum

from keheng.common.masking import mask_name, mask_phone
from keheng.customers import permissions
from keheng.customers.archive.rulebook import health_rules
from keheng.customers.enums import CooperationState, GroupRole
from keheng.customers.models import (
    Competitor,
    Cooperation,
    Customer,
    GroupMember,
    HealthCheck,
    KeyContact,
    Project,
)
from keheng.customers.permissions import can_view
from keheng.org.models import Staff

RECENT_CHECKS = 5


@dataclass(frozen=True)
class Person:
    """A key contact with the mask of the phone."""

    entry: KeyContact
    phone: str
    reveal_field: str


@dataclass(frozen=True)
class Business:
    """The cooperation of one time (past, current, expected) with its total."""

    state: CooperationState
    entries: list[Cooperation]
    amount: Decimal


@dataclass(frozen=True)
class Member:
    """A member of the group; ``customer`` only where the reader may open it, the name masked otherwise."""

    entry: GroupMember
    name: str
    customer: Customer | None


@dataclass(frozen=True)
class GroupView:
    """The group of a company: its own entry, all members, the assets of those the reader may see."""

    entry: GroupMember
    members: list[Member]
    aum: Decimal
    hidden: int


@dataclass(frozen=True)
class Dossier:
    """What is known of a company, section by section."""

    people: list[Person]
    business: list[Business]
    competitors: list[Competitor]
    their_share: Decimal | None
    projects: list[Project]
    group: GroupView | None


def dossier_of(company: Customer, reader: Staff) -> Dossier:
    """The dossier of a company; seven queries, whatever stands in it."""
    contacts = KeyContact.objects.filter(customer=company)
    cooperation = list(Cooperation.objects.filter(customer=company))
    competitors = list(Competitor.objects.filter(customer=company))
    shares = [entry.share for entry in competitors if entry.share is not None]
    checks = HealthCheck.objects.select_related("checked_by").order_by("-checked_on", "-pk")
    projects = Project.objects.filter(customer=company).prefetch_related(Prefetch("checks", checks))
    return Dossier(
        people=[
            Person(entry, mask_phone(entry.phone) if entry.phone else "", f"key_contact.{entry.pk}")
            for entry in contacts
        ],
        business=[_business(state, cooperation) for state in CooperationState],
        competitors=competitors,
        their_share=sum(shares, Decimal(0)) if shares else None,
        projects=list(projects),
        group=group_of(company, reader),
    )


def group_of(company: Customer, reader: Staff) -> GroupView | None:
    """The group that a company belongs to, if any; three queries."""
    own = GroupMember.objects.filter(customer=company).select_related("group").first()
    if own is None:
        return None
    rows = GroupMember.objects.filter(group=own.group).select_related("customer__branch").defer("customer__id_number")
    order = {role: place for place, role in enumerate(GroupRole.values)}
    seen = [(row, can_view(reader, row.customer)) for row in sorted(rows, key=lambda row: order[row.role])]
    return GroupView(
        entry=own,
        members=[
            Member(row, row.customer.name if open_ else mask_name(row.customer.name), row.customer if open_ else None)
            for row, open_ in seen
        ],
        aum=sum((row.customer.aum for row, open_ in seen if open_), Decimal(0)),
        hidden=sum(1 for _row, open_ in seen if not open_),
    )


def _readable(reader: Staff) -> "QuerySet[Customer]":
    """The customers whose dossier the reader may know."""
    return Customer.objects.visible_to(reader).filter(permissions.shown_to(reader, "dossier")).order_by()


def projects_for(reader: Staff) -> "QuerySet[Project]":
    """The project library: projects of all companies that the reader sees."""
    return Project.objects.filter(customer__in=_readable(reader))


def checks_due(reader: Staff, today: date) -> "QuerySet[Project]":
    """Projects whose next check falls within the days of the rule, or is overdue."""
    return projects_for(reader).filter(next_check_on__lte=today + timedelta(days=health_rules().due))


def cooperation_for(reader: Staff) -> "QuerySet[Cooperation]":
    """Cooperation of all companies that the reader sees."""
    return Cooperation.objects.filter(customer__in=_readable(reader))


def expected_amount(reader: Staff) -> Decimal:
    """What the expected cooperation of the reader's companies comes to."""
    expected = cooperation_for(reader).filter(state=CooperationState.EXPECTED)
    return expected.aggregate(total=Sum("amount"))["total"] or Decimal(0)


def _business(state: CooperationState, entries: list[Cooperation]) -> Business:
    chosen = [entry for entry in entries if entry.state == state]
    return Business(state, chosen, sum((entry.amount or Decimal(0) for entry in chosen), Decimal(0)))
