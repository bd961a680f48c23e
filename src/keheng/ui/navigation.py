"""The left navigation: modules register their pages here, each in its own ``navigation.py`` (found at start)."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

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
class NavItem:
    """One page of the navigation.

    Attributes:
        permission: what the role must hold to see it; empty: everybody signed in.
        counter: how many things wait there for whoever asks; 0 shows nothing. Asked once the page is there.
        urgent: show the counter in red.
    """

    group: Group
    label: str | Promise
    icon: str
    url_name: str
    permission: str = ""
    order: int = 100
    counter: Callable[[HttpRequest], int] | None = None
    urgent: bool = False


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


def links(request: HttpRequest) -> list[tuple[Any, list[Link]]]:
    """The groups that have something for this user: ``[(group label, links)]``."""
    permitted = _permitted(request)
    urls = {item.url_name: url for item in permitted if (url := _url(item))}
    here = max((url for url in urls.values() if _within(request.path, url)), key=len, default=None)
    groups = []
    for group in Group:
        members = sorted(
            (item for item in permitted if item.group is group and item.url_name in urls), key=lambda item: item.order
        )
        if members:
            groups.append((group.value, [_link(item, urls[item.url_name], here) for item in members]))
    return groups


def pages(request: HttpRequest) -> list[tuple[str, str, str]]:
    """Label, address and icon of every page that this user may open, without asking its counter."""
    return [(str(item.label), url, item.icon) for item in _permitted(request) if (url := _url(item))]


def counts(request: HttpRequest) -> list[Count]:
    """What the counters of the pages that this user may open say."""
    counted = ((item, item.counter) for item in _permitted(request) if item.counter and _url(item))
    return [Count(_counter_id(item), counter(request), item.urgent) for item, counter in counted]


def unknown_addresses() -> list[str]:
    """The items whose ``url_name`` leads nowhere; a system check tells them, and pages leave them out."""
    return [item.url_name for item in _items.values() if not _url(item)]


def _permitted(request: HttpRequest) -> list[NavItem]:
    user: Any = request.user
    return [item for item in _items.values() if not item.permission or user.can(item.permission)]


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


def _link(item: NavItem, url: str, here: str | None) -> Link:
    return Link(item.label, item.icon, url, url == here, _counter_id(item) if item.counter else "")


def _counter_id(item: NavItem) -> str:
    return f"count-{item.url_name.replace(':', '-')}"
