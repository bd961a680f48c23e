"""Bulk writes: a polars frame into a table by COPY, a frame as a table to merge from, and indexes built once at the end
of a first load."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import count
from typing import Protocol

import polars as pl
from django.db.backends.utils import CursorWrapper

_stages = count(1)
_SLICE = 20_000  # rows rendered at a time: bounds the text in memory, overlaps rendering with the server's work


class SupportsCopy(Protocol):
    """A cursor of psycopg 3, or Django's wrapper of one."""

    def copy(self, statement: str) -> object: ...


def copy_frame(cursor: CursorWrapper | SupportsCopy, table: str, frame: pl.DataFrame) -> int:
    """Append ``frame`` to ``table`` by ``COPY … FROM STDIN``, in the cursor's transaction, and return the row count.

    The frame's column names are the table's columns; columns it lacks take their database defaults. Null is NULL, an
    empty text is an empty text. Binary columns (``pl.Binary``) become ``bytea``, ``pl.Decimal`` ``numeric``,
    ``pl.Date`` ``date``, ``pl.Datetime`` (aware) ``timestamptz``, ``pl.Boolean`` ``boolean``; text may hold any
    character but NUL. Rows are checked by the table's constraints, nothing is cast in silence.

    Args:
        cursor: Django's cursor (``connection.cursor()``) or one of psycopg.
        table: the table, or ``schema.table``; written by code, never by users.
        frame: any number of rows, also none.
    """
    columns = ", ".join(f'"{name}"' for name in frame.columns)
    with cursor.copy(f"copy {table} ({columns}) from stdin (format csv)") as copy:  # type: ignore[union-attr]
        for data in render(frame):
            copy.write(data)
    return frame.height


def render(frame: pl.DataFrame) -> Iterator[bytes]:
    """Yield the frame as text of ``COPY … (format csv)``, slice by slice."""
    binary = [name for name, kind in frame.schema.items() if kind == pl.Binary]
    ready = frame.with_columns((pl.lit("\\x") + pl.col(name).bin.encode("hex")).alias(name) for name in binary)
    for part in ready.iter_slices(_SLICE):
        part.write_csv(buffer := BytesIO(), include_header=False)
        yield buffer.getvalue()


@contextmanager
def staged(cursor: CursorWrapper, frame: pl.DataFrame, like: str, *, key: str) -> Iterator[str]:
    """Put the frame into a temporary table for the length of the block and yield the table's name.

    Args:
        like: the table whose columns of the same names give the types.
        key: the column by which the rows are merged.
    """
    name = f"stage_{next(_stages)}"
    columns = ", ".join(f'"{column}"' for column in frame.columns)
    cursor.execute(f"create temporary table {name} on commit drop as select {columns} from {like} with no data")
    copy_frame(cursor, name, frame)
    cursor.execute(f"analyze {name} ({key})")  # the planner must know how few rows these are beside the table's
    yield name
    cursor.execute(f"drop table {name}")


@contextmanager
def rebuilding_indexes(cursor: CursorWrapper, *tables: str) -> Iterator[None]:
    """Drop the tables' plain indexes for the length of the block and build them at its end, in one transaction.

    Building an index over a million rows costs a tenth of keeping it up row by row. The tables are locked against
    every reader until the transaction ends, so this is for first loads, into tables that are empty or nearly so.
    Indexes of constraints (primary keys, unique constraints) stay: they guard what is written. Foreign keys are
    checked with each statement from here on: an index cannot be built while checks are pending.
    """
    cursor.execute("set constraints all immediate")
    cursor.execute(
        """
        select relation.oid::regclass::text, pg_get_indexdef(relation.oid)
          from pg_index index_ join pg_class relation on relation.oid = index_.indexrelid
         where index_.indrelid = any(%s::regclass[])
           and not exists (select from pg_constraint where conindid = relation.oid)
         order by relation.relname
        """,
        [list(tables)],
    )
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"drop index {name}")
    yield
    for _, definition in indexes:
        cursor.execute(definition)
