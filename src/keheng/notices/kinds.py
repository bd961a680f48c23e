"""The kinds of notice, so that people can switch off what they do not want.

Modules declare theirs in ``navigation.py``.
"""

from collections.abc import Mapping

from django.utils.functional import Promise

_kinds: dict[str, str | Promise] = {}


def declare(kinds: Mapping[str, str | Promise]) -> None:
    """Name kinds of notice: ``{"approvals.asked": _("A request waits for me")}``."""
    _kinds.update(kinds)


def declared() -> dict[str, str]:
    """Every declared kind with its name, by code."""
    return {code: str(_kinds[code]) for code in sorted(_kinds)}


def name_of(code: str) -> str:
    """The kind in words, or its code when nobody has declared it."""
    return str(_kinds.get(code, code))
