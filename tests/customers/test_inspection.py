"""Inspecting archives (A14: weekly Friday file check; A1: irregular HQ checks)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from tests.factories import BranchFactory, CustomerFactory, StaffFactory

from keheng.customers import operations
from keheng.customers.enums import InspectionKind, ItemState
from keheng.customers.models import Inspection, InspectionItem
from keheng.customers.policies.inspection import TRANSITIONS, follows
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff
from keheng.org.operations import load_presets

FRIDAY = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _system(db: None) -> None:
    load_presets()


@pytest.fixture
def outlet() -> Branch:
    return BranchFactory.create()


@pytest.fixture
def owner(outlet: Branch) -> Staff:
    return StaffFactory.create(scope=DataScope.OWN, branch=outlet)


@pytest.fixture
def inspector(outlet: Branch) -> Staff:
    return StaffFactory.create(scope=DataScope.SUBTREE, branch=outlet)


@pytest.fixture
def item(outlet: Branch, owner: Staff) -> InspectionItem:
    CustomerFactory.create(branch=outlet, owner=owner)
    operations.draw_weekly(at=FRIDAY)
    return InspectionItem.objects.get()


def test_a14_every_friday_so_many_of_each_owner_by_tier_are_drawn(outlet: Branch, owner: Staff) -> None:
    for tier in ("T5", "T4", "T3", "T3", "T3", "T1", "T0", ""):
        CustomerFactory.create(branch=outlet, owner=owner, tier=tier)
    CustomerFactory.create(branch=outlet, owner=None)
    CustomerFactory.create(branch=outlet, owner=owner, status="closed", tier="T5")
    assert operations.draw_weekly(at=FRIDAY - timedelta(days=1)) == 0
    assert operations.draw_weekly(at=FRIDAY) == 1
    assert operations.draw_weekly(at=FRIDAY) == 0, "once a week, however often it is asked"
    inspection = Inspection.objects.get()
    assert (inspection.branch, inspection.drawn_on, inspection.due_on) == (
        outlet,
        date(2026, 11, 27),
        date(2026, 12, 2),
    )
    tiers = sorted(item.customer.tier for item in inspection.items.select_related("customer"))
    assert [tier for tier in tiers if tier in {"T4", "T5"}] == ["T4", "T5"]
    assert tiers.count("T3") == 2
    assert len(tiers) == 5
    with pytest.raises(IntegrityError), transaction.atomic():
        Inspection.objects.create(
            kind=InspectionKind.WEEKLY, branch=outlet, title="x", drawn_on=inspection.drawn_on,
            due_on=inspection.due_on, rules=0, drawn_by=owner,
        )  # fmt: skip


def test_a14_who_was_inspected_lately_waits(outlet: Branch, owner: Staff) -> None:
    for _ in range(4):
        CustomerFactory.create(branch=outlet, owner=owner, tier="T5")
    drawn = []
    for week in range(3):
        operations.draw_weekly(at=FRIDAY + timedelta(weeks=week))
        items = InspectionItem.objects.filter(inspection__drawn_on=FRIDAY.date() + timedelta(weeks=week))
        drawn.append(set(items.values_list("customer_id", flat=True)))
    assert len(drawn[0]) == len(drawn[1]) == 2
    assert not drawn[0] & drawn[1]
    assert drawn[2] == set()


def test_a14_a_fault_is_named_put_right_answered_and_closed(
    item: InspectionItem, inspector: Staff, owner: Staff
) -> None:
    with pytest.raises(ValidationError):
        operations.inspect_item(item=item, act="fault", text=" ", actor=inspector, at=FRIDAY)
    operations.inspect_item(item=item, act="fault", text="缺少收入资料", actor=inspector, at=FRIDAY)
    assert (item.state, item.fix_by) == (ItemState.FAULTY, date(2026, 12, 2))
    operations.answer_item(item=item, text="已补录", actor=owner, at=FRIDAY)
    operations.inspect_item(item=item, act="fault", text="仍缺年收入", actor=inspector, at=FRIDAY)
    assert (item.state, item.answer) == (ItemState.FAULTY, "")
    operations.answer_item(item=item, text="已补年收入", actor=owner, at=FRIDAY)
    assert not Inspection.objects.get().closed_at
    operations.inspect_item(item=item, act="close", actor=inspector, at=FRIDAY)
    assert item.state == ItemState.CLOSED
    assert Inspection.objects.get().closed_at == FRIDAY
    with pytest.raises(ValidationError, match="刷新"):
        operations.inspect_item(item=item, act="pass", actor=inspector, at=FRIDAY)


def test_overdue_is_said_from_the_day_after(item: InspectionItem) -> None:
    inspection = item.inspection
    assert not inspection.is_overdue(date(2026, 12, 2))
    assert inspection.is_overdue(date(2026, 12, 3))
    inspection.closed_at = FRIDAY
    assert not inspection.is_overdue(date(2026, 12, 3))


@pytest.mark.parametrize(
    ("role", "may"), [("inspector", True), ("owner", False), ("viewer", False), ("elsewhere", False)]
)
def test_who_may_inspect(role: str, may: bool, item: InspectionItem, inspector: Staff, owner: Staff) -> None:
    actor = {
        "inspector": inspector,
        "owner": owner,
        "viewer": StaffFactory.create(permissions=("customers.view",)),
        "elsewhere": StaffFactory.create(scope=DataScope.SUBTREE, branch=BranchFactory.create()),
    }[role]
    if may:
        operations.inspect_item(item=item, act="pass", actor=actor, at=FRIDAY)
    else:
        with pytest.raises(PermissionDenied):
            operations.inspect_item(item=item, act="pass", actor=actor, at=FRIDAY)
    assert (item.state == ItemState.CLOSED) is may


def test_a1_an_irregular_check_draws_by_a_filter(outlet: Branch, owner: Staff, inspector: Staff) -> None:
    for tier in ("T5", "T5", "T1"):
        CustomerFactory.create(branch=outlet, owner=owner, tier=tier)
    CustomerFactory.create(tier="T5")
    given = {"branch": outlet, "title": "", "due_on": date(2026, 12, 4), "actor": inspector, "at": FRIDAY}
    made = operations.draw_irregular(count=10, tiers=("T5",), **given)  # type: ignore[arg-type]
    assert made.items.count() == 2
    assert outlet.name in made.title
    with pytest.raises(ValidationError):
        operations.draw_irregular(count=10, tiers=("T4",), **given)  # type: ignore[arg-type]
    assert Inspection.objects.count() == 1, "nothing is left of a check for which nobody fits"
    with pytest.raises(ValidationError):
        operations.draw_irregular(count=1, **{**given, "due_on": date(2026, 11, 1)})  # type: ignore[arg-type]
    with pytest.raises(PermissionDenied):
        operations.draw_irregular(count=1, **{**given, "branch": BranchFactory.create()})  # type: ignore[arg-type]


@pytest.mark.parametrize("state", list(ItemState))
@pytest.mark.parametrize("act", list(TRANSITIONS))
def test_only_the_transitions_of_the_table_are_possible(act: str, state: ItemState) -> None:
    origins, target = TRANSITIONS[act]
    assert follows(act, state) == (target if state in origins else None)


def test_a_closed_archive_stays_closed() -> None:
    assert not any(ItemState.CLOSED in origins for origins, _target in TRANSITIONS.values())
