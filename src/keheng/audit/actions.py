"""What each audited act is called, so that people can read the trail; modules declare theirs in ``navigation.py``."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

type Text = str | Promise

_actions: dict[str, Text] = {}
_details: dict[str, Text] = {
    "changes": _("changes"),
    "count": _("how many"),
    "field": _("field"),
    "filters": _("filters"),
    "form": _("form"),
    "list": _("list"),
    "rows": _("rows"),
}


def declare(actions: Mapping[str, Text], details: Mapping[str, Text] | None = None) -> None:
    """Name acts (``{"customers.reveal": _("Show a masked value")}``) and the keys of their details."""
    _actions.update(actions)
    _details.update(details or {})


def name_of(action: str) -> str:
    """The act in words, or its code when nobody has declared it."""
    return str(_actions.get(action, action))


def detail_name(key: str) -> str:
    """The key of a detail in words."""
    return str(_details.get(key, key))


def declared() -> list[tuple[str, str]]:
    """Code and name of every declared act, by name."""
    return sorted(((code, str(name)) for code, name in _actions.items()), key=lambda pair: pair[0])
