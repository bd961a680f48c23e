"""An outlet under a branch with its people, customers who agree to be invited, and a salon that is open."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from tests.factories import ContactPointFactory, CustomerFactory, head_office, small_bank

from keheng.customers.enums import ConsentHow
from keheng.customers.models import Consent, Customer
from keheng.org.models import Staff
from keheng.outreach.enums import GuestAct, GuestState, InviteBy
from keheng.outreach.models import Event, Guest
from keheng.outreach.operations.answering import answer
from keheng.outreach.operations.inviting import invite
from keheng.outreach.operations.planning import open_event, plan_event

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)  # Monday, 10:00 in Shanghai
STARTS = AT + timedelta(days=7)

type MakeCustomer = Callable[..., Customer]
type MakeEvent = Callable[..., Event]


@pytest.fixture
def bank(db: None) -> SimpleNamespace:
    """A branch with two outlets; one person a post at the first."""
    bank = small_bank()
    hire = bank.hire
    vars(bank).update(
        head=hire("outlet-head", name="主任"),
        manager=hire("relationship-manager", name="客户经理甲"),
        second=hire("relationship-manager", name="客户经理乙"),
        teller=hire("teller", name="柜员"),
        stranger=hire("outlet-head", bank.other, name="别处主任"),
        president=hire("branch-head", bank.branch, name="行长"),
        office=hire("head-office-manager", head_office(), name="总行"),
        auditor=hire("auditor", head_office(), name="审计"),
    )
    return bank


def agree(customer: Customer, officer: Staff, *channels: str) -> None:
    """The customer agrees to be told of events by these channels."""
    Consent.objects.create(
        customer=customer,
        purpose="marketing",
        channels=list(channels),
        text_version=1,
        how=ConsentHow.COUNTER,
        actor=officer,
        given_at=AT - timedelta(days=90),
    )


@pytest.fixture
def make(bank: SimpleNamespace) -> MakeCustomer:
    """Make a customer of the outlet and of the manager who agrees to calls and messages."""

    def build(*channels: str, **given: Any) -> Customer:
        values = {"branch": bank.outlet, "owner": bank.manager, "tier": "T4", "tier_rank": 4, "aum": 1_500_000}
        customer: Customer = CustomerFactory.create(**{**values, **given})
        ContactPointFactory.create(customer=customer, is_primary=True)
        agree(customer, bank.teller, *(channels or ("phone", "sms", "wechat")))
        return customer

    return build


@pytest.fixture
def salon(bank: SimpleNamespace) -> MakeEvent:
    """Plan a salon of the outlet and open it, with so many seats."""

    def build(capacity: int = 15, *, opened: bool = True, **given: Any) -> Event:
        values: dict[str, Any] = {
            "kind": "salon",
            "title": "养老规划沙龙",
            "about": "",
            "venue": "网点二楼",
            "starts_at": STARTS,
            "ends_at": STARTS + timedelta(hours=2),
            "reply_by": (STARTS - timedelta(days=2)).date(),
            "capacity": capacity,
            "least_aum": None,
        }
        event = plan_event(branch=bank.outlet, values={**values, **given}, actor=bank.head, at=AT)
        return open_event(event=event, actor=bank.head, at=AT) if opened else event

    return build


def listed(event: Event, actor: Staff, *customers: Customer, channel: InviteBy = InviteBy.PHONE) -> list[Guest]:
    """Put customers on the list of an event; their guests in the same order."""
    invite(
        event=event,
        customers=Customer.objects.filter(pk__in=[one.pk for one in customers]),
        channel=channel,
        actor=actor,
        at=AT,
    )
    found = {guest.customer_id: guest for guest in Guest.objects.filter(event=event).select_related("event__branch")}
    return [found[one.pk] for one in customers]


def confirmed(guest: Guest, actor: Staff, seats: int = 1) -> GuestState:
    """Confirm a guest; where they stand then."""
    return GuestState(answer(guest=guest, act=GuestAct.CONFIRM, seats=seats, actor=actor, at=AT).state)


BIG = Decimal(100_000)
