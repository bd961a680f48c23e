"""Who may do what in which state: every role of the presets × state × act, and how near the request is to them."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from tests.factories import BranchFactory, StaffFactory
from tests.service_requests.conftest import MONDAY

from keheng.org.enums import DataScope
from keheng.org.models import Branch, Role, Staff
from keheng.service_requests import permissions
from keheng.service_requests.enums import State
from keheng.service_requests.models import ServiceRequest
from keheng.service_requests.operations import closing, handling
from keheng.service_requests.policies.states import TRANSITIONS, Act, after

AT = MONDAY + timedelta(minutes=1)
Opened = Callable[..., ServiceRequest]
Carried = Callable[[ServiceRequest, ServiceRequest, Staff, Staff], Any]

ACTS: Mapping[Act, Carried] = {
    Act.CLAIM: lambda row, _other, _to, actor: handling.claim(request=row, actor=actor, at=AT),
    Act.ASSIGN: lambda row, _other, to, actor: handling.assign(request=row, to=to, actor=actor, at=AT),
    Act.PAUSE: lambda row, _other, _to, actor: handling.pause(
        request=row, reason="customer", note="", actor=actor, at=AT
    ),
    Act.RESUME: lambda row, _other, _to, actor: handling.resume(request=row, actor=actor, at=AT),
    Act.RESOLVE: lambda row, _other, _to, actor: closing.resolve(request=row, resolution="好", actor=actor, at=AT),
    Act.CLOSE: lambda row, _other, _to, actor: closing.reply(request=row, words="好", actor=actor, at=AT),
    Act.REOPEN: lambda row, _other, _to, actor: closing.reopen(request=row, reason="未好", actor=actor, at=AT),
    Act.CANCEL: lambda row, _other, _to, actor: handling.cancel(request=row, reason="撤回", actor=actor, at=AT),
    Act.MERGE: lambda row, other, _to, actor: handling.merge(request=row, into=other, actor=actor, at=AT),
}
"""Asking, approving and returning are the approvals': ``test_handling`` has them."""

SET: Mapping[State, Mapping[str, Any]] = {
    State.WAITING: {"assignee": None},
    State.WORKING: {},
    State.PAUSED: {"paused_at": MONDAY, "pause_ends": MONDAY + timedelta(days=2), "pause_reason": "customer"},
    State.APPROVAL: {},
    State.RESOLVED: {"resolved_at": MONDAY},
    State.CLOSED: {"resolved_at": MONDAY, "closed_at": MONDAY},
    State.CANCELLED: {"closed_at": MONDAY},
    State.MERGED: {"closed_at": MONDAY},
}


@pytest.fixture
def rows(opened: Opened, teller: Staff) -> dict[State, ServiceRequest]:
    """A request in each state, in the hands of the teller."""
    into, found = opened("other", take=True), {}
    for state, values in SET.items():
        request = opened("other", take=True)
        merged = {"merged_into": into} if state == State.MERGED else {}
        ServiceRequest.objects.filter(pk=request.pk).update(state=state, **values, **merged)
        found[state] = ServiceRequest.objects.get(pk=request.pk)
    found[State.WORKING].refresh_from_db()
    return {**found}


@pytest.fixture
def other_open(opened: Opened) -> ServiceRequest:
    return opened("other", take=True)


def outcome(act: Act, row: ServiceRequest, other: ServiceRequest, to: Staff, actor: Staff) -> str:
    """What comes of an act; nothing of it stays."""
    try:
        with transaction.atomic():
            ACTS[act](row, other, to, actor)
            transaction.set_rollback(True)
    except PermissionDenied:
        return "refused"
    except ValidationError:
        return "not now"
    return "done"


def expected(act: Act, state: State, *, may: bool) -> str:
    if not may:
        return "refused"
    return "not now" if after(state, act) is None else "done"


def roles() -> list[Role]:
    found = list(Role.objects.exclude(code="system").order_by("code"))
    assert len(found) >= 20
    return found


def test_the_matrix_has_every_act_of_the_table() -> None:
    assert {act for _state, act in TRANSITIONS} - set(ACTS) == {Act.ASK, Act.APPROVE, Act.RETURN}
    assert set(SET) == set(State)


@pytest.mark.parametrize("act", ACTS)
def test_a6_roles_by_state_on_a_colleagues_request(
    rows: dict[State, ServiceRequest], other_open: ServiceRequest, teller: Staff, outlet: Branch, act: Act
) -> None:
    """Of the same outlet: claiming takes the right to handle, all else the right to supervise the outlet."""
    for role in roles():
        actor = StaffFactory.create(branch=outlet, role=role)
        sees = role.scope in (DataScope.ALL, DataScope.SUBTREE)
        supervises = actor.can(permissions.SUPERVISE) and sees
        may = {
            Act.CLAIM: actor.can(permissions.VIEW) and actor.can(permissions.HANDLE) and sees,
            Act.ASSIGN: supervises,
        }.get(act, supervises and actor.can(permissions.HANDLE))
        for state, row in rows.items():
            found = outcome(act, row, other_open, teller, actor)
            assert found == expected(act, state, may=may), (role.code, state, act)


@pytest.mark.parametrize("act", [act for act in ACTS if act not in (Act.CLAIM, Act.ASSIGN)])
def test_a6_roles_by_state_on_a_request_in_their_own_hands(
    rows: dict[State, ServiceRequest], other_open: ServiceRequest, teller: Staff, outlet: Branch, act: Act
) -> None:
    """Whoever has it in hand, or took it in while nobody has, may go on with it: but for roles that do not handle."""
    for role in roles():
        actor = StaffFactory.create(branch=outlet, role=role)
        ServiceRequest.objects.filter(state=State.WAITING).update(opened_by=actor)
        ServiceRequest.objects.exclude(state=State.WAITING).update(assignee=actor)
        for state, row in rows.items():
            found = outcome(act, row, other_open, teller, actor)
            assert found == expected(act, state, may=actor.can(permissions.HANDLE)), (role.code, state, act)


@pytest.mark.parametrize("act", ACTS)
def test_a6_roles_of_another_outlet_are_refused_unless_they_see_all(
    rows: dict[State, ServiceRequest], other_open: ServiceRequest, teller: Staff, act: Act
) -> None:
    elsewhere = BranchFactory.create()
    for role in roles():
        actor = StaffFactory.create(branch=elsewhere, role=role)
        if role.scope == DataScope.ALL:
            continue
        for state, row in rows.items():
            assert outcome(act, row, other_open, teller, actor) == "refused", (role.code, state, act)
