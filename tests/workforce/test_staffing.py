"""How many agents an interval needs, and what each number would give (A13)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keheng.workforce.policies.staffing import (
    Demand,
    StaffingError,
    Target,
    agents_needed,
    choices,
    on_the_roster,
    spread,
)

HALF_HOUR = 1800


def test_a13_hundred_calls_take_fourteen_agents_and_twenty_on_the_roster() -> None:
    demand = Demand(100, HALF_HOUR, 180)
    agents = agents_needed(demand, Target(level=0.8, within=20))
    assert agents.tolist() == [14]
    assert on_the_roster(agents, 0.3).tolist() == [20]


targets = st.one_of(
    st.builds(Target, level=st.floats(0.05, 0.99), within=st.floats(0, 300)),
    st.builds(Target, level=st.none(), asa=st.floats(1, 300)),
    st.builds(Target, level=st.none(), abandoned=st.floats(0.005, 0.5)),
    st.builds(Target, level=st.floats(0.5, 0.9), occupancy=st.floats(0.3, 0.95)),
)


@given(
    calls=st.lists(st.integers(0, 3000), min_size=1, max_size=6),
    handling=st.floats(20, 900),
    patience=st.floats(10, 600),
    target=targets,
)
def test_needed_is_the_fewest_that_meets_the_target(
    calls: list[int], handling: float, patience: float, target: Target
) -> None:
    demand = Demand(calls, HALF_HOUR, handling, patience)
    agents = agents_needed(demand, target)
    for number, enough in ((agents, True), (agents - 1, False)):
        found = demand.service(np.maximum(number, 0), target.within)
        met = np.ones(len(calls), dtype=bool)
        met &= found.level >= target.level if target.level is not None else True
        met &= found.asa <= target.asa if target.asa is not None else True
        met &= found.abandoned <= target.abandoned if target.abandoned is not None else True
        met &= found.occupancy <= target.occupancy if target.occupancy is not None else True
        assert (met == enough)[number >= 0].all()


def test_intervals_without_calls_need_nobody() -> None:
    for patience in (None, 120.0):
        found = agents_needed(Demand([0, 5, 100_000], HALF_HOUR, 180, patience), Target()).tolist()
        assert found[0] == 0 < found[1] < found[2]


def test_callers_who_hang_up_need_fewer_agents() -> None:
    target = Target(level=0.8, within=20)
    calm, hasty = (agents_needed(Demand(800, HALF_HOUR, 300, patience), target) for patience in (None, 60.0))
    assert hasty[0] < calm[0]


def test_several_chats_at_once_need_fewer_agents() -> None:
    one, three = (agents_needed(Demand(200, HALF_HOUR, 600, at_once=chats), Target()) for chats in (1, 3))
    assert one[0] / 3 <= three[0] < one[0] / 2


def test_the_what_if_curve_rises_with_every_agent() -> None:
    curve = choices(Demand(100, HALF_HOUR, 180), range(11, 20), 20)
    assert [choice.agents for choice in curve] == list(range(11, 20))
    levels = [choice.level for choice in curve]
    assert levels == sorted(levels)
    assert curve[3].level == pytest.approx(0.8884, abs=5e-5)


def test_work_that_can_wait_fills_the_free_time_before_it_is_due() -> None:
    done, added = spread([6, 0, 0, 0], [1, 2, 3, 4], due=3)
    assert done.tolist() == [1, 2, 3, 0]
    assert added.sum() == 0


def test_work_that_is_due_is_added_at_the_last_moment() -> None:
    done, added = spread([6, 0, 0, 4], [1, 2, 0, 0], due=1)
    assert added.tolist() == [0, 3, 0, 4]  # what the day's end leaves is done, too
    assert done.sum() == 10


@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0, 50)), min_size=1, max_size=30), st.integers(0, 8))
def test_all_work_is_done_once(day: list[tuple[float, float]], due: int) -> None:
    work, spare = (np.array(column) for column in zip(*day, strict=True))
    done, added = spread(work, spare, due)
    assert done.sum() == pytest.approx(work.sum())
    assert (done - added <= spare + 1e-9).all()
    assert (np.cumsum(done) <= np.cumsum(work) + 1e-6).all()


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (lambda: Demand(-1, HALF_HOUR, 180), "calls of an interval must be a number, 0 or more"),
        (lambda: Demand(float("nan"), HALF_HOUR, 180), "calls of an interval must be a number, 0 or more"),
        (lambda: Demand(10, HALF_HOUR, 0), "handling time must be more than 0"),
        (lambda: Demand(10, 0, 180), "interval must be longer than 0"),
        (lambda: Demand(10, HALF_HOUR, 180, patience=0), "patience must be more than 0"),
        (lambda: Demand(10, HALF_HOUR, 180, at_once=0.5), "at least one contact"),
        (lambda: Target(level=1.0), "between 0 and 100 %"),
        (lambda: Target(level=None), "at least one target"),
        (lambda: Target(within=-1), "0 seconds or more"),
        (lambda: Target(level=None, asa=0), "more than 0 seconds"),
        (lambda: on_the_roster(10, 1.0), "between 0 and 100 %"),
        (lambda: agents_needed(Demand(10, HALF_HOUR, 60), Target(abandoned=0.05)), "needs the callers' patience"),
    ],
)
def test_what_cannot_be_staffed_is_named(build: "object", sentence: str) -> None:
    with pytest.raises(StaffingError, match=sentence):
        build()  # type: ignore[operator]
