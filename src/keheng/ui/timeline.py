"""The timeline of a detail page: what happened to one record, told by every module that knows something."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice, takewhile
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened.

    Attributes:
        kind: what it was, in a word: 升级.
        text: what happened, in a line.
        aside: who, how, which rule; grey.
        tone: ``met``, ``near``, ``over``, ``info``, ``t0``…``t5`` or nothing.
    """

    at: datetime
    kind: str | Promise
    text: str
    aside: str = ""
    tone: str = ""
    url: str = ""


@dataclass(frozen=True)
class TimelineSource:
    """What one module adds to the timeline of ``page``.

    Attributes:
        entries: ``(request, record, before, limit)`` → the newest entries before an instant, newest first.
    """

    page: str
    key: str
    label: str | Promise
    entries: Callable[[HttpRequest, Any, datetime, int], Sequence[TimelineEntry]]
    permission: str = ""
    order: int = 100


_sources: dict[str, dict[str, TimelineSource]] = defaultdict(dict)


def register_source(source: TimelineSource) -> None:
    """Add a source; the same key again replaces it."""
    _sources[source.page][source.key] = source


def sources_for(page: str, request: HttpRequest) -> list[TimelineSource]:
    """The sources whose entries this user may see, in order."""
    user: Any = request.user
    permitted = (source for source in _sources[page].values() if not source.permission or user.can(source.permission))
    return sorted(permitted, key=lambda source: source.order)


def timeline(
    page: str, request: HttpRequest, record: Any, *, before: datetime, limit: int = 20, only: str = ""
) -> list[TimelineEntry]:
    """The newest entries of all sources (or of ``only`` one) before an instant, newest first.

    About ``limit`` of them: what happened at one instant is not torn apart, so that the next part begins before the
    last entry's time.
    """
    told = [
        [entry for entry in source.entries(request, record, before, limit) if entry.at < before]
        for source in sources_for(page, request)
        if only in ("", source.key)
    ]
    together = merge(*told, key=lambda entry: entry.at, reverse=True)
    part = list(islice(together, limit))
    return part + list(takewhile(lambda entry: entry.at == part[-1].at, together)) if part else part
