"""The table of states: what it promises, and that the page of the guide tells the same."""

from itertools import product
from pathlib import Path

import pytest

from keheng.service_requests.enums import State
from keheng.service_requests.policies.states import OPEN, TRANSITIONS, Act, acts_in, after

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "service.md"


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
    assert {State.WAITING, *TRANSITIONS.values()} == set(State)
    assert {before for before, _act in TRANSITIONS} == OPEN | {State.CLOSED}
