from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keheng.approvals.enums import Act, State
from keheng.approvals.policies import DECISIONS, TRANSITIONS, Reach, after, states_before

TABLE = """
open: approve→approved refuse→refused return→returned withdraw→withdrawn escalate→open expire→expired
returned: resubmit→open withdraw→withdrawn
"""


def test_the_states_are_those_of_the_table() -> None:
    told = {}
    for line in TABLE.strip().splitlines():
        state, _, acts = line.partition(": ")
        for pair in acts.split():
            act, _, following = pair.partition("→")
            told[State(state), Act(act)] = State(following)
    assert told == dict(TRANSITIONS)


@pytest.mark.parametrize("state", [State.APPROVED, State.REFUSED, State.WITHDRAWN, State.EXPIRED])
@pytest.mark.parametrize("act", list(Act))
def test_what_is_over_stays_over(state: State, act: Act) -> None:
    assert after(state, act) is None


@pytest.mark.parametrize("act", DECISIONS)
def test_only_open_requests_are_decided(act: Act) -> None:
    assert states_before(act) == (State.OPEN,)


amounts = st.decimals(0, 10**12, places=2) | st.none()
ranks = st.integers(0, 99) | st.none()


@given(limit=amounts, rank=ranks, amount=amounts, asked=ranks)
def test_a_wider_limit_never_covers_less(
    limit: Decimal | None, rank: int | None, amount: Decimal | None, asked: int | None
) -> None:
    narrow = Reach(limit, rank)
    for wide in (Reach(None, rank), Reach(limit, None), Reach()):
        assert not narrow.covers(amount, asked) or wide.covers(amount, asked)


def test_the_edge_belongs_to_the_limit() -> None:
    reach = Reach(Decimal(500_000), 3)
    assert reach.covers(Decimal(500_000), 3)
    assert not reach.covers(Decimal("500000.01"), 3)
    assert not reach.covers(Decimal(500_000), 4)
    assert reach.covers(None, None)
