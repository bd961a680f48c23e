"""What the desk shows beside its rows: figures, loads, and what else a customer has open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from keheng.common.clock import SHANGHAI
from keheng.customers.models import Customer
from keheng.org.enums import DataScope
from keheng.org.models import Staff
from keheng.service_requests.enums import ClockKind, State
from keheng.service_requests.models import RequestClock, ServiceRequest
from keheng.service_requests.queries.catalogue import catalogue_on

_DUPLICATE_WITHIN = timedelta(days=7)
_SHOWN = 20


@dataclass(frozen=True)
class Figures:
    """The line beside the title: open, done today, and how many of those within the limit."""

    open: int
    done: int
    in_time: Decimal | None


def figures(staff: Staff, at: datetime) -> Figures:
    """Counts over what the member of staff sees, of the present day."""
    visible = ServiceRequest.objects.visible_to(staff)
    morning = at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    stopped = RequestClock.objects.filter(kind=ClockKind.HANDLING, stopped_at__gte=morning, request__in=visible)
    done = stopped.aggregate(all=Count("pk"), met=Count("pk", filter=Q(met=True)))
    rate = Decimal(done["met"]) / done["all"] if done["all"] else None
    return Figures(visible.open().count(), done["all"], rate)


def my_businesses(staff: Staff, day: date) -> list[str]:
    """The businesses whose posts name the role of the member of staff, or nobody's."""
    posts = staff.role.code
    found = catalogue_on(day).businesses.values()
    return [about.code for about in found if not about.posts or posts in about.posts or staff.scope == "all"]


def free_for(staff: Staff, day: date) -> list[int]:
    """Waiting requests that the member of staff may take by post, the most urgent first, priority customers before."""
    waiting = ServiceRequest.objects.visible_to(staff).filter(
        state=State.WAITING, assignee=None, business__in=my_businesses(staff, day)
    )
    return list(waiting.order_by("-is_priority", "due_at", "pk").values_list("pk", flat=True)[:_SHOWN])


def loads(people: "QuerySet[Staff]") -> list[tuple[Staff, int]]:
    """How many open requests people have in hand, the least loaded first."""
    held = dict(
        ServiceRequest.objects.open()
        .filter(assignee__in=people)
        .order_by()
        .values_list("assignee")
        .annotate(number=Count("pk"))
    )
    return sorted(((member, held.get(member.pk, 0)) for member in people), key=lambda pair: (pair[1], pair[0].name))


def handlers(staff: Staff) -> list[tuple[Staff, int]]:
    """The people of the branches in scope who handle requests, with their load."""
    people = Staff.objects.people().filter(is_active=True).select_related("role", "branch")
    within = people if staff.scope == DataScope.ALL else people.filter(branch__in=staff.branch_ids)
    return [pair for pair in loads(within) if pair[0].can("service_requests.handle")]


def colleagues(request: ServiceRequest) -> list[tuple[Staff, int]]:
    """Who may take a request over: people of the branch and above who handle requests, with their load."""
    path = request.branch.path
    above = [path[: place + 1] for place, char in enumerate(path) if char == "/"]
    people = Staff.objects.people().filter(is_active=True, branch__path__in=above).exclude(pk=request.assignee_id or 0)
    return [pair for pair in loads(people) if pair[0].can("service_requests.handle")]


def open_of(customer: Customer, staff: Staff) -> Sequence[ServiceRequest]:
    """What a customer already has open, to be looked at before another is taken in."""
    found = ServiceRequest.objects.visible_to(staff).filter(customer=customer).open()
    return list(found.select_related("assignee").order_by("-opened_at")[:_SHOWN])


def duplicates(customer: Customer, business: str, at: datetime) -> int:
    """How many requests for the same business the customer has made within a week and has not taken back."""
    same = ServiceRequest.objects.filter(customer=customer, business=business, opened_at__gt=at - _DUPLICATE_WITHIN)
    return same.exclude(state__in=[State.CANCELLED, State.MERGED]).count()
