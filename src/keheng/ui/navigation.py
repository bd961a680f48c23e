"""The left navigation: modules register their pages here, each in its own ``navigation.py`` (found at start)."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

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
        counter: how many things wait there for whoever asks; 0 shows nothing.
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
    """An item as one request shows it."""

    label: str | Promise
    icon: str
    url: str
    active: bool
    count: int
    urgent: bool


_items: dict[str, NavItem] = {}


def register(item: NavItem) -> None:
    """Add a page; a second call with the same ``url_name`` replaces the first."""
    _items[item.url_name] = item


def links(request: HttpRequest) -> list[tuple[Any, list[Link]]]:
    """The groups that have something for this user: ``[(group label, links)]``."""
    user: Any = request.user
    permitted = [item for item in _items.values() if not item.permission or user.can(item.permission)]
    urls = {item.url_name: url for item in permitted if (url := _url(item))}
    here = max((url for url in urls.values() if _within(request.path, url)), key=len, default=None)
    groups = []
    for group in Group:
        members = sorted(
            (item for item in permitted if item.group is group and item.url_name in urls), key=lambda item: item.order
        )
        if members:
            groups.append((group.value, [_link(item, urls[item.url_name], here, request) for item in members]))
    return groups


def pages(request: HttpRequest) -> list[tuple[str, str, str]]:
    """Label, address and icon of every page that this user may open, without asking its counter."""
    user: Any = request.user
    permitted = (item for item in _items.values() if not item.permission or user.can(item.permission))
    return [(str(item.label), url, item.icon) for item in permitted if (url := _url(item))]


def unknown_addresses() -> list[str]:
    """The items whose ``url_name`` leads nowhere; a system check tells them, and pages leave them out."""
    return [item.url_name for item in _items.values() if not _url(item)]


def _url(item: NavItem) -> str:
    try:
        return reverse(item.url_name)
    except NoReverseMatch:
        return ""


def _within(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))


def _link(item: NavItem, url: str, here: str | None, request: HttpRequest) -> Link:
    count = item.counter(request) if item.counter else 0
    return Link(item.label, item.icon, url, url == here, count, item.urgent)
