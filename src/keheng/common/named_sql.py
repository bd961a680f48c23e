"""SQL with named values inside an expression of the ORM, which takes positional ones."""

from collections.abc import Mapping
from typing import Any


def positional(sql: str, params: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """``%(name)s`` as ``%s``, and the values in their order, a value as often as it is named."""
    names: list[str] = []

    class _Names(dict[str, str]):
        def __missing__(self, name: str) -> str:
            names.append(name)
            return "%s"

    return sql % _Names(), [params[name] for name in names]
