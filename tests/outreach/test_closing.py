"""Budget and approval; finishing an event: contact log, follow-ups; conversion in 30 days (A4)."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from tests.factories import ProductFactory
from tests.outreach.conftest import AT, STARTS, MakeCustomer, MakeEvent, confirmed, listed

from keheng.approvals.enums import Act
from keheng.approvals.models import Request
from keheng.approvals.operations import decide
from keheng.care.models import Contact, Task
from keheng.customers.models import Customer
from keheng.outreach.enums import EventState, GuestState
from keheng.outreach.models import Event, Guest
from keheng.outreach.operations.answering import sign_in
from keheng.outreach.operations.closing import close_event, finish_event, measure
from keheng.outreach.operations.planning import open_event, remove_cost, set_cost
from keheng.outreach.operations.rules import change_kind
from keheng.outreach.queries.figures import conversion, money_of
from keheng.outreach.queries.rules import rules_in_force
from keheng.portfolio.models import Holding

OVER = STARTS + timedelta(hours=2)


def cost(event: Event, actor: object, planned: int, actual: int | None = None) -> object:
    given = {"item": "catering", "planned": Decimal(planned), "actual": None if actual is None else Decimal(actual)}
    return set_cost(event=event, actor=actor, at=AT, **given)  # type: ignore[arg-type]


def test_a_small_budget_opens_at_once(bank: SimpleNamespace, salon: MakeEvent) -> None:
    event = salon(opened=False)
    cost(event, bank.head, 1800)
    assert open_event(event=event, actor=bank.head, at=AT).state == EventState.OPEN
    assert not Request.objects.exists()


@pytest.mark.parametrize(("act", "state"), [(Act.APPROVE, EventState.OPEN), (Act.REFUSE, EventState.PLANNED)])
def test_a_large_budget_is_approved_by_somebody_else(
    bank: SimpleNamespace, salon: MakeEvent, act: Act, state: EventState, django_capture_on_commit_callbacks: object
) -> None:
    event = salon(opened=False)
    cost(event, bank.head, 9000)
    assert open_event(event=event, actor=bank.head, at=AT).state == EventState.ASKED
    request = Request.objects.get()
    assert (request.amount, request.kind) == (Decimal(9000), "outreach.budget")
    with pytest.raises(PermissionDenied):
        decide(request=request, outcome=act, actor=bank.head, reason="同意", at=AT)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        decide(request=request, outcome=act, actor=bank.president, reason="说明", at=AT)
    event.refresh_from_db()
    assert event.state == state


def test_the_budget_is_fixed_once_guests_are_invited(bank: SimpleNamespace, salon: MakeEvent) -> None:
    event = salon(opened=False)
    line = cost(event, bank.head, 500)
    open_event(event=event, actor=bank.head, at=AT)
    with pytest.raises(ValidationError, match="预算不再变动"):
        cost(event, bank.head, 10)
    with pytest.raises(ValidationError, match="预算不再变动"):
        remove_cost(cost=line, actor=bank.head, at=AT)  # type: ignore[arg-type]
    cost(event, bank.head, 0, 60)
    with pytest.raises(PermissionDenied):
        cost(event, bank.manager, 0, 1)
    assert money_of(event).actual == Decimal(60)


@pytest.fixture
def held(bank: SimpleNamespace, make: MakeCustomer, salon: MakeEvent) -> SimpleNamespace:
    """A salon that is over: one guest came, one had confirmed and did not, one was only invited."""
    event = salon()
    came, away, silent = guests = listed(event, bank.head, *(make() for _ in range(3)))
    confirmed(came, bank.manager, 2)
    confirmed(away, bank.manager)
    sign_in(guest=came, actor=bank.teller, at=STARTS)
    return SimpleNamespace(event=event, came=came, away=away, silent=silent, guests=guests)


def test_finishing_logs_contacts_and_gives_follow_ups(bank: SimpleNamespace, held: SimpleNamespace) -> None:
    with pytest.raises(ValidationError, match="尚未开始"):
        finish_event(event=held.event, outcome="talked", note="", actor=bank.head, at=AT)
    finish_event(event=held.event, outcome="talked", note="对养老理财感兴趣", actor=bank.head, at=OVER)
    contact = Contact.objects.get()
    assert (contact.customer_id, contact.channel, contact.event) == (held.came.customer_id, "event", "养老规划沙龙")
    assert contact.counts
    assert (contact.staff, contact.role) == (bank.manager, "relationship-manager"), "decision 17: not who finishes it"
    due = {task.customer_id: (task.staff, task.due_on) for task in Task.objects.open()}
    assert due == {
        held.came.customer_id: (bank.manager, date(2026, 12, 3)),
        held.away.customer_id: (bank.manager, date(2026, 12, 2)),
    }
    states = dict(Guest.objects.values_list("pk", "state"))
    assert states == {
        held.came.pk: GuestState.CAME,
        held.away.pk: GuestState.ABSENT,
        held.silent.pk: GuestState.LISTED,
    }
    with pytest.raises(ValidationError, match="已举办"):
        finish_event(event=held.event, outcome="talked", note="", actor=bank.head, at=OVER)


def test_costs_a_head_and_settling(bank: SimpleNamespace, held: SimpleNamespace) -> None:
    event = held.event
    line = cost(event, bank.head, 0)
    finish_event(event=event, outcome="talked", note="", actor=bank.head, at=OVER)
    with pytest.raises(ValidationError, match="还有 1 项"):
        close_event(event=event, actor=bank.head, at=OVER)
    set_cost(
        event=event,
        cost=line,
        item="catering",
        planned=Decimal(0),
        actual=Decimal(300),
        actor=bank.head,
        at=OVER,  # type: ignore[arg-type]
    )
    assert money_of(event).actual_per_head == Decimal(150)
    assert close_event(event=event, actor=bank.head, at=OVER).state == EventState.CLOSED
    with pytest.raises(ValidationError, match="已结清"):
        cost(event, bank.head, 0, 1)


def test_a4_conversion_within_thirty_days(bank: SimpleNamespace, held: SimpleNamespace) -> None:
    finish_event(event=held.event, outcome="talked", note="", actor=bank.head, at=OVER)
    day = STARTS.date()
    product = ProductFactory.create()
    for bought_on in (day - timedelta(days=1), day + timedelta(days=30), day + timedelta(days=31)):
        Holding.objects.create(
            customer_id=held.came.customer_id, product=product, amount=50_000, starts_on=bought_on, as_of=bought_on
        )
    Customer.objects.filter(pk=held.came.customer_id).update(aum=1_800_000)
    assert measure(day=day + timedelta(days=3)) == 3
    assert measure(day=day + timedelta(days=3)) == 0, "twice in a night"
    assert measure(day=day + timedelta(days=40)) == 3
    Customer.objects.update(aum=0)
    assert measure(day=day + timedelta(days=41)) == 0, "the days are over"
    came, away = conversion(Event.objects.get())
    assert (came.customers, came.change, came.buyers, came.bought, came.amount) == (1, 300_000, 1, 1, 50_000)
    assert came.growth == Decimal("0.2")
    assert (away.customers, away.change, away.buyers) == (2, 0, 0)


def test_rules_change_by_versions(bank: SimpleNamespace) -> None:
    with pytest.raises(PermissionDenied):
        change_kind(code="salon", values={"capacity": 20}, reason="扩大", actor=bank.head, at=AT)
    with pytest.raises(ValidationError, match="规则在"):
        change_kind(code="salon", values={"capacity": 0}, reason="扩大", actor=bank.office, at=AT)
    change_kind(code="salon", values={"capacity": 20}, reason="扩大", actor=bank.office, at=AT)
    number, rules = rules_in_force()
    assert (number, rules.kind("salon").capacity) == (2, 20)  # type: ignore[union-attr]
    assert change_kind(code="salon", values={"capacity": 20}, reason="扩大", actor=bank.office, at=AT) is None
