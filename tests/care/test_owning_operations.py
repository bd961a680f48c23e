"""Assigning: to one person, or by rule (A3, screen 3)."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from tests.care.conftest import AT, TODAY, MakeCustomer
from tests.care.owning import ALL, current, stale
from tests.factories import CustomerFactory

from keheng.audit.models import Entry
from keheng.care.enums.ownership import Part, RunState, Source
from keheng.care.models import CustomerNeed, StaffSkill
from keheng.care.operations.adopting import adopt
from keheng.care.operations.assigning import assign, carry_out, preview, start
from keheng.care.operations.assignment_rules import change_rules
from keheng.care.operations.covering import set_cover
from keheng.care.queries.assignment import preset, rules_in_force
from keheng.customers.models import Customer
from keheng.notices.models import Notice

pytestmark = pytest.mark.usefixtures("english")


def test_assigning_writes_column_period_trail_and_tells_both(bank: SimpleNamespace, make: MakeCustomer) -> None:
    customer = make("T3", bank.manager)
    assert assign(customers=ALL(), owner=bank.second, reason="调岗", actor=bank.head, at=AT) == 1
    customer.refresh_from_db()
    assert customer.owner == bank.second
    period = current(customer)
    assert (period.staff, period.source, period.reason, period.given_by) == (bank.second, "assigned", "调岗", bank.head)
    assert Entry.objects.get(action="care.assign").detail == {"count": 1, "owner": "客户经理乙"}
    assert set(Notice.objects.values_list("staff__name", "kind")) == {
        ("客户经理乙", "care.given"),
        ("客户经理甲", "care.taken"),
    }
    assert stale() == 0


def test_assigning_refuses_whoever_left_no_reason_and_other_scopes(bank: SimpleNamespace, make: MakeCustomer) -> None:
    make("T3")
    gone = bank.hire("relationship-manager")
    gone.is_active = False
    gone.save()
    for owner, reason in ((gone, "x"), (bank.second, " ")):
        with pytest.raises(ValidationError):
            assign(customers=ALL(), owner=owner, reason=reason, actor=bank.head, at=AT)
    stranger = bank.hire("outlet-head", bank.other)
    assert assign(customers=ALL(), owner=bank.second, reason="x", actor=stranger, at=AT) == 0


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("head", True),
        ("supervisor", True),
        ("president", True),
        ("office", True),
        ("manager", False),
        ("high", False),
        ("lobby", False),
        ("auditor", False),
    ],
)
def test_a15_who_assigns(bank: SimpleNamespace, make: MakeCustomer, who: str, may: bool) -> None:
    make("T3")
    actor = getattr(bank, who)
    if may:
        assert assign(customers=ALL(), owner=bank.second, reason="x", actor=actor, at=AT) == 1
    else:
        with pytest.raises(PermissionDenied):
            assign(customers=ALL(), owner=bank.second, reason="x", actor=actor, at=AT)


def test_a3_by_rule_each_band_goes_to_its_position(bank: SimpleNamespace, make: MakeCustomer) -> None:
    made = {tier: make(tier) for tier in ("T0", "T1", "T2", "T3", "T4", "T5")}
    run = start(run=preview(customers=ALL(), reason="上线分配", actor=bank.head, at=AT), actor=bank.head, at=AT)
    assert (run.state, run.placed, run.unplaced) == (RunState.DONE, 6, 0)
    owners = {tier: Customer.objects.get(pk=customer.pk).owner for tier, customer in made.items()}
    assert owners["T0"] == owners["T1"] == bank.high
    assert owners["T2"] == bank.low
    assert {owners["T3"], owners["T4"]} == {bank.manager, bank.second}
    assert owners["T5"] == bank.head
    assert current(made["T3"], Part.LOBBY).staff == bank.lobby
    assert current(made["T4"], Part.SUPERVISOR).staff == bank.supervisor
    assert current(made["T5"], Part.SUPERVISOR).staff == bank.supervisor
    assert current(made["T1"]).source == Source.RULE
    assert stale() == 0


def test_a_preview_moves_nobody_and_says_who_would_get_how_many(bank: SimpleNamespace, make: MakeCustomer) -> None:
    for aum in (10, 30, 50, 70):
        make("T3", aum=aum)
    run = preview(customers=ALL(), reason="", actor=bank.head, at=AT)
    assert not Customer.objects.filter(owner__isnull=False).exists()
    assert {share.staff: (share.customers, share.aum) for share in run.shares.all()} == {
        bank.manager: (2, 100),  # 70 and 30
        bank.second: (2, 60),
    }
    assert (run.state, run.placed, run.unplaced) == (RunState.PREVIEW, 4, 0)


def test_by_rule_what_nobody_may_take_is_left_with_the_reason(bank: SimpleNamespace, make: MakeCustomer) -> None:
    rules = preset().model_dump(mode="json")
    rules["capacity"]["relationship-manager"] = 1
    change_rules(content=rules, reason="试", actor=bank.office, at=AT)
    for _ in range(3):
        make("T3")
    CustomerFactory.create(branch=bank.outlet)  # no tier
    run = preview(customers=ALL(), reason="", actor=bank.head, at=AT)
    assert (run.placed, run.unplaced) == (2, 2)
    assert {share.why: share.customers for share in run.shares.filter(staff=None)} == {
        "Everybody who fits is at capacity.": 1,
        "No rule names who looks after this tier.": 1,
    }


def test_by_rule_skill_comes_first_then_the_distance_to_the_owner(bank: SimpleNamespace, make: MakeCustomer) -> None:
    signing, plain = make("T3"), make("T3")
    CustomerNeed.objects.create(customer=signing, skill="sign")
    StaffSkill.objects.create(staff=bank.second, skill="sign")
    for _ in range(5):
        make("T3", bank.second)
    start(run=preview(customers=ALL().filter(owner=None), reason="", actor=bank.head, at=AT), actor=bank.head, at=AT)
    assert Customer.objects.get(pk=signing.pk).owner == bank.second
    assert Customer.objects.get(pk=plain.pk).owner == bank.manager
    far = bank.hire("relationship-manager", bank.other)
    moved = make("T3", far)
    far.is_active = False
    far.save()
    near = bank.hire("relationship-manager", bank.other)
    run = preview(customers=ALL().filter(pk=moved.pk), reason="", actor=bank.office, at=AT)
    assert run.shares.get().staff == near


def test_absent_people_are_not_chosen(bank: SimpleNamespace, make: MakeCustomer) -> None:
    make("T3")
    set_cover(member=bank.manager, cover=bank.second, first=TODAY, last=TODAY, actor=bank.head, at=AT)
    run = preview(customers=ALL(), reason="", actor=bank.head, at=AT)
    assert run.shares.get().staff == bank.second


def test_a_run_leaves_alone_whoever_got_an_owner_meanwhile_and_runs_once(
    bank: SimpleNamespace, make: MakeCustomer
) -> None:
    taken, free = make("T2"), make("T2")
    run = preview(customers=ALL(), reason="", actor=bank.head, at=AT)
    adopt(customer=taken, actor=bank.manager, at=AT)
    run = start(run=run, actor=bank.head, at=AT + timedelta(minutes=1))
    taken.refresh_from_db()
    assert run.placed == 1  # whom somebody has adopted since stays there
    assert carry_out(run=run, at=AT).placed == 1
    with pytest.raises(ValidationError, match="already"):
        start(run=run, actor=bank.head, at=AT)
    assert Customer.objects.get(pk=free.pk).owner == bank.low
    assert taken.owner == bank.manager


def test_rules_change_by_versions_whole_and_checked(bank: SimpleNamespace) -> None:
    rules = preset().model_dump(mode="json")
    assert change_rules(content=rules, reason="x", actor=bank.office, at=AT) is None
    rules["adoption"]["most"] = 5
    version = change_rules(content=rules, reason="收紧", actor=bank.office, at=AT)
    assert version is not None
    assert (rules_in_force().number, rules_in_force().rules.adoption.most) == (2, 5)
    broken = [
        {**rules, "tiers": rules["tiers"] + rules["tiers"][:1]},
        {**rules, "capacity": {"nobody": 3}},
        {**rules, "schemes": {"person": "unheard"}},
    ]
    for content in broken:
        with pytest.raises(ValidationError):
            change_rules(content=content, reason="x", actor=bank.office, at=AT)
    with pytest.raises(PermissionDenied):
        change_rules(content=rules, reason="x", actor=bank.head, at=AT)
