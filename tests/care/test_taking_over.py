"""What a new owner finds at once, and whom no batch takes away (A3 [004a], [004b2])."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from tests.care.conftest import AT, TODAY, MakeCustomer
from tests.care.owning import current, offered

from keheng.care.enums.ownership import RunState, Source
from keheng.care.enums.tasks import TaskKind
from keheng.care.models import Task
from keheng.care.operations import taking_over
from keheng.care.operations.adopting import adopt
from keheng.care.operations.assigning import assign, give_all, preview, start
from keheng.care.operations.caring import record_choice
from keheng.care.operations.handing_over import accept_hand_over, release
from keheng.care.operations.planning import plan_day
from keheng.customers.models import Customer
from keheng.org.queries import system_actor

pytestmark = pytest.mark.usefixtures("english")
ALL = Customer.objects.all

type Commits = Callable[..., AbstractContextManager[Any]]


def first_contacts() -> list[tuple[int, str, date]]:
    return list(Task.objects.filter(kind=TaskKind.NEW).order_by("due_on").values_list("staff", "state", "due_on"))


def test_a3_an_accepted_hand_over_gives_the_taker_a_first_contact_at_once(
    bank: SimpleNamespace, make: MakeCustomer, django_capture_on_commit_callbacks: Commits
) -> None:
    """Sunday: due on the working days up to the day by which the rules want the contact, the Tuesday."""
    customers = [make("T3", bank.manager, aum=aum) for aum in (900_000, 500_000)]
    make("T3", bank.manager, do_not_disturb=True)
    hand_over = offered(bank)
    with django_capture_on_commit_callbacks(execute=True):
        assert accept_hand_over(hand_over=hand_over, actor=bank.second, at=AT) == 3
    found = first_contacts()
    assert [(staff, state) for staff, state, _due in found] == [(bank.second.pk, "open")] * 2
    assert {due for *_rest, due in found} <= {TODAY + timedelta(days=1), TODAY + timedelta(days=2)}
    task = Task.objects.get(customer=customers[0], kind=TaskKind.NEW)
    assert task.cause == f"owned:{current(customers[0]).pk}"
    plan_day(day=TODAY + timedelta(days=1), actor=system_actor(), at=AT + timedelta(days=1))
    assert first_contacts() == found, "the next planning finds them there"


def test_open_tasks_follow_the_customer_also_those_of_later_days(
    bank: SimpleNamespace, make: MakeCustomer, django_capture_on_commit_callbacks: Commits
) -> None:
    customer = make("T3", bank.manager)
    for days, facts, kind in (
        (0, {"who": "owner"}, "occasion"),
        (9, {}, "quota"),
        (9, {"who": "rm-supervisor"}, "occasion"),
    ):
        due = TODAY + timedelta(days=days)
        Task.objects.create(
            staff=bank.manager, customer=customer, branch=bank.outlet, kind=kind, cause=f"{kind}{facts}", facts=facts,
            opens_on=TODAY, due_on=due, closes_on=due,
        )  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        assign(customers=ALL(), owner=bank.second, reason="调岗", actor=bank.head, at=AT)
    holders = {task.cause: task.staff for task in Task.objects.exclude(kind=TaskKind.NEW)}
    assert holders == {
        "occasion{'who': 'owner'}": bank.second,
        "quota{}": bank.second,
        "occasion{'who': 'rm-supervisor'}": bank.manager,
    }


def test_a_mass_that_passes_waits_for_the_next_plan(
    bank: SimpleNamespace,
    make: MakeCustomer,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Commits,
) -> None:
    monkeypatch.setattr(taking_over, "AT_ONCE", 1)
    make("T3", bank.manager)
    make("T3", bank.manager)
    with django_capture_on_commit_callbacks(execute=True):
        assign(customers=ALL(), owner=bank.second, reason="调岗", actor=bank.head, at=AT)
    assert first_contacts() == []
    plan_day(day=TODAY + timedelta(days=1), actor=system_actor(), at=AT + timedelta(days=1))
    assert len(first_contacts()) == 2


# -- owners who stay --------------------------------------------------------------------------------------------------


@pytest.fixture
def kept(bank: SimpleNamespace, make: MakeCustomer) -> SimpleNamespace:
    """One adopted, one who chose the owner, one plainly assigned: all of a tier that the rules give to others."""
    adopted = make("T2")
    adopt(customer=adopted, actor=bank.lobby, at=AT - timedelta(days=9))
    chosen = make("T3", bank.high)
    choice = {"customer": chosen, "chosen": bank.head, "said": "柜面", "actor": bank.head}
    record_choice(at=AT - timedelta(days=9), **choice)
    return SimpleNamespace(adopted=adopted, chosen=chosen, plain=make("T3", bank.high))


def owners(*customers: Customer) -> list[Any]:
    return [Customer.objects.get(pk=customer.pk).owner for customer in customers]


def test_a3_a_batch_by_rule_takes_no_adopted_and_no_chosen_customer_away(
    bank: SimpleNamespace, kept: SimpleNamespace
) -> None:
    run = preview(customers=ALL(), reason="上线分配", actor=bank.head, at=AT)
    assert (run.placed, run.unplaced) == (1, 2)
    assert run.shares.get(staff=None).customers == 2
    assert "the owner stays" in run.shares.get(staff=None).why
    run = start(run=run, actor=bank.head, at=AT)
    assert (run.state, run.placed, run.unplaced) == (RunState.DONE, 1, 2)
    assert owners(kept.adopted, kept.chosen) == [bank.lobby, bank.head]
    assert owners(kept.plain)[0] in (bank.manager, bank.second)
    assert current(kept.adopted).source == Source.ADOPTED


def test_a3_a_batch_to_one_person_leaves_them_too(bank: SimpleNamespace, kept: SimpleNamespace) -> None:
    run = preview(customers=ALL(), reason="", actor=bank.head, at=AT)
    assert give_all(run=run, owner=bank.second, reason="调岗", actor=bank.head, at=AT) == 1
    assert owners(kept.adopted, kept.chosen, kept.plain) == [bank.lobby, bank.head, bank.second]
    both = ALL().exclude(pk=kept.plain.pk)
    run = preview(customers=both, reason="", actor=bank.head, at=AT)
    with pytest.raises(ValidationError, match="record what the customer chose"):
        give_all(run=run, owner=bank.second, reason="调岗", actor=bank.head, at=AT)


def test_whoever_leaves_keeps_nobody(bank: SimpleNamespace, kept: SimpleNamespace) -> None:
    release(member=bank.lobby, to=None, reason="离职", actor=bank.head, at=AT)
    assert owners(kept.adopted)[0] == bank.low
