"""Tabs, side cards and buttons of a detail page. Modules above add theirs to pages of modules below, by the page's key.

Register in ``navigation.py``:

    register_tab(Tab("customer", "portfolio", _("Assets"), "portfolio:customer-tab", "portfolio.view", order=20))

The view named gets the record's key as ``pk`` and answers a fragment, loaded when the tab is opened.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise


@dataclass(frozen=True)
class Tab:
    """A tab of the page ``page``.

    Attributes:
        counter: the number beside its label, by request and record.
        applies: whether a record has this tab at all.
    """

    page: str
    key: str
    label: str | Promise
    view_name: str
    permission: str = ""
    order: int = 100
    counter: Callable[[HttpRequest, Any], int] | None = None
    applies: Callable[[Any], bool] | None = None


@dataclass(frozen=True)
class SideCard:
    """A card in the right column of the page ``page``; its view answers the whole card."""

    page: str
    key: str
    view_name: str
    permission: str = ""
    order: int = 100


@dataclass(frozen=True)
class StripAction:
    """A button in the head strip of the page ``page``; its address gets the record's key as ``pk``.

    Attributes:
        primary: at most one is.
        offered: ``offered(request, record)`` leaves it out where it makes no sense.
        parameter: the address gets the key as this parameter of the query instead.
        beside: it opens in the panel at the side of the page.
    """

    page: str
    key: str
    label: str | Promise
    icon: str
    view_name: str
    permission: str = ""
    order: int = 100
    primary: bool = False
    offered: Callable[[HttpRequest, Any], bool] | None = None
    parameter: str = ""
    beside: bool = False

    def url(self, record: Any) -> str:
        """Where it leads for a record."""
        if self.parameter:
            return f"{reverse(self.view_name)}?{self.parameter}={record.pk}"
        return reverse(self.view_name, kwargs={"pk": record.pk})


@dataclass(frozen=True)
class BoundAction:
    """A button as one page shows it."""

    label: str
    icon: str
    url: str
    primary: bool
    beside: bool


@dataclass(frozen=True)
class BoundTab:
    """A tab as one page shows it."""

    key: str
    label: str
    url: str
    count: int | None
    active: bool


_tabs: dict[str, dict[str, Tab]] = defaultdict(dict)
_cards: dict[str, dict[str, SideCard]] = defaultdict(dict)
_actions: dict[str, dict[str, StripAction]] = defaultdict(dict)


def register_tab(tab: Tab) -> None:
    """Add a tab; the same key again replaces it."""
    _tabs[tab.page][tab.key] = tab


def register_card(card: SideCard) -> None:
    """Add a side card; the same key again replaces it."""
    _cards[card.page][card.key] = card


def register_action(action: StripAction) -> None:
    """Add a button; the same key again replaces it."""
    _actions[action.page][action.key] = action


def tabs_for(page: str, request: HttpRequest, record: Any) -> list[BoundTab]:
    """The tabs that this user may open; the one that ``?tab=`` names is active, else the first."""
    offered = [tab for tab in _tabs[page].values() if tab.applies is None or tab.applies(record)]
    tabs = _permitted(offered, request)
    wanted = request.GET.get("tab")
    active = wanted if any(tab.key == wanted for tab in tabs) else next((tab.key for tab in tabs), None)
    return [
        BoundTab(
            key=tab.key,
            label=str(tab.label),
            url=reverse(tab.view_name, kwargs={"pk": record.pk}),
            count=tab.counter(request, record) if tab.counter else None,
            active=tab.key == active,
        )
        for tab in tabs
    ]


def card_urls(page: str, request: HttpRequest, record: Any) -> list[str]:
    """The addresses of the side cards that this user may see, in order."""
    return [reverse(card.view_name, kwargs={"pk": record.pk}) for card in _permitted(_cards[page].values(), request)]


def actions_for(page: str, request: HttpRequest, record: Any) -> list[BoundAction]:
    """The buttons that this user is offered for the record, in order."""
    permitted: list[StripAction] = _permitted(_actions[page].values(), request)
    return [
        BoundAction(str(action.label), action.icon, action.url(record), action.primary, action.beside)
        for action in permitted
        if action.offered is None or action.offered(request, record)
    ]


def _permitted[T: (Tab, SideCard, StripAction)](offered: "Any", request: HttpRequest) -> "list[T]":
    user: Any = request.user
    return sorted(
        (item for item in offered if not item.permission or user.can(item.permission)), key=lambda item: item.order
    )
