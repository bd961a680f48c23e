"""Erlang B, C and A against published values, recurrences and the birth-death process itself (A13)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keheng.workforce.policies.erlang import erlang_b, erlang_c, impatient, patient


def blocked(agents: int, load: float) -> float:
    """Erlang B by its recurrence, one agent after the other."""
    found = 1.0
    for k in range(1, agents + 1):
        found = load * found / (k + load * found)
    return found


def steady_state(rate: float, handling: float, agents: int, patience: float) -> tuple[float, float]:
    """Waiting and abandonment of M/M/N+M from the chain's steady state, far beyond any queue it reaches."""
    states = np.arange(1, 4000)
    leaving = np.minimum(states, agents) / handling + np.maximum(states - agents, 0) / patience
    logs = np.concatenate([[0.0], np.cumsum(np.log(rate) - np.log(leaving))])
    share = np.exp(logs - logs.max())
    share /= share.sum()
    queue = np.maximum(np.arange(4000) - agents, 0) @ share
    return float(share[agents:].sum()), float(queue / patience / rate)


def test_a13_the_standard_vector_of_erlang_c() -> None:
    found = patient(100 / 1800, 180, 14, 20)
    assert float(found.waits) == pytest.approx(0.1741, abs=5e-5)
    assert float(found.level) == pytest.approx(0.8884, abs=5e-5)
    assert float(found.asa) == pytest.approx(7.84, abs=5e-3)
    assert float(found.occupancy) == pytest.approx(0.714, abs=5e-4)


def test_a13_the_standard_vector_of_erlang_a() -> None:
    found = impatient(2880 / 3600, 60, 50, 20, 120)
    assert float(found.waits) == pytest.approx(0.468, abs=5e-4)
    assert float(found.abandoned) == pytest.approx(0.0309, abs=5e-5)
    assert float(found.asa) == pytest.approx(3.71, abs=5e-3)
    unlimited = patient(2880 / 3600, 60, 50, 20)
    assert float(unlimited.waits) == pytest.approx(0.694, abs=5e-4)
    assert float(unlimited.asa) == pytest.approx(20.8, abs=5e-2)


@pytest.mark.parametrize(
    ("agents", "load"), [(1, 0.5), (14, 10.0), (200, 180.0), (20_000, 30_000.0), (30_000, 30_000.0)]
)
def test_erlang_b_equals_its_recurrence(agents: int, load: float) -> None:
    assert float(erlang_b(agents, load)) == pytest.approx(blocked(agents, load), rel=1e-8)


@given(st.integers(1, 400), st.floats(0.01, 0.999))
def test_erlang_c_lies_above_b_and_below_one(agents: int, share: float) -> None:
    load = share * agents
    assert 0 <= float(erlang_b(agents, load)) <= float(erlang_c(agents, load)) + 1e-12 <= 1 + 2e-12


@given(
    rate=st.floats(0.01, 2),
    handling=st.floats(20, 400),
    agents=st.integers(1, 300),
    patience=st.floats(5, 600),
)
def test_erlang_a_equals_the_chain_it_describes(rate: float, handling: float, agents: int, patience: float) -> None:
    found = impatient(rate, handling, agents, 20, patience)
    waits, abandoned = steady_state(rate, handling, agents, patience)
    assert float(found.waits) == pytest.approx(waits, abs=1e-7)
    assert float(found.abandoned) == pytest.approx(abandoned, abs=1e-7)
    assert float(found.asa) == pytest.approx(abandoned * patience, abs=1e-4)
    assert 0 <= float(found.level) <= 1


def test_boundless_patience_becomes_erlang_c() -> None:
    calm, endless = patient(0.8, 60, 55, 20), impatient(0.8, 60, 55, 20, 1e7)
    assert float(endless.waits) == pytest.approx(float(calm.waits), abs=1e-4)
    assert float(endless.level) == pytest.approx(float(calm.level), abs=1e-4)


def test_tens_of_thousands_of_agents_stay_exact() -> None:
    found = impatient(100.0, 300, [20_000, 29_900, 30_000, 30_500], 20, 120)
    assert found.abandoned[0] == pytest.approx(1 / 3, abs=1e-6)  # far overloaded: who cannot be served leaves
    assert (np.diff(found.abandoned) < 0).all()
    assert float(erlang_c(30_500, 30_000)) == pytest.approx(
        blocked(30_500, 30_000) / (1 - 30_000 / 30_500 * (1 - blocked(30_500, 30_000))), rel=1e-6
    )


def test_an_overloaded_queue_without_hang_ups_grows_for_ever() -> None:
    found = patient(1.0, 60, 50, 20)
    assert (float(found.waits), float(found.level), float(found.occupancy)) == (1.0, 0.0, 1.0)
    assert float(found.asa) == float("inf")


@pytest.mark.parametrize("agents", [0, 5])
def test_without_calls_nobody_waits(agents: int) -> None:
    for found in (patient(0, 60, agents, 20), impatient(0, 60, agents, 20, 120)):
        assert [float(found.waits), float(found.level), float(found.asa), float(found.occupancy)] == [0, 1, 0, 0]


def test_without_agents_every_caller_hangs_up() -> None:
    found = impatient(0.5, 60, 0, 20, 120)
    assert [float(found.abandoned), float(found.level), float(found.asa)] == [1, 0, 120]
