"""Who may do what to which archive: role × scope × state × confidentiality level."""

import pytest
from django.core.exceptions import PermissionDenied
from tests.factories import BranchFactory, CustomerFactory, StaffFactory

from keheng.customers import permissions
from keheng.customers.enums import Confidentiality, CustomerStatus
from keheng.customers.models import Customer
from keheng.org.enums import DataScope
from keheng.org.models import Role, Staff
from keheng.org.operations import load_presets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

FULL = ["customers.view", "customers.reveal", "customers.edit", "customers.assign", "customers.classify"]


@pytest.mark.parametrize("scope", DataScope)
def test_one_customer_at_hand_is_in_scope_exactly_when_the_list_shows_it(scope: DataScope) -> None:
    here = BranchFactory.create()
    below, elsewhere = BranchFactory.create(parent=here, kind="group"), BranchFactory.create()
    actor = StaffFactory.create(branch=here, scope=scope)
    colleague = StaffFactory.create(branch=here)
    for branch in (here, below, elsewhere):
        for owner in (None, actor, colleague):
            CustomerFactory.create(branch=branch, owner=owner)
    visible = set(Customer.objects.visible_to(actor))
    assert {customer for customer in Customer.objects.all() if permissions.in_scope(actor, customer)} == visible
    assert len(visible) == {DataScope.OWN: 3, DataScope.SUBTREE: 6, DataScope.ALL: 9}[scope]


LEVELS = [
    (1, CustomerStatus.ACTIVE),
    (2, CustomerStatus.ACTIVE),
    (3, CustomerStatus.ACTIVE),
    (1, CustomerStatus.CLOSED),
]


@pytest.mark.parametrize(
    ("clearance", "is_owner", "opens", "shows"),
    [
        ([], False, [True, False, False, False], [True, True, False, True]),
        (["customers.restricted"], False, [True, True, False, True], [True, True, False, True]),
        (["customers.strict"], False, [True, True, True, True], [True, True, True, True]),
        ([], True, [True, True, True, True], [True, True, True, True]),
    ],
)
def test_a15_levels_open_by_clearance_and_to_the_owner(
    clearance: list[str], is_owner: bool, opens: list[bool], shows: list[bool]
) -> None:
    actor = StaffFactory.create(permissions=[*FULL, *clearance])
    archives = [
        CustomerFactory.create(owner=actor if is_owner else None, confidentiality=level, status=status)
        for level, status in LEVELS
    ]
    assert [permissions.can_reveal(actor, archive) for archive in archives] == opens
    assert [permissions.can_see_facts(actor, archive) for archive in archives] == shows
    assert [permissions.can_classify(actor, archive) for archive in archives] == opens
    not_closed = [opened and archive.status != "closed" for opened, archive in zip(opens, archives, strict=True)]
    assert [permissions.can_edit(actor, archive) for archive in archives] == not_closed


@pytest.mark.parametrize("missing", ["customers.view", "customers.reveal", "customers.edit", "customers.classify"])
def test_without_the_permission_nothing_opens(missing: str) -> None:
    held = [permission for permission in [*FULL, "customers.strict"] if permission != missing]
    actor, customer = StaffFactory.create(permissions=held), CustomerFactory.create()
    allowed = {
        "customers.view": permissions.can_view(actor, customer),
        "customers.reveal": permissions.can_reveal(actor, customer),
        "customers.edit": permissions.can_edit(actor, customer),
        "customers.classify": permissions.can_classify(actor, customer),
    }
    expected = dict.fromkeys(allowed, missing != "customers.view") | {missing: False}
    assert allowed == expected


def test_outside_the_scope_nothing_opens_whatever_the_clearance() -> None:
    actor = StaffFactory.create(branch=BranchFactory.create(), scope=DataScope.SUBTREE, permissions=["*"])
    stranger = CustomerFactory.create(branch=BranchFactory.create())
    for check in (
        permissions.check_view,
        permissions.check_reveal,
        permissions.check_edit,
        permissions.check_classify,
    ):
        with pytest.raises(PermissionDenied, match="scope"):
            check(actor, stranger)


def test_refusals_say_why() -> None:
    teller = StaffFactory.create(permissions=["customers.view"])
    manager = StaffFactory.create(permissions=FULL)
    strict = CustomerFactory.create(confidentiality=Confidentiality.STRICT)
    closed = CustomerFactory.create(status=CustomerStatus.CLOSED)
    assert "does not include" in permissions.why_not_reveal(teller, strict)
    assert "level 3" in permissions.why_not_reveal(manager, strict)
    assert "closed" in permissions.why_not_reveal(manager, closed)
    with pytest.raises(PermissionDenied, match="closed"):
        permissions.check_edit(StaffFactory.create(), closed)


def preset(code: str) -> Staff:
    branch = BranchFactory.create()
    return StaffFactory.create(branch=branch, role=Role.objects.get(code=code))


@pytest.mark.parametrize(
    ("code", "view", "reveal", "level2", "level3", "edit", "assign"),
    [
        ("administrator", True, False, False, False, False, False),
        ("head-office-manager", True, True, True, True, True, True),
        ("auditor", True, False, False, False, False, False),
        ("risk-officer", True, True, True, True, False, False),
        ("branch-head", True, True, True, True, True, True),
        ("outlet-head", True, True, True, False, True, True),
        ("rm-supervisor", True, True, True, False, True, True),
        ("relationship-manager", True, True, True, True, True, False),  # of their own customers
        ("wealth-manager", True, True, True, True, True, False),
        ("lobby-manager", True, False, False, False, False, False),
        ("teller", True, False, False, False, True, False),
        ("complaint-officer", True, True, False, False, False, False),
        ("call-agent", True, False, False, False, False, False),
    ],
)
def test_a15_preset_roles(
    code: str, view: bool, reveal: bool, level2: bool, level3: bool, edit: bool, assign: bool
) -> None:
    load_presets()
    actor = preset(code)
    owner = actor if actor.scope == DataScope.OWN else None
    archives = [CustomerFactory.create(branch=actor.branch, owner=owner, confidentiality=level) for level in (1, 2, 3)]
    assert permissions.can_view(actor, archives[0]) is view
    assert [permissions.can_reveal(actor, archive) for archive in archives] == [reveal, level2, level3]
    assert permissions.can_edit(actor, archives[0]) is edit
    assert permissions.can_assign(actor) is assign


def test_archives_are_opened_within_ones_branches() -> None:
    here, there = BranchFactory.create(), BranchFactory.create()
    for scope, allowed in ((DataScope.ALL, True), (DataScope.SUBTREE, False), (DataScope.OWN, False)):
        actor = StaffFactory.create(branch=here, scope=scope, permissions=["customers.edit"])
        assert permissions.can_create(actor, here)
        assert permissions.can_create(actor, there) is allowed
    assert not permissions.can_create(StaffFactory.create(permissions=["customers.view"]), here)
