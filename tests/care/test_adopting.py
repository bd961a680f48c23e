"""Adoption 领养: caps, eligibility, two at once (A3)."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from tests.care.conftest import AT, MakeCustomer
from tests.care.owning import current

from keheng.approvals.enums import Act
from keheng.approvals.models import Request
from keheng.approvals.operations import decide
from keheng.care.enums.ownership import Source
from keheng.care.models import Ownership
from keheng.care.operations import adopting as adoption
from keheng.care.operations.adopting import adopt
from keheng.care.queries.adoption import market
from keheng.customers.models import Customer
from keheng.org.models import Staff

pytestmark = pytest.mark.usefixtures("english")


def test_a3_adoption_takes_a_free_customer_of_an_open_tier(bank: SimpleNamespace, make: MakeCustomer) -> None:
    free = make("T2")
    make("T4")
    make("T2", bank.low)
    assert list(market(bank.lobby)) == [free]
    adopt(customer=free, actor=bank.lobby, at=AT)
    assert current(free).source == Source.ADOPTED
    assert not market(bank.lobby).exists()


def test_adoption_is_refused_in_words(bank: SimpleNamespace, make: MakeCustomer) -> None:
    cases = [
        (make("T2", bank.low), bank.lobby, "低柜 was first"),
        (make("T2", bank.lobby), bank.lobby, "yours already"),
        (make("T5"), bank.lobby, "not open"),
        (make("T2", branch=bank.other), bank.lobby, "another branch"),
        (make("T2"), bank.president, "do not name your role"),
    ]
    for customer, actor, words in cases:
        with pytest.raises(ValidationError, match=words):
            adopt(customer=customer, actor=actor, at=AT)
    with pytest.raises(PermissionDenied):
        adopt(customer=make("T2"), actor=bank.auditor, at=AT)


def test_a3_beyond_the_cap_the_outlet_head_decides(
    bank: SimpleNamespace, make: MakeCustomer, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    for _ in range(10):
        adopt(customer=make("T2"), actor=bank.lobby, at=AT)
    one_more = make("T2")
    with pytest.raises(ValidationError, match="10 of 30, 10 of 10 this month"):
        adopt(customer=one_more, actor=bank.lobby, at=AT)
    asked = adopt(customer=one_more, reason="老客户点名", actor=bank.lobby, at=AT)
    assert asked.request is not None
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        decide(request=asked.request, outcome=Act.APPROVE, actor=bank.head, reason="", at=AT)
    one_more.refresh_from_db()
    assert one_more.owner == bank.lobby
    next_month = AT + timedelta(days=20)
    adopt(customer=make("T2"), actor=bank.lobby, at=next_month)


@pytest.mark.django_db(transaction=True)
def test_two_adopt_at_once_one_wins_and_the_other_is_told_who(bank: SimpleNamespace, make: MakeCustomer) -> None:
    customer, both = make("T2"), Barrier(2)
    outcomes: list[str] = []

    def take(actor: Staff) -> None:
        both.wait()
        try:
            adopt(customer=customer, actor=Staff.objects.get(pk=actor.pk), at=AT)
            outcomes.append("won")
        except ValidationError as error:
            outcomes.append(error.messages[0])
        except Exception as error:
            outcomes.append("XX" + repr(error))
        finally:
            connection.close()

    threads = [Thread(target=take, args=(actor,)) for actor in (bank.lobby, bank.manager)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    winner = Customer.objects.get(pk=customer.pk).owner
    assert winner is not None
    assert sorted(outcomes, key=len)[0] == "won"
    told = max(outcomes, key=len)
    assert told.startswith((f"{winner.name} was first", f"{winner.name}已先"))
    assert Ownership.objects.filter(customer=customer).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_person_at_two_screens_does_not_pass_the_cap(bank: SimpleNamespace, make: MakeCustomer) -> None:
    for _ in range(9):
        adopt(customer=make("T2"), actor=bank.lobby, at=AT)
    outcomes: list[str] = []

    def take(customer: Customer) -> None:
        try:
            adopt(customer=customer, actor=Staff.objects.get(pk=bank.lobby.pk), at=AT)
            outcomes.append("won")
        except ValidationError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=take, args=(customer,)) for customer in (make("T2"), make("T2"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["refused", "won"]


def test_settling_an_adoption_whose_customer_is_taken_does_nothing(bank: SimpleNamespace, make: MakeCustomer) -> None:
    customer = make("T2", bank.low)
    request = Request(subject_id=customer.pk, requester=bank.lobby, reason="x")
    assert adoption.settle_adoption(request=request, approved=True, at=AT) is False
