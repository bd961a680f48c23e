"""Where two versions of rules differ, in words of places."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from keheng.versions.policies import differences

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["code", "a", "b"]), inner, max_size=3),
    max_leaves=8,
)


def test_values_are_told_by_their_place_and_rows_by_their_code() -> None:
    before = {"days": 3, "kinds": [{"code": "salon", "seats": 20}, {"code": "tea", "seats": 8}], "posts": ["a", "b"]}
    after = {"days": 3, "kinds": [{"code": "tea", "seats": 9}, {"code": "salon", "seats": 20}], "posts": ["a"]}
    assert differences(before, after) == ["kinds.tea.seats: 8 → 9", "posts: ['a', 'b'] → ['a']"]


def test_a_row_that_came_or_went_is_told_whole() -> None:
    assert differences({"rows": []}, {"rows": [{"code": "x", "n": 1}]}) == ["rows.x: None → {'code': 'x', 'n': 1}"]
    assert differences({"rows": [{"n": 1}]}, {"rows": [{"n": 1}, {"n": 2}]}) == ["rows.1: None → {'n': 2}"]


def test_a_long_value_is_cut() -> None:
    (told,) = differences({"text": "长" * 500}, {"text": ""})
    assert len(told) == 200


@given(JSON)
def test_nothing_differs_from_itself(value: Any) -> None:
    assert differences(value, json.loads(json.dumps(value))) == []
