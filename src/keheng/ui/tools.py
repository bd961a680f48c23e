"""What modules add to the top bar: a small template each, with a context of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True)
class Tool:
    """One thing in the top bar; ``context(request)`` is what its template finds as ``tool``."""

    key: str
    template: str
    context: Callable[[HttpRequest], Mapping[str, Any]]
    order: int = 100


@dataclass(frozen=True)
class BoundTool:
    """A tool as one page shows it."""

    template: str
    context: Mapping[str, Any]


_tools: dict[str, Tool] = {}


def register(tool: Tool) -> None:
    """Add a tool; the same key again replaces it. A module does so in its ``navigation.py``."""
    _tools[tool.key] = tool


def tools(request: HttpRequest) -> list[BoundTool]:
    """The tools in their order, for one request."""
    ordered = sorted(_tools.values(), key=lambda tool: tool.order)
    return [BoundTool(tool.template, tool.context(request)) for tool in ordered]
