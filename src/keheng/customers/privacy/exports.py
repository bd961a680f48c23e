"""Lists whose rows leave through approval: each registers how the worker writes its file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from keheng.org.models import Staff


@dataclass(frozen=True)
class Order:
    """What is to be written: the list as ``requester`` sees it under these filters, with these columns."""

    requester: Staff
    query: str
    columns: Sequence[str]
    personal: bool
    watermark: Callable[[str, int], str]  # filters in words, number of rows → the line that goes with the file


@dataclass(frozen=True)
class Written:
    """The workbook and how many rows it has."""

    content: bytes
    rows: int


@dataclass(frozen=True)
class State:
    """What a list would give now: its filters in words, its columns, and how many rows match."""

    filters: str
    columns: Sequence[str]
    rows: int


@dataclass(frozen=True)
class ExportableList:
    """A list that may be asked for; ``url_name`` is its page."""

    key: str
    title: str | Promise
    url_name: str
    state: Callable[[Staff, str], State]
    write: Callable[[Order], Written]


_lists: dict[str, ExportableList] = {}


def register(exportable: ExportableList) -> None:
    """Add a list; the same key again replaces it."""
    _lists[exportable.key] = exportable


def list_of(key: str) -> ExportableList | None:
    """The list with this key."""
    return _lists.get(key)
