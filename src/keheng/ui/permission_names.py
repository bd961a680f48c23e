"""What each permission is called, so that a refusal and the page of roles can say it in words."""

from collections.abc import Mapping

from django.utils.functional import Promise

_names: dict[str, str | Promise] = {}


def declare(names: Mapping[str, str | Promise]) -> None:
    """Name permissions: ``{"customers.view": _("View customers")}``; a module does so in its ``navigation.py``."""
    _names.update(names)


def name_of(permission: str) -> str:
    """The name in words, or the code itself when nobody has declared it."""
    return str(_names.get(permission, permission))


def declared() -> dict[str, str]:
    """Every declared permission with its name, by code."""
    return {code: str(_names[code]) for code in sorted(_names)}
