"""How whole numbers travel to PostgreSQL: always as ``bigint``, the type of our keys.

psycopg sends a list by its largest number, so a list of small keys goes as ``smallint[]`` or ``integer[]``. The server
can hash ``key = any(list)`` only where both sides have one type; where they differ it compares every row with every
number of the list, which for 100,000 keys takes a hundred times as long.
"""

from typing import Any

import psycopg
from psycopg.adapt import Dumper, PyFormat
from psycopg.types.numeric import IntDumper

_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


class _BigintDumper(IntDumper):
    """Chooses ``bigint`` where psycopg would choose the smallest type that holds a number."""

    def upgrade(self, obj: int, format: PyFormat) -> Dumper:  # noqa: ARG002 - the names of psycopg
        return self._int8_dumper if _SMALLEST <= obj <= _LARGEST else self._int_numeric_dumper


def send_as_bigint() -> None:
    """Let every connection opened from now on send whole numbers as ``bigint``; beyond it, as ``numeric``."""
    psycopg.adapters.register_dumper(int, _BigintDumper)


async def send_as_psycopg_does(connection: psycopg.AsyncConnection[Any]) -> None:
    """Undo it for one connection: the functions of the job queue take ``integer`` and no ``bigint``."""
    connection.adapters.register_dumper(int, IntDumper)
