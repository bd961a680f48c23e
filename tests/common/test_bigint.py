"""Whole numbers reach the server with the type of our keys."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("value", "kind"), [([1, 2], "bigint[]"), ([2**40, -1], "bigint[]"), ([2**63], "numeric[]"), ([], "unknown")]
)
def test_lists_of_keys_are_bigint_whatever_their_size(value: list[int], kind: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_typeof(%s)::text, %s", [value, value])
        assert cursor.fetchone()[0] == kind


def test_single_numbers_stay_plain_so_that_they_fit_anywhere() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select substr('abc', %s, %s), make_interval(days => %s)::text, 7::smallint = %s", [2, 1, 3, 7])
        assert cursor.fetchone() == ("b", "3 days", True)
