"""The search box: what it shows, and how modules add to it.

A module registers in ``navigation.py`` what it can find:

    register_finder(Finder("staff", staff_named, "org.view", order=40))

The endpoint named ``search`` asks all that the reader may use and answers ``ui/search_results.html``. A finder runs
while somebody types: one or two indexed queries, within the reader's scope.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from keheng.common.pinyin import spell
from keheng.ui.navigation import pages

SHORTEST = 2
"""Letters from which on a page is looked for by its spelling: one letter begins too many."""


@dataclass(frozen=True)
class Hit:
    """One thing found."""

    title: str
    url: str
    detail: str = ""
    icon: str = "user"
    tier_rank: int | None = None
    tier_name: str = ""


@dataclass(frozen=True)
class HitGroup:
    """What was found of one kind; ``more_url`` leads to the list of all."""

    label: str
    hits: Sequence[Hit]
    more_url: str = ""


@dataclass(frozen=True)
class Finder:
    """What one module finds: ``find(request, text)`` gives its groups, the empty ones too."""

    key: str
    find: Callable[[HttpRequest, str], Sequence[HitGroup]]
    permission: str = ""
    order: int = 100


_finders: dict[str, Finder] = {}


def register_finder(finder: Finder) -> None:
    """Add a finder; the same key again replaces it."""
    _finders[finder.key] = finder


def found(request: HttpRequest, text: str) -> list[HitGroup]:
    """What every finder that the reader may use finds, in order; nothing for an empty text."""
    user: Any = request.user
    permitted = [finder for finder in _finders.values() if not finder.permission or user.can(finder.permission)]
    if not text:
        return []
    return [
        group
        for finder in sorted(permitted, key=lambda finder: finder.order)
        for group in finder.find(request, text)
        if group.hits
    ]


def meant(text: str, words: str) -> bool:
    """Tell whether ``text`` means ``words``: a part of them, or the beginning of their spelling or initials."""
    asked = text.lower().replace(" ", "")
    if asked in words.lower().replace(" ", ""):
        return True
    return len(asked) >= SHORTEST and any(spelling.startswith(asked) for spelling in _spelt(words))


def pages_named(request: HttpRequest, text: str) -> Sequence[HitGroup]:
    """The pages of the navigation that ``text`` may mean."""
    hits = [Hit(label, url, icon=icon) for label, url, icon in pages(request) if meant(text, label)]
    return [HitGroup(_("Pages"), hits)]


@lru_cache(maxsize=5_000)
def _spelt(words: str) -> tuple[str, str]:
    return spell(words, person=False)


register_finder(Finder("pages", pages_named, order=90))
