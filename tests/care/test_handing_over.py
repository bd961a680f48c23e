"""Hand-overs, and somebody who leaves: nobody is orphaned (A3)."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from tests.care.conftest import AT, TODAY, MakeCustomer
from tests.care.owning import ALL, current, offered, stale
from tests.factories import CustomerFactory

from keheng.approvals.enums import Act
from keheng.approvals.models import Request
from keheng.approvals.operations import decide
from keheng.care.enums.ownership import HandOverState, Part, Source
from keheng.care.models import Ownership
from keheng.care.operations.caring import give_part
from keheng.care.operations.handing_over import (
    accept_hand_over,
    decline_hand_over,
    release,
    withdraw_hand_over,
)
from keheng.care.operations.ownership import follow_owners
from keheng.customers.models import Customer
from keheng.org.models import Staff

pytestmark = pytest.mark.usefixtures("english")


def test_a3_a_hand_over_is_accepted_with_its_notes_and_the_first_contact_is_due(
    bank: SimpleNamespace, make: MakeCustomer
) -> None:
    customer, kept = make("T3", bank.manager), make("T3", bank.head)
    hand_over = offered(bank, note="下午联系", notes={customer.pk: "喜欢国债"})
    assert (hand_over.state, hand_over.size) == (HandOverState.OFFERED, 1)
    assert hand_over.accept_by == TODAY + timedelta(days=3)
    assert hand_over.items.get().note == "喜欢国债"
    with pytest.raises(PermissionDenied):
        accept_hand_over(hand_over=hand_over, actor=bank.manager, at=AT)
    assert accept_hand_over(hand_over=hand_over, actor=bank.second, at=AT) == 1
    hand_over.refresh_from_db()
    assert hand_over.contact_by == TODAY + timedelta(days=2)
    assert current(customer).source == Source.HANDED_OVER
    assert Customer.objects.get(pk=kept.pk).owner == bank.head
    with pytest.raises(ValidationError, match="Accepted"):
        decline_hand_over(hand_over=hand_over, answer="x", actor=bank.second, at=AT)


def test_a_hand_over_waits_once_and_can_be_declined_or_withdrawn(bank: SimpleNamespace, make: MakeCustomer) -> None:
    make("T3", bank.manager)
    first = offered(bank)
    with pytest.raises(ValidationError, match="wait"):
        offered(bank)
    with pytest.raises(ValidationError):
        decline_hand_over(hand_over=first, answer=" ", actor=bank.second, at=AT)
    decline_hand_over(hand_over=first, answer="已满额", actor=bank.second, at=AT)
    second = offered(bank)
    withdraw_hand_over(hand_over=second, actor=bank.head, at=AT)
    assert Customer.objects.get().owner == bank.manager


@pytest.mark.parametrize("approve", [True, False])
def test_a3_a_high_tier_passes_only_with_consent(
    bank: SimpleNamespace,
    make: MakeCustomer,
    approve: bool,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    make("T4", bank.manager)
    hand_over = offered(bank)
    assert hand_over.state == HandOverState.ASKED
    with pytest.raises(ValidationError):
        accept_hand_over(hand_over=hand_over, actor=bank.second, at=AT)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        act = Act.APPROVE if approve else Act.REFUSE
        decide(request=Request.objects.get(), outcome=act, actor=bank.head, reason="x", at=AT)
    hand_over.refresh_from_db()
    assert hand_over.state == (HandOverState.OFFERED if approve else HandOverState.REFUSED)


def test_a3_another_branch_needs_consent(bank: SimpleNamespace, make: MakeCustomer) -> None:
    make("T3", bank.manager)
    hand_over = offered(bank, taker=bank.hire("relationship-manager", bank.other))
    assert hand_over.state == HandOverState.ASKED


def test_a3_somebody_leaves_and_nobody_is_orphaned(bank: SimpleNamespace, make: MakeCustomer) -> None:
    for tier in ("T1", "T3", "T3", "T4", "T5"):
        make(tier, bank.manager)
    CustomerFactory.create(branch=bank.outlet, owner=bank.manager)  # no tier: the head of the outlet
    other = make("T3", bank.head)
    give_part(customer=other, staff=bank.manager, part=Part.SUPPORT, actor=bank.head, at=AT - timedelta(days=1))
    hand_over = offered(bank, customers=ALL().filter(tier="T3"))
    moved = release(member=bank.manager, to=None, reason="离职", actor=bank.head, at=AT)
    assert moved == 6
    assert not Customer.objects.filter(owner=bank.manager).exists()
    assert not Customer.objects.filter(owner=None).exists()
    assert Customer.objects.filter(owner=bank.second).count() == 3
    assert not Ownership.objects.current().filter(staff=bank.manager).exists()
    hand_over.refresh_from_db()
    assert hand_over.state == HandOverState.WITHDRAWN
    assert stale() == 0


def test_leaving_takes_as_many_statements_for_sixty_customers_as_for_three(bank: SimpleNamespace) -> None:
    counts = []
    for member, number in ((bank.manager, 3), (bank.second, 60)):
        CustomerFactory.create_batch(number, branch=bank.outlet, owner=member)
        with CaptureQueriesContext(connection) as queries:
            assert release(member=member, to=bank.low, reason="离职", actor=bank.head, at=AT) == number
        counts.append(len(queries))
    assert counts[1] <= counts[0]  # the first also reads what this process keeps
    assert Customer.objects.filter(owner=bank.low).count() == 63


def test_a3_whoever_has_five_thousand_customers_leaves_in_one_go(bank: SimpleNamespace) -> None:
    """One action: a position takes what it may, the head of the outlet the rest; nobody is without an owner."""
    values = {"kind": "person", "branch": bank.outlet, "owner": bank.manager, "tier": "T1", "tier_rank": 1}
    Customer.objects.bulk_create(
        [Customer(number=str(9_000_000 + place), name="客户", **values) for place in range(5_000)]
    )
    follow_owners(at=AT - timedelta(days=100))
    with CaptureQueriesContext(connection) as queries:
        assert release(member=bank.manager, to=None, reason="离职", actor=bank.head, at=AT) == 5_000
    assert len(queries) < 100
    owners = Customer.objects.order_by().values_list("owner").annotate(number=Count("pk"))
    assert dict(owners) == {bank.high.pk: 600, bank.head.pk: 4_400}
    assert Ownership.objects.current().owners().filter(source=Source.LEFT).count() == 5_000
    assert stale() == 0


def test_an_interrupted_leave_has_done_nothing(
    bank: SimpleNamespace, make: MakeCustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    make("T3", bank.manager)

    def broken(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("keheng.care.operations.handing_over._end_everything_of", broken)
    with pytest.raises(KeyboardInterrupt):
        release(member=bank.manager, to=bank.second, reason="离职", actor=bank.head, at=AT)
    assert Customer.objects.get().owner == bank.manager
    assert Ownership.objects.get().staff == bank.manager


def test_leaving_where_nobody_could_take_over_is_refused(bank: SimpleNamespace, make: MakeCustomer) -> None:
    make("T3", bank.manager)
    Staff.objects.filter(role__code__in=["outlet-head", "branch-head"]).update(is_active=False)
    Staff.objects.filter(pk=bank.second.pk).update(is_active=False)
    with pytest.raises(ValidationError, match="name a person"):
        release(member=bank.manager, to=None, reason="离职", actor=bank.office, at=AT)
    assert Customer.objects.get().owner == bank.manager
