"""The table of states: what it promises, and that the page of the guide tells the same."""

from itertools import pairwise, product
from pathlib import Path

import pytest

from keheng.complaints.enums import State
from keheng.complaints.operations.presets import shipped
from keheng.complaints.policies.flow import OPEN, OPTIONAL, ORDER, TRANSITIONS, Act, acts_in, after
from keheng.complaints.policies.rules import read

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "complaints.md"


def table() -> str:
    """The transitions as the guide shows them."""
    rows = [f"| {before.label} | {act} | {state.label} |" for (before, act), state in TRANSITIONS.items()]
    return "\n".join(["| State | Act | Then |", "|---|---|---|", *rows])


def test_the_guide_tells_the_table() -> None:
    assert table() in GUIDE.read_text(), f"put this into {GUIDE.name}:\n{table()}"


@pytest.mark.parametrize(("state", "act"), list(product(State, Act)))
def test_what_is_not_in_the_table_cannot_be_done(state: State, act: Act) -> None:
    assert (after(state, act) is None) == (act not in acts_in(state))


def test_every_state_is_reached_and_every_open_one_can_be_left() -> None:
    assert {State.REGISTERED, *TRANSITIONS.values()} == set(State)
    assert {before for before, act in TRANSITIONS if TRANSITIONS[before, act] != before} >= OPEN


@pytest.mark.parametrize("code", ["e", "k", "l"])
def test_every_path_leads_from_registration_to_the_end(code: str) -> None:
    """A7: an act that leads to what the path leaves out leads on; nothing is reached that it does not have."""
    path = read(shipped("internal")).paths_by_code[code]
    forward = {
        State.REGISTERED: Act.CLASSIFY,
        State.ROUTING: Act.ISSUE,
        State.SIGNING: Act.SIGN,
        State.INVESTIGATING: Act.SUBMIT,
        State.PLAN_REVIEW: Act.ACCEPT,
        State.APPROVAL: Act.APPROVE,
        State.IMPLEMENTING: Act.IMPLEMENT,
        State.REPLYING: Act.REPLY,
        State.VERIFYING: Act.CONFIRM,
        State.CLOSING: Act.CLOSE,
    }
    state, way = State.REGISTERED, [State.REGISTERED]
    while state != State.CLOSED:
        reached = after(state, forward[state], path.left_out)
        assert reached is not None
        state = reached
        way.append(state)
    assert way == [each for each in ORDER if each not in path.left_out]
    assert all(ORDER.index(one) < ORDER.index(other) for one, other in pairwise(way))
    assert not set(way) & (OPTIONAL - path.states)
