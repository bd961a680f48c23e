"""Decisions 10 and 11: what being late costs."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keheng.service_requests.operations.catalogue import shipped
from keheng.service_requests.policies.catalogue import read
from keheng.service_requests.policies.penalties import offset_left

RULES = read(shipped()).penalties


@pytest.mark.parametrize(
    ("overtime", "points", "error", "inspection"),
    [
        (timedelta(seconds=1), "-0.5", False, False),
        (timedelta(minutes=5), "-0.5", False, False),
        (timedelta(minutes=5, seconds=1), "-1", False, False),
        (timedelta(minutes=10), "-1", False, False),
        (timedelta(minutes=10, seconds=1), None, True, False),
        (timedelta(minutes=20), None, True, False),
        (timedelta(minutes=20, seconds=1), None, True, True),
        (timedelta(days=9), None, True, True),
    ],
)
def test_decision_10_bands(overtime: timedelta, points: str | None, error: bool, inspection: bool) -> None:
    band = RULES.band_of(overtime)
    assert band is not None
    assert (band.points, band.error, band.inspection) == (points and Decimal(points), error, inspection)


def test_decision_10_within_the_limit_costs_nothing() -> None:
    assert RULES.band_of(timedelta()) is None
    assert RULES.clocks == ("handling",)
    assert RULES.final_edge == timedelta(minutes=20)


def test_decision_10_errors_of_a_month() -> None:
    assert [RULES.points_of_error(number) for number in (1, 2, 3, 9)] == [
        Decimal("-1.5"),
        Decimal(-3),
        Decimal(-3),
        Decimal(-3),
    ]


@given(
    st.decimals(-50, 0, places=1, allow_nan=False),
    st.lists(st.decimals(0, 10, places=1, allow_nan=False), max_size=8),
)
def test_decision_11_offsets_never_exceed_the_deductions(deducted: Decimal, wanted: list[Decimal]) -> None:
    given_so_far = Decimal(0)
    for points in wanted:
        if points <= offset_left(deducted, given_so_far):
            given_so_far += points
    assert given_so_far <= -deducted
    assert offset_left(deducted, given_so_far) >= 0
