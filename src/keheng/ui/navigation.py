"""The left navigation: modules register their pages here, each in its own ``navigation.py`` (found at start)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache, cached_property
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


class Group(Enum):
    """The groups of the navigation, by the work, in their order."""

    TODAY = pgettext_lazy("navigation", "Today")
    CUSTOMERS = pgettext_lazy("navigation", "Customers")
    SERVICE = pgettext_lazy("navigation", "Service")
    BUSINESS = pgettext_lazy("navigation", "Business")
    ROSTERS = pgettext_lazy("navigation", "Rosters")
    SETTINGS = pgettext_lazy("navigation", "Settings")


@dataclass(frozen=True)
class Family:
    """Pages of one piece of work: one item of the navigation, and a strip of tabs above each of the pages.

    The item leads to the first page that the reader may open; where that is the only one, it bears that page's name.
    Its counter is the sum of theirs, each of which stands at the page's own tab.
    """

    group: Group
    label: str | Promise
    icon: str
    order: int = 100


@dataclass(frozen=True)
class NavItem:
    """One page of the navigation.

    Attributes:
        permission: what the role must hold to see it; empty: everybody signed in.
        counter: how many things wait there for whoever asks; 0 shows nothing. Asked once the page is there.
        urgent: show the counter in red.
        family: the pages among which this one stands; its own group is then that of the family.
    """

    group: Group
    label: str | Promise
    icon: str
    url_name: str
    permission: str = ""
    order: int = 100
    counter: Callable[[HttpRequest], int] | None = None
    urgent: bool = False
    family: Family | None = None


@dataclass(frozen=True)
class Link:
    """An item as one request shows it; ``counter_id`` names the place of its counter, where it has one."""

    label: str | Promise
    icon: str
    url: str
    active: bool
    counter_id: str


@dataclass(frozen=True)
class Count:
    """What an item's counter says; ``id`` is :attr:`Link.counter_id`."""

    id: str
    number: int
    urgent: bool


_items: dict[str, NavItem] = {}


def register(item: NavItem) -> None:
    """Add a page; a second call with the same ``url_name`` replaces the first."""
    _items[item.url_name] = item


class Navigation:
    """The pages that one request may open, as the frame around its own page, or the one at ``path``, shows them."""

    def __init__(self, request: HttpRequest, path: str = "") -> None:
        self._request = request
        self._path = path or request.path
        self._permitted = _permitted(request)

    @property
    def links(self) -> list[tuple[Any, list[Link]]]:
        """The groups that have something for this user: ``[(group label, links)]``."""
        groups = []
        for group in Group:
            members = [entry for entry in self._entries if entry[0].group is group]
            members.sort(key=lambda entry: entry[0].order)
            if members:
                groups.append((group.value, [_entry(head, items, self._here) for head, items in members]))
        return groups

    @property
    def strip(self) -> list[Link]:
        """The tabs above a page that stands in a family: those of its members, none where there is but one.

        Pages of single records, whose addresses hold a number, have none: they lead back to their list.
        """
        return [_link(item, self._here, _tab_id(item)) for item in self._tabs]

    @property
    def counts(self) -> list[Count]:
        """What the counters of the navigation and of the strip say; each is asked once."""
        asked = {
            item.url_name: Count(_tab_id(item), item.counter(self._request), item.urgent)
            for _head, items in self._entries
            for item in items
            if item.counter
        }
        shown = []
        for _head, items in self._entries:
            if of_items := [asked[item.url_name] for item in items if item.counter]:
                number, urgent = sum(one.number for one in of_items), any(one.urgent and one.number for one in of_items)
                shown.append(Count(_counter_id(items), number, urgent))
        return shown + [asked[item.url_name] for item in self._tabs if item.counter]

    @cached_property
    def _tabs(self) -> list[NavItem]:
        """The pages of the strip."""
        here = self._here
        if here is None or here.family is None or any(part.isdecimal() for part in self._path.split("/")):
            return []
        members = next(items for head, items in self._entries if head is here.family)
        return members if len(members) > 1 else []

    @cached_property
    def _entries(self) -> list[tuple[NavItem | Family, list[NavItem]]]:
        """What the navigation shows one by one, with its pages in their order."""
        entries: dict[int, tuple[NavItem | Family, list[NavItem]]] = {}
        for item, _address in sorted(self._permitted, key=lambda one: one[0].order):
            head = item.family or item
            entries.setdefault(id(head), (head, []))[1].append(item)
        return list(entries.values())

    @cached_property
    def _here(self) -> NavItem | None:
        """The page of the navigation that the address lies in: the longest that fits."""
        fitting = [(len(url), item) for item, url in self._permitted if _within(self._path, url)]
        return max(fitting, key=lambda one: one[0], default=(0, None))[1]


def pages(request: HttpRequest) -> list[tuple[str, str, str]]:
    """Label, address and icon of every page that this user may open, without asking its counter."""
    return [(str(item.label), url, item.icon) for item, url in _permitted(request)]


def counts(request: HttpRequest) -> list[Count]:
    """What the counters say that are shown by the page which asks for them."""
    return Navigation(request, urlsplit(request.headers.get("HX-Current-URL", "")).path).counts


def unknown_addresses() -> list[str]:
    """The items whose ``url_name`` leads nowhere; a system check tells them, and pages leave them out."""
    return [item.url_name for item in _items.values() if not _url(item)]


def _permitted(request: HttpRequest) -> list[tuple[NavItem, str]]:
    """The pages that this user may open, with their addresses; what leads nowhere is left out."""
    user: Any = request.user
    asked = {item.permission for item in _items.values()} - {""}
    held = {permission for permission in asked if user.can(permission)} | {""}
    shown = (item for item in _items.values() if item.permission in held)
    return [(item, url) for item in shown if (url := _url(item))]


def _url(item: NavItem) -> str:
    """The address of an item, empty where it leads nowhere."""
    try:
        return _address(settings.ROOT_URLCONF, item.url_name)
    except NoReverseMatch:
        return ""


@cache
def _address(_addresses: str, name: str) -> str:
    """The address of a page, worked out once: it is the same as long as the table of addresses is."""
    return reverse(name)


def _within(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))


def _entry(head: NavItem | Family, items: list[NavItem], here: NavItem | None) -> Link:
    first = _link(items[0], here, _counter_id(items))
    if len(items) == 1:
        return first
    return replace(first, label=head.label, icon=head.icon, active=any(item is here for item in items))


def _link(item: NavItem, here: NavItem | None, counter_id: str) -> Link:
    return Link(item.label, item.icon, _url(item), item is here, counter_id)


def _counter_id(items: list[NavItem]) -> str:
    """The place of the counter of an item of the navigation; none where nothing is counted."""
    return f"count-{_name(items[0])}" if any(item.counter for item in items) else ""


def _tab_id(item: NavItem) -> str:
    """The place of the counter of a tab of the strip."""
    return f"count-tab-{_name(item)}" if item.counter else ""


def _name(item: NavItem) -> str:
    return item.url_name.replace(":", "-")
