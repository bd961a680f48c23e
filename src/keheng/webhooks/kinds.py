"""The kinds of news that programs can subscribe to. Modules declare theirs in ``navigation.py``."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PING = "webhooks.ping"

_kinds: dict[str, str | Promise] = {}


def declare(kinds: Mapping[str, str | Promise]) -> None:
    """Name kinds of news: ``{"service_requests.changed": _("A service request has changed")}``."""
    _kinds.update(kinds)


def declared() -> dict[str, str]:
    """Every kind that can be subscribed to, with its name, by code."""
    return {code: str(_kinds[code]) for code in sorted(_kinds)}


def name_of(code: str) -> str:
    """A kind in words, or its code when nobody has declared it."""
    return str(_("Test call")) if code == PING else str(_kinds.get(code, code))
