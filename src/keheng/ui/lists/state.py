"""The state of a list as its address holds it: page, size, sorting, filters. Nonsense falls back to the default."""

from dataclasses import dataclass

from django.http import QueryDict

PAGE_SIZES = (20, 50, 100)
_OWN = ("page", "size", "sort", "part", "format")
_HIGHEST_PAGE = 10_000_000


@dataclass(frozen=True)
class ListState:
    """What the address asks for.

    Attributes:
        parameters: all of the address that makes up a view: filters, sorting and size, without the page.
    """

    page: int
    size: int
    sort: str
    parameters: QueryDict

    @classmethod
    def of(cls, query: QueryDict) -> "ListState":
        parameters = query.copy()
        for name in ("page", "part", "format"):
            parameters.pop(name, None)
        for name in [name for name, values in parameters.lists() if not any(values)]:
            del parameters[name]
        size = _whole(query.get("size"), PAGE_SIZES[0])
        return cls(
            page=min(max(_whole(query.get("page"), 1), 1), _HIGHEST_PAGE),
            size=size if size in PAGE_SIZES else PAGE_SIZES[0],
            sort=query.get("sort", "").strip(),
            parameters=parameters,
        )

    @property
    def query(self) -> str:
        """The state without the page, as the end of an address."""
        return self.parameters.urlencode()

    @property
    def is_filtered(self) -> bool:
        return any(name not in _OWN for name in self.parameters)

    def url(self, drop: tuple[str, ...] = (), **changes: str | int) -> str:
        """The address of this list with some parameters changed or dropped; it starts again on page 1."""
        parameters = self.parameters.copy()
        for name in drop:
            parameters.pop(name, None)
        for name, value in changes.items():
            parameters[name] = str(value)
        return f"?{parameters.urlencode()}" if parameters else "?"


def _whole(text: str | None, default: int) -> int:
    try:
        return int(text or default)
    except ValueError:
        return default
