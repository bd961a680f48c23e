"""Pure rules: kinds as data, the ways of events and guests, who moves up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from keheng.outreach.enums import EventAct, EventState, GuestAct, GuestState
from keheng.outreach.policies.rules import Rules
from keheng.outreach.policies.states import EVENTS, GUESTS, acts_about, acts_on, moves_up, seated
from keheng.outreach.queries.rules import preset


def test_a4_events_are_kept_as_the_source_names_them() -> None:
    kinds = {kind.code: kind for kind in preset().kinds}
    assert (kinds["salon"].capacity, kinds["salon"].every_months) == (15, 1)
    assert (kinds["seminar"].capacity, kinds["seminar"].every_months) == (100, 6)
    assert (kinds["banquet"].least_aum, kinds["banquet"].every_months) == (Decimal(1_000_000), 6)
    assert "symposium" in kinds, "[003]: opinions are gathered in symposia"
    assert preset().conversion_days == 30


def test_a_budget_needs_approval_above_the_whole_or_a_head() -> None:
    salon = preset().kind("salon")
    assert salon is not None
    assert not salon.needs_approval(Decimal(1800), 15)
    assert salon.needs_approval(Decimal("1800.01"), 15)
    assert salon.needs_approval(salon.approval_from, 1000)


def test_rules_name_each_kind_once() -> None:
    content = preset().model_dump(mode="json")
    content["kinds"].append(content["kinds"][0])
    with pytest.raises(ValidationError, match="each code once"):
        Rules.model_validate(content)


def test_what_is_over_stays_over() -> None:
    assert acts_on(EventState.CLOSED) == acts_on(EventState.CANCELLED) == ()
    assert acts_on(EventState.HELD) == (EventAct.CLOSE,)
    assert {state for state, act in EVENTS if act == EventAct.CANCEL} == {
        EventState.PLANNED,
        EventState.ASKED,
        EventState.OPEN,
    }


@pytest.mark.parametrize("event", [state for state in EventState if state != EventState.OPEN])
def test_guests_answer_only_while_an_event_is_open(event: EventState) -> None:
    assert all(acts_about(guest, event) == () for guest in GuestState)


def test_whoever_came_can_only_be_taken_back() -> None:
    assert acts_about(GuestState.CAME, EventState.OPEN) == (GuestAct.UNDO,)
    assert GUESTS[GuestState.WAITING, GuestAct.SIGN_IN] == GuestState.CAME


PARTIES = st.lists(st.integers(1, 4), max_size=30).map(lambda seats: list(enumerate(seats)))


@given(waiting=PARTIES, free=st.integers(0, 40))
def test_moving_up_never_gives_more_seats_than_are_free(waiting: list[tuple[int, int]], free: int) -> None:
    seats = dict(waiting)
    chosen = moves_up(waiting, free)
    assert sum(seats[key] for key in chosen) <= free
    assert chosen == sorted(chosen)
    left = free - sum(seats[key] for key in chosen)
    assert all(seats[key] > left for key in seats if key not in chosen)


@given(capacity=st.integers(1, 100), taken=st.integers(0, 100), seats=st.integers(1, 4))
def test_seated_is_within_capacity(capacity: int, taken: int, seats: int) -> None:
    assert seated(capacity=capacity, taken=taken, seats=seats) == (taken + seats <= capacity)
