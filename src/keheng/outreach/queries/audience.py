"""Who may be invited to an event, and what stands against it (A4: by outlet, product, need; PIPL 13, A1 不愿打扰)."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import TruncDate

from keheng.care.enums.tasks import TaskKind, TaskState
from keheng.care.models import Contact, Task
from keheng.common.clock import SHANGHAI
from keheng.complaints.models import CustomerFlag
from keheng.customers.enums import CustomerStatus
from keheng.customers.models import Consent, Customer
from keheng.outreach.enums import EventState, GuestState, Obstacle
from keheng.outreach.models import Event, Guest, KeptOut
from keheng.outreach.queries.rules import rules_in_force

PURPOSE = "marketing"
"""The purpose of the privacy rules that an invitation serves."""
_VOICED = "complaint"
"""The outcome code of a contact in which the customer voiced a complaint."""
_ASKED = (EventState.OPEN, EventState.HELD, EventState.CLOSED)


def conditions(event: Event, today: date, channel: str = "") -> dict[Obstacle, Q]:
    """What stands against inviting a customer, as conditions on customers; consent only where a channel is named."""
    rules = rules_in_force().rules
    guests = Guest.objects.filter(customer=OuterRef("pk")).exclude(state=GuestState.DROPPED)
    lately = guests.filter(
        event__state__in=_ASKED, listed_at__date__gt=today - timedelta(days=rules.invited_again_days)
    ).exclude(event=event)
    voiced = Contact.objects.standing().annotate(day=TruncDate("at", tzinfo=SHANGHAI))
    voiced = voiced.filter(
        customer=OuterRef("pk"), outcome=_VOICED, day__gt=today - timedelta(days=rules.complaint_days)
    )
    unsettled = CustomerFlag.objects.filter(Q(until__isnull=True) | Q(until__gte=today), customer=OuterRef("pk"))
    pending = Task.objects.filter(customer=OuterRef("pk"), kind=TaskKind.FOLLOW_UP, state=TaskState.OPEN)
    found = {
        Obstacle.INVITED: Q(Exists(guests.filter(event=event))),
        Obstacle.CLOSED: Q(status=CustomerStatus.CLOSED),
        Obstacle.KEPT_OUT: Q(Exists(KeptOut.objects.filter(customer=OuterRef("pk")))),
        Obstacle.DISTURBED: Q(do_not_disturb=True),
        Obstacle.COMPLAINT: Q(Exists(unsettled)) | (Q(Exists(voiced)) & Q(Exists(pending))),
        Obstacle.BELOW: Q(aum__lt=event.least_aum) if event.least_aum is not None else Q(pk__in=[]),
        Obstacle.RECENT: Q(Exists(lately)),
    }
    if channel:
        found[Obstacle.CONSENT] = ~Q(Exists(_agreed().filter(channels__contains=[channel])))
    return found


def with_obstacle(customers: "QuerySet[Customer]", event: Event, today: date, channel: str = "") -> "QuerySet[Any]":
    """Annotate ``obstacle``: the weightiest thing that stands against inviting each; empty: nothing does."""
    cases = [When(condition, then=Value(obstacle)) for obstacle, condition in conditions(event, today, channel).items()]
    return customers.annotate(obstacle=Case(*cases, default=Value(""), output_field=CharField()))


def reachable_by(keys: list[int]) -> dict[int, list[str]]:
    """By which channels these customers agree to be invited; one query."""
    return dict(_bare_agreed().filter(customer__in=keys).values_list("customer", "channels"))


def _bare_agreed() -> "QuerySet[Consent]":
    return Consent.objects.current().filter(purpose=PURPOSE)


def _agreed() -> "QuerySet[Consent]":
    return _bare_agreed().filter(customer=OuterRef("pk"))
