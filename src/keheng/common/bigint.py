"""How lists of whole numbers travel to PostgreSQL: as ``bigint[]``, the type of our keys.

psycopg sends a list by its largest number, so a list of small keys goes as ``smallint[]`` or ``integer[]``. The server
can hash ``key = any(list)`` only where both sides have one type; where they differ it compares every row with every
number of the list, which for 100,000 keys takes a hundred times as long.
"""

from typing import Any

import psycopg
from psycopg.adapt import PyFormat
from psycopg.types.array import ListDumper
from psycopg.types.numeric import Int8

_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


class _BigintListDumper(ListDumper):
    """Chooses ``bigint[]`` where psycopg would choose the smallest type that holds the numbers."""

    def _find_list_element(self, L: list[Any], format: PyFormat) -> Any:
        found = super()._find_list_element(L, format)
        return Int8(found) if type(found) is int and _SMALLEST <= found <= _LARGEST else found


def send_as_bigint() -> None:
    """Let every connection opened from now on send lists of whole numbers as ``bigint[]``; beyond it, ``numeric[]``."""
    psycopg.adapters.register_dumper(list, _BigintListDumper)
