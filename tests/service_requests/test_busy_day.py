"""A simulated day adds up: every penalty is counted again by hand from nothing but times of steps (A6, decision 10)."""

import os
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from tests.factories import BranchFactory, CustomerFactory, StaffFactory

from keheng.demo.busy_day import last_working_day, simulate
from keheng.org.models import Branch, Role, Staff
from keheng.service_requests.models import PenaltyEntry, PenaltySheet, ServiceRequest, SlaEvent
from keheng.service_requests.operations.catalogue import shipped

REQUESTS = int(os.environ.get("KEHENG_BUSY_DAY", "120"))
"""How many customers come; 2,000 are the day that A6 speaks of, and take a minute or two."""
MONDAY = date(2026, 11, 23)
NEXT_DAY = datetime(2026, 11, 24, 1, tzinfo=UTC)
SERVICE = ((9 * 60, 11 * 60 + 30), (13 * 60, 17 * 60))
"""The hours of the default calendar, in minutes of the day, as the preset says them."""


@pytest.fixture
def bank(outlet: Branch, head: Staff) -> Branch:
    """An outlet of tellers, one for forty requests of the day, and customers of all tiers."""
    Branch.objects.filter(pk=outlet.pk).update(kind="outlet")
    role = Role.objects.get(code="teller")
    for number in range(REQUESTS // 40):
        StaffFactory.create(branch=outlet, role=role, name=f"柜员{number}")
    for number in range(20):
        tier = number % 5 + 1
        CustomerFactory.create(branch=outlet, tier=f"T{tier}", tier_rank=tier, kind="person", status="active")
    BranchFactory.create(kind="outlet")  # where nobody serves
    return outlet


def minutes_served(start: datetime, end: datetime) -> float:
    """Minutes of service between two moments of the same Monday, without the product's calendar."""
    begin, until = ((at - datetime(2026, 11, 22, 16, tzinfo=UTC)).total_seconds() / 60 for at in (start, end))
    return sum(max(0.0, min(until, closes) - max(begin, opens)) for opens, closes in SERVICE)


def points_of(overtimes: Iterable[float]) -> Decimal:
    """Decision 10 in plain words: 0.5 up to 5 minutes, 1 up to 10, then errors: 1.5 for the first, 3 for each more."""
    total, errors = Decimal(0), 0
    for over in overtimes:
        if over <= 5:
            total -= Decimal("0.5")
        elif over <= 10:
            total -= 1
        else:
            errors += 1
            total -= Decimal("1.5") if errors == 1 else 3
    return total


def counted_by_hand() -> dict[str, Decimal]:
    """The points of everybody, from the steps of their requests and the catalogue as the file says it."""
    limits = {row["code"]: row["limits"].get("handling", [None, None]) for row in shipped()["businesses"]}
    overtimes: dict[str, list[tuple[datetime, float]]] = defaultdict(list)
    for request in ServiceRequest.objects.select_related("opened_by").order_by("pk"):
        limit = limits[request.business][1 if request.is_priority else 0]
        if limit is None or limit.endswith("d"):
            continue  # a working day does not end on the day itself
        allowed = float(limit[:-1]) * (60 if limit.endswith("h") else 1)
        steps = list(request.steps.order_by("pk").values_list("kind", "at", "actor__name"))
        started, stood, paused, held_from = request.opened_at, 0.0, None, 0.0
        for kind, at, actor in steps:
            if kind == "claimed":
                held_from = minutes_served(started, at)
            elif kind == "paused":
                paused = (at, minutes_served(started, at) - stood <= allowed)
            elif kind == "resumed" and paused:
                stood += minutes_served(paused[0], at) if paused[1] else 0.0
            elif kind in ("resolved", "cancelled"):
                over = minutes_served(started, at) - stood - allowed
                if over > (1e-6 if kind == "resolved" else 20):  # beyond 20 minutes it is charged while it is open
                    in_nobodys_hands = over > 20 and held_from > allowed + 20  # then whoever was asked first answers
                    overtimes[request.opened_by.name if in_nobodys_hands else actor].append((at, over))
                break
    # Each clock costs once, and errors of a month follow each other in the order in which they were passed.
    return {name: points_of(over for _at, over in sorted(found)) for name, found in overtimes.items()}


@pytest.mark.django_db(transaction=True)
def test_a6_the_penalty_sheets_of_a_simulated_day_add_up_by_hand(bank: Branch) -> None:
    told: list[float] = []
    outcome = simulate(day=MONDAY, requests=REQUESTS, seed=7, now=NEXT_DAY, report=told.append)
    assert (outcome.opened, outcome.closed + outcome.cancelled) == (REQUESTS, REQUESTS)
    assert outcome.late > 5
    assert (told[-1], sorted(told) == told) == (1.0, True)
    by_hand = counted_by_hand()
    by_sheet = {
        sheet.staff.name: sum(sheet.entries.values_list("points", flat=True), Decimal(0))
        for sheet in PenaltySheet.objects.select_related("staff")
    }
    assert by_sheet == by_hand
    assert sum(by_hand.values(), Decimal(0)) == outcome.points == _sum()
    assert outcome.penalties == PenaltyEntry.objects.count()
    assert not SlaEvent.objects.filter(told_late=True).exists()  # the tick came every minute
    assert ServiceRequest.objects.open().count() == 0


def _sum() -> Decimal:
    return sum(PenaltyEntry.objects.values_list("points", flat=True), Decimal(0))


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("bank")
def test_the_same_seed_makes_the_same_day() -> None:
    first = simulate(day=MONDAY, requests=12, seed=3, now=NEXT_DAY)
    times = list(ServiceRequest.objects.order_by("pk").values_list("opened_at", "business"))
    second = simulate(day=MONDAY, requests=12, seed=3, now=NEXT_DAY)
    assert list(ServiceRequest.objects.order_by("pk").values_list("opened_at", "business"))[12:] == times
    assert (first.opened, second.opened) == (12, 12)


@pytest.mark.usefixtures("bank")
@pytest.mark.parametrize("day", [date(2026, 11, 22), date(2026, 11, 24)])
def test_days_without_service_and_days_that_are_not_over_are_refused(day: date) -> None:
    with pytest.raises(ValidationError):
        simulate(day=day, requests=1, seed=1, now=NEXT_DAY)
    assert last_working_day(NEXT_DAY) == MONDAY
    assert last_working_day(NEXT_DAY - timedelta(days=1)) == date(2026, 11, 20)
    assert not ServiceRequest.objects.exists()
