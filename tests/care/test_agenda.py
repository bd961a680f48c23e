"""The agenda of the day as data (A4 工作日流程, decision 15)."""

from datetime import UTC, datetime, time

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import BranchFactory, StaffFactory

from keheng.care.enums.agenda import Activity
from keheng.care.models import AgendaTemplate
from keheng.care.operations.agenda import change_agenda, choose_agenda, load_agendas
from keheng.care.policies.agenda import Slot, backward, overlapping, slot_at
from keheng.care.queries.agenda import agenda_of, newest
from keheng.org.enums import DataScope
from keheng.org.models import Staff
from keheng.org.operations import load_presets

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
times = st.integers(0, 23 * 60 + 59).map(lambda minute: time(minute // 60, minute % 60))
slots = st.builds(Slot, times, times, st.just("晨会"), st.sampled_from(Activity))


@pytest.fixture(autouse=True)
def _templates(db: None) -> None:
    load_presets()
    load_agendas()


@pytest.fixture
def head() -> Staff:
    return StaffFactory.create()


@given(st.lists(slots, max_size=8), times)
def test_of_slots_that_do_not_overlap_at_most_one_is_now(made: list[Slot], moment: time) -> None:
    if backward(made) or overlapping(made):
        return
    now = [slot for slot in made if slot.begins <= moment < slot.ends]
    assert len(now) <= 1
    assert slot_at(made, moment) == (now[0] if now else None)


def test_decision_15_the_branch_begins_at_half_past_eight_unless_another_is_chosen(head: Staff) -> None:
    outlet = BranchFactory.create()
    agenda = agenda_of(outlet)
    assert agenda.template
    assert (agenda.template.code, agenda.slots[0].begins, agenda.slots[-1].ends) == (
        "securities-branch",
        time(8, 30),
        time(17),
    )
    choose_agenda(branch=head.branch, template=AgendaTemplate.objects.get(code="securities-text"), actor=head, at=NOW)
    assert agenda_of(outlet).slots[0].begins == time(9), "the nearest branch above decides"
    choose_agenda(branch=outlet, template=AgendaTemplate.objects.get(code="bank-outlet"), actor=head, at=NOW)
    assert agenda_of(outlet).slots[-1].activity == Activity.EVENING
    choose_agenda(branch=outlet, template=None, actor=head, at=NOW)
    assert agenda_of(outlet).slots[0].begins == time(9)


def test_a4_both_versions_of_the_source_ship_without_gap_or_overlap() -> None:
    table = newest(AgendaTemplate.objects.get(code="securities-branch")).slots
    assert [f"{slot.begins:%H:%M}" for slot in table] == [
        "08:30",
        "09:00",
        "09:30",
        "11:30",
        "13:00",
        "15:00",
        "16:00",
        "16:30",
    ]
    for template in AgendaTemplate.objects.all():
        made = newest(template).slots
        assert not overlapping(made)
        assert not backward(made)
        assert [slot.ends for slot in made[:-1]] == [slot.begins for slot in made[1:]]


def test_changing_makes_a_version_and_loading_again_keeps_it(head: Staff) -> None:
    template = AgendaTemplate.objects.get(code="bank-outlet")
    made = [Slot(time(9), time(10), "晨会", Activity.MEETING)]
    change_agenda(template=template, slots=made, reason="改到九点", actor=head, at=NOW)
    load_agendas()
    assert (newest(template).version, newest(template).slots) == (2, tuple(made))


@pytest.mark.parametrize(
    "made",
    [
        [],
        [Slot(time(9), time(8), "晨会", Activity.MEETING)],
        [Slot(time(9), time(10), "晨会", Activity.MEETING), Slot(time(9, 59), time(11), "推送", Activity.PUSH)],
    ],
)
def test_a_day_that_cannot_be_worked_is_refused(head: Staff, made: list[Slot]) -> None:
    template = AgendaTemplate.objects.get(code="bank-outlet")
    with pytest.raises(ValidationError):
        change_agenda(template=template, slots=made, reason="", actor=head, at=NOW)
    assert newest(template).version == 1


@pytest.mark.parametrize(
    ("scope", "permissions", "edits", "chooses"),
    [
        (DataScope.ALL, ("care.agenda",), True, True),
        (DataScope.SUBTREE, ("care.agenda",), False, True),
        (DataScope.OWN, (), False, False),
    ],
)
def test_who_may(scope: DataScope, permissions: tuple[str, ...], edits: bool, chooses: bool) -> None:
    outlet = BranchFactory.create()
    actor = StaffFactory.create(scope=scope, permissions=permissions, branch=outlet)
    template = AgendaTemplate.objects.get(code="bank-outlet")
    made = [Slot(time(9), time(10), "晨会", Activity.MEETING)]
    for allowed, act in (
        (edits, lambda: change_agenda(template=template, slots=made, reason="改", actor=actor, at=NOW)),
        (chooses, lambda: choose_agenda(branch=outlet, template=template, actor=actor, at=NOW)),
    ):
        if allowed:
            act()
        else:
            with pytest.raises(PermissionDenied):
                act()


def test_the_page_shows_and_changes(client: Client, head: Staff) -> None:
    client.force_login(head)
    assert "证券营业部" in client.get(reverse("care:agendas")).content.decode()
    address = reverse("care:edit-agenda", args=["bank-outlet"])
    page = client.get(address)
    assert page.status_code == 200
    rows = page.context["rows"]
    data = {f"slot-{name}": rows.management_form[name].value() for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    data |= {f"slot-{number}-activity": "meeting" for number in range(len(rows.forms))}
    data |= {"slot-0-begins": "08:40", "slot-0-ends": "09:00", "slot-0-title": "晨会", "reason": "改到 8:40"}
    assert client.post(address, data).status_code == 302
    assert newest(AgendaTemplate.objects.get(code="bank-outlet")).slots[0].begins == time(8, 40)
