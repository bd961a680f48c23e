from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest
from django.db import connection

from keheng.common.copying import copy_frame, rebuilding_indexes

FRAME = pl.DataFrame(
    {
        "id": [1, 2, 3],
        "name": ["黄雅琴", 'a "quoted", text\nof \\N two lines', ""],
        "amount": pl.Series([Decimal("12.30"), None, Decimal("-0.01")], dtype=pl.Decimal(18, 2)),
        "day": [date(2026, 11, 22), None, date(1900, 1, 1)],
        "sealed": [b"\x00\xff", None, b""],
        "at": [datetime(2026, 11, 22, 8, 30, tzinfo=UTC), None, None],
        "flag": [True, None, False],
    }
)


@pytest.mark.django_db
def test_every_type_arrives_as_it_was() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "create temp table target (id bigint, name text, amount numeric(18, 2), day date, sealed bytea,"
            " at timestamptz, flag boolean, extra text default 'kept')"
        )
        assert copy_frame(cursor, "target", FRAME) == 3
        cursor.execute("select id, name, amount, day, sealed, at, flag, extra from target order by id")
        rows = [tuple(bytes(value) if isinstance(value, memoryview) else value for value in row) for row in cursor]
    assert rows == [(*row, "kept") for row in FRAME.iter_rows()]


@pytest.mark.django_db
def test_empty_frame_writes_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("create temp table target (id bigint, name text)")
        assert copy_frame(cursor, "target", FRAME.select("id", "name").clear()) == 0
        cursor.execute("select count(*) from target")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["one column", None])
def test_a_single_nullable_column(name: str | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("create temp table target (name text)")
        copy_frame(cursor, "target", pl.DataFrame({"name": [name, ""]}, schema={"name": pl.String}))
        cursor.execute("select name from target")
        assert cursor.fetchall() == [(name,), ("",)]


INDEXES = "select indexdef from pg_indexes where tablename = 'target' order by indexname"


@pytest.mark.django_db
def test_indexes_are_away_during_a_first_load_and_the_same_after_it() -> None:
    with connection.cursor() as cursor:
        cursor.execute("create table target (id bigint primary key, name text unique, amount numeric)")
        cursor.execute("create index target_by_amount on target (amount desc, id) where amount > 0")
        cursor.execute(INDEXES)
        before = cursor.fetchall()
        with rebuilding_indexes(cursor, "target"):
            cursor.execute("select indexname from pg_indexes where tablename = 'target' order by indexname")
            assert cursor.fetchall() == [("target_name_key",), ("target_pkey",)]
            copy_frame(cursor, "target", FRAME.select("id", "name", "amount"))
        cursor.execute(INDEXES)
        assert cursor.fetchall() == before
