"""What the buttons of the rule editor do to the fields of a draft (:mod:`.fields`): add, remove, move, group.

A command is ``verb path`` such as ``add doors``, ``remove tiers.2``, ``group doors.0.when``, ``limit
tiers.0.upkeep.1.when``.
"""

from copy import deepcopy
from typing import Any

from keheng.tiering.policies.fields import REST, Tree

_LEAF: Tree = {"metric": "aum", "per": "", "op": ">=", "value": ""}
_FIRST = {"tiers": "name", "doors": "code", "exclusions": "code", "protected": "code", "sources": "ref"}
_NEW: dict[str, Tree] = {
    "doors": {"code": "", "to": "", "when": _LEAF},
    "exclusions": {"code": "", "name": "", "name_en": "", "when": _LEAF},
    "protected": {"code": "", "name": "", "name_en": "", "when": _LEAF},
    "sources": {"ref": "", "says": ""},
    "upkeep": {"roles": [], "when": {}},
}


def edit(tree: Tree, command: str) -> Tree:
    """Carry out a command on a copy of the fields; one that fits nothing changes nothing."""
    verb, _, path = command.partition(" ")
    changed = deepcopy(tree)
    place, last = _place(changed, path.split("."))
    if place is not None and last is not None:
        _VERBS.get(verb, _nothing)(place, last)
    return changed


def focus_after(tree: Tree, command: str) -> str:
    """The id of the control to go on with, once ``command`` has made the fields into ``tree``."""
    verb, _, path = command.partition(" ")
    place, last = _place(tree, path.split("."))
    here = path.replace(".", "-")
    parent, _, number = path.rpartition(".")
    going_on = {
        "group": f"{here}-group",
        "ungroup": f"{here}-metric",
        "limit": f"{here}-metric",
        "unlimit": f"do-limit-{here}",
        "remove": f"do-add-{parent.replace('.', '-')}",
    }
    match verb:
        case "add" if path in _FIRST:
            rows = place[last] if place else []
            return f"{path}-{0 if path == 'tiers' else len(rows) - 1}-{_FIRST[path]}"
        case "add" if path.endswith(".upkeep"):
            return f"{here}-{len(place[last]) - 1}-role-0" if place else ""
        case "add" | "add-group":
            count = len(place[last].get("parts") or []) if place is not None else 0
            return f"{here}-parts-{count - 1}-{'metric' if verb == 'add' else 'group'}"
        case "remove" if parent.endswith(".parts"):
            return f"{parent.removesuffix('.parts').replace('.', '-')}-group"
        case "up" | "down" if number.isdecimal():
            return f"do-{verb}-{parent}-{max(int(number) + (-1 if verb == 'up' else 1), 0)}"
        case _:
            return going_on.get(verb, "")


def _place(tree: Any, steps: list[str]) -> tuple[Any, Any]:
    """The container that the path ends in, and the last step into it."""
    *inner, last = steps
    for step in inner:
        if isinstance(tree, list) and step.isdecimal() and int(step) < len(tree):
            tree = tree[int(step)]
        elif isinstance(tree, dict) and step in tree:
            tree = tree[step]
        else:
            return None, None
    if isinstance(tree, list):
        return (tree, int(last)) if last.isdecimal() and int(last) < len(tree) else (None, None)
    return (tree, last) if isinstance(tree, dict) else (None, None)


def _nothing(_place: Any, _last: Any) -> None:
    """An unknown command."""


def _add(place: Any, last: Any) -> None:
    """A row to a list; a comparison to a group."""
    if last == "tiers":
        tiers = place.setdefault("tiers", [])
        codes = {tier.get("code") for tier in tiers}
        code = next(f"N{n}" for n in range(1, len(tiers) + 2) if f"N{n}" not in codes)
        tiers.insert(0, {"code": code, "name": "", "name_en": "", "colour": "5", "entry": REST, "service_hours": "0"})
    elif last in _NEW:
        place.setdefault(last, []).append(deepcopy(_NEW[last]))
    elif isinstance(place[last] if isinstance(place, list) else place.get(last), dict):
        place[last].setdefault("parts", []).append(deepcopy(_LEAF))


def _add_group(place: Any, last: Any) -> None:
    place[last].setdefault("parts", []).append({"group": "all", "parts": [deepcopy(_LEAF)]})


def _group(place: Any, last: Any) -> None:
    """Put a condition into a group of its own, so that more can stand beside it."""
    place[last] = {"group": "all", "parts": [place.get(last) if isinstance(place, dict) else place[last]]}
    place[last]["parts"] = [part or deepcopy(_LEAF) for part in place[last]["parts"]]


def _ungroup(place: Any, last: Any) -> None:
    """Let the only part of a group take its place."""
    parts = place[last].get("parts") or []
    if len(parts) == 1:
        place[last] = parts[0]


def _limit(place: Any, last: Any) -> None:
    """Let a condition say whom a line is about."""
    place[last] = deepcopy(_LEAF)


def _unlimit(place: Any, last: Any) -> None:
    place[last] = {}


def _remove(place: Any, last: Any) -> None:
    if isinstance(place, list):
        del place[last]


def _up(place: Any, last: Any) -> None:
    if isinstance(place, list) and last > 0:
        place[last - 1], place[last] = place[last], place[last - 1]


def _down(place: Any, last: Any) -> None:
    if isinstance(place, list) and last + 1 < len(place):
        place[last + 1], place[last] = place[last], place[last + 1]


_VERBS = {
    "add": _add,
    "add-group": _add_group,
    "group": _group,
    "ungroup": _ungroup,
    "limit": _limit,
    "unlimit": _unlimit,
    "remove": _remove,
    "up": _up,
    "down": _down,
}
