from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from tests.factories import BranchFactory, RoleFactory, StaffFactory, head_office

from keheng.audit.models import Entry
from keheng.org import permissions
from keheng.org.enums import DataScope
from keheng.org.models import Staff
from keheng.org.operations import (
    add_staff,
    change_role_rights,
    change_staff,
    deactivate_staff,
    load_presets,
    reactivate_staff,
    reset_password,
)
from keheng.org.queries import system_actor

AT = datetime(2026, 11, 22, 1, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_a_new_account_has_a_temporary_password_that_stands_nowhere() -> None:
    role = RoleFactory.create()
    member, password = add_staff(
        username="10086", name="林建峰", branch=head_office(), role=role, actor=StaffFactory.create(), at=AT
    )
    assert member.check_password(password)
    assert member.must_change_password
    assert password not in str(list(Entry.objects.values()))


@pytest.mark.parametrize(("username", "field"), [("", "username"), ("x" * 41, "username")])
def test_accounts_need_a_user_name(username: str, field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        add_staff(
            username=username,
            name="林",
            branch=head_office(),
            role=RoleFactory.create(),
            actor=StaffFactory.create(),
            at=AT,
        )
    assert field in caught.value.message_dict


def test_nobody_gets_the_system_role() -> None:
    load_presets()
    with pytest.raises(ValidationError, match="not for people"):
        add_staff(
            username="x",
            name="林",
            branch=head_office(),
            role=system_actor().role,
            actor=StaffFactory.create(),
            at=AT,
        )


def test_a_temporary_password_must_be_changed_before_anything_else(client: Client) -> None:
    member = StaffFactory.create()
    password = reset_password(member=member, actor=StaffFactory.create(), at=AT)
    client.force_login(Staff.objects.get(pk=member.pk))
    assert client.get("/no/such/page/").headers["Location"] == "/accounts/password/change/"
    fresh = "another-Long-1-password"
    client.post("/accounts/password/change/", {"oldpassword": password, "password1": fresh, "password2": fresh})
    member.refresh_from_db()
    assert not member.must_change_password
    assert member.check_password(fresh)
    assert Entry.objects.filter(action="org.change_password", actor_id=member.pk).count() == 1
    assert client.get("/no/such/page/").status_code == 404


def test_reset_and_deactivation_end_the_sessions_of_that_person_only(client: Client) -> None:
    member, other, actor = StaffFactory.create(), StaffFactory.create(), StaffFactory.create()
    others_client = Client()
    client.force_login(member)
    others_client.force_login(other)
    deactivate_staff(member=member, reason="离职", actor=actor, at=AT)
    assert client.get("/accounts/password/change/").status_code == 302
    assert others_client.get("/accounts/password/change/").status_code == 200
    member.refresh_from_db()
    assert not member.can("customers.view")
    reactivate_staff(member=member, actor=actor, at=AT)
    assert member.can("customers.view")
    assert list(Entry.objects.order_by("pk").values_list("action", "reason").filter(action__contains="activate")) == [
        ("org.deactivate_staff", "离职"),
        ("org.reactivate_staff", ""),
    ]


def test_deactivation_needs_a_reason() -> None:
    with pytest.raises(ValidationError):
        deactivate_staff(member=StaffFactory.create(), reason=" ", actor=StaffFactory.create(), at=AT)


def test_a_new_role_and_place_stand_in_the_trail_with_before_and_after() -> None:
    actor, member = StaffFactory.create(), StaffFactory.create()
    branch, role = BranchFactory.create(name="瓯北"), RoleFactory.create(name="理财经理")
    before = member.role.name
    change_staff(
        member=member,
        name=member.name,
        branch=branch,
        role=role,
        title="",
        email="",
        joined_on=None,
        actor=actor,
        at=AT,
    )
    assert Entry.objects.get().detail == {"changes": {"branch": ["总行", "瓯北"], "role": [before, "理财经理"]}}


@pytest.mark.parametrize(
    ("scope", "held", "elsewhere", "allowed"),
    [
        (DataScope.ALL, ["org.manage"], True, True),
        (DataScope.ALL, ["org.*"], True, True),
        (DataScope.ALL, ["*"], True, True),
        (DataScope.ALL, ["org.view"], True, False),
        (DataScope.ALL, [], True, False),
        (DataScope.SUBTREE, ["org.manage"], False, True),
        (DataScope.SUBTREE, ["org.manage"], True, False),
        (DataScope.OWN, ["org.manage"], True, False),
    ],
)
def test_who_manages_whom(scope: DataScope, held: list[str], elsewhere: bool, allowed: bool) -> None:
    here, there = BranchFactory.create(), BranchFactory.create()
    actor = StaffFactory.create(branch=here, scope=scope, permissions=held)
    member = StaffFactory.create(branch=there if elsewhere else here)
    assert permissions.can_manage_staff(actor, member) is allowed
    if not allowed:
        with pytest.raises(PermissionDenied):
            permissions.check_manage_staff(actor, member)


def test_nobody_manages_themselves_nor_the_system() -> None:
    load_presets()
    actor = StaffFactory.create()
    for member in (actor, system_actor()):
        assert not permissions.can_manage_staff(actor, member)
    assert not permissions.can_manage_role(actor, actor.role)
    assert not permissions.can_manage_role(actor, system_actor().role)


@pytest.mark.parametrize(
    ("code", "may_view", "may_manage"),
    [
        ("administrator", True, True),
        ("head-office-manager", True, False),
        ("auditor", True, False),
        ("branch-head", True, False),
        ("outlet-head", True, False),
        ("relationship-manager", False, False),
        ("teller", False, False),
    ],
)
def test_a15_preset_roles_and_the_organisation(code: str, may_view: bool, may_manage: bool) -> None:
    load_presets()
    member = StaffFactory.create(role=RoleFactory._meta.model.objects.get(code=code))
    assert (member.can(permissions.VIEW), permissions.can_manage(member)) == (may_view, may_manage)


def test_role_rights_hold_at_once_and_stand_in_the_trail() -> None:
    actor = StaffFactory.create()
    role = RoleFactory.create(scope=DataScope.OWN, permissions=["customers.view"])
    change_role_rights(
        role=role, scope=DataScope.SUBTREE, permissions_held=["customers.view", "customers.edit"], actor=actor, at=AT
    )
    assert Staff(role=role, username="x").can("customers.edit")
    assert Entry.objects.get().detail["changes"] == {
        "scope": ["own", "subtree"],
        "permissions": ["customers.view", "customers.edit, customers.view"],
    }


def test_somebody_must_be_left_to_manage_the_organisation() -> None:
    managers = RoleFactory.create(permissions=["org.manage"])
    other = RoleFactory.create(permissions=["org.manage"])
    actor = StaffFactory.create(role=managers)
    StaffFactory.create(role=other)
    change_role_rights(role=other, scope=DataScope.ALL, permissions_held=[], actor=actor, at=AT)
    actor.is_active = False  # what if the last manager had left meanwhile
    actor.save()
    StaffFactory.create(role=RoleFactory.create(permissions=["org.manage"]), is_active=False)
    actor.is_active = True
    with pytest.raises(ValidationError):
        change_role_rights(role=other, scope=DataScope.OWN, permissions_held=[], actor=actor, at=AT)


def test_staff_are_seen_within_the_scope() -> None:
    here, there = BranchFactory.create(), BranchFactory.create()
    me = StaffFactory.create(branch=here, scope=DataScope.SUBTREE)
    colleague, stranger = StaffFactory.create(branch=here), StaffFactory.create(branch=there)
    assert set(Staff.objects.visible_to(me)) == {me, colleague}
    assert stranger in Staff.objects.visible_to(StaffFactory.create(scope=DataScope.ALL))
