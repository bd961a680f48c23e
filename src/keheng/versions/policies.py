"""Where two versions of rules differ. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any

_LONGEST = 200


def differences(before: Any, after: Any) -> list[str]:
    """The places that differ, in their order: ``matrix.contact.2.ordinary: 1 → 2``.

    Rows of a list are told apart by their ``code``, else by their place.
    """
    return sorted(_differences(before, after, ""))


def _differences(before: Any, after: Any, path: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before.keys() | after.keys():
            yield from _differences(before.get(key), after.get(key), f"{path}.{key}")
    elif _are_rows(before) and _are_rows(after) and (before or after):
        yield from _differences(_by_name(before), _by_name(after), path)
    elif before != after:
        yield f"{path.lstrip('.')}: {before} → {after}"[:_LONGEST]


def _are_rows(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _by_name(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {str(row.get("code", place)): row for place, row in enumerate(rows)}
