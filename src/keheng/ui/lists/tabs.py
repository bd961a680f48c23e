"""Views of a list as tabs: which one the address shows at present."""

from collections.abc import Callable, Iterable

from django.http import QueryDict

from keheng.ui.lists.parts import Tab

type View = tuple[str, str, int | None]
"""Label, state as the end of an address, and the number of a view that a person has saved."""


def bound_tabs(views: Iterable[View], path: str, query: str, count_of: Callable[[str], str]) -> list[Tab]:
    """The views as tabs of the list at ``path``; the one whose state is ``query`` is active."""
    here = _comparable(query)
    return [
        Tab(
            label=label,
            url=f"{path}?{state}" if state else path,
            active=_comparable(state) == here,
            saved_id=saved_id,
            count=count_of(state),
        )
        for label, state, saved_id in views
    ]


def _comparable(query: str) -> list[tuple[str, str]]:
    """A state for comparison: without the page size and empty values, in a fixed order."""
    return sorted(
        (name, value)
        for name, values in QueryDict(query).lists()
        if name != "size"
        for value in values
        if isinstance(value, str) and value
    )
