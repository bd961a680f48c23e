"""The state of a list as its address holds it: page, size, sorting, filters. Nonsense falls back to the default."""

import base64
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from django.http import QueryDict

from keheng.common.crypto import UnreadableValue
from keheng.common.keys import key_ring

PAGE_SIZES = (20, 50, 100)
SEARCH, SEALED = "q", "found"
"""What is searched for in the clear, and what stands in the address instead where it may be somebody's number."""

_PURPOSE = "ui.search"
_NUMBER_OR_ITS_END = re.compile(r"(\d\D*){4}|(\d\D*){3}[Xx]")  # of documents the end may be three digits and X
_OF_FORM = ("action", "csrfmiddlewaretoken")
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

    @cached_property
    def query(self) -> str:
        """The state without the page, as the end of an address."""
        return self.parameters.urlencode()

    @property
    def is_filtered(self) -> bool:
        return any(name not in _OWN for name in self.parameters)

    def url(self, drop: tuple[str, ...] = (), **changes: str | int) -> str:
        """The address of this list with some parameters changed or dropped; it starts again on page 1."""
        if not drop and not changes:
            return f"?{self.query}"
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


def may_be_personal(text: str) -> bool:
    """May the text be a telephone, a document or account number or its last four characters, or an e-mail address? Such
    never stands in an address, where logs, histories and proxies keep it (A15)."""
    plain = unicodedata.normalize("NFKC", text)
    return "@" in plain or _NUMBER_OR_ITS_END.search(plain) is not None


def asked_for(posted: QueryDict) -> QueryDict:
    """What the form of a list asks for, without what is empty and what only makes it a form."""
    asked = posted.copy()
    for name in [name for name, values in asked.lists() if name in _OF_FORM or not any(values)]:
        del asked[name]
    return asked


def sealed(query: QueryDict) -> QueryDict:
    """The parameters as an address may hold them: what is searched for is encrypted where it may be personal."""
    text = query.get(SEARCH, "")
    if not may_be_personal(text):
        return query
    safe = query.copy()
    del safe[SEARCH]
    safe[SEALED] = base64.urlsafe_b64encode(key_ring().encrypt(text, _PURPOSE)).decode().rstrip("=")
    return safe


def opened(query: QueryDict) -> QueryDict:
    """The parameters with what is searched for in the clear; a token that is none of ours finds nothing."""
    token = query.get(SEALED)
    if not token:
        return query
    clear = query.copy()
    del clear[SEALED]
    try:
        clear[SEARCH] = key_ring().decrypt(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)), _PURPOSE)
    except (UnreadableValue, ValueError):
        clear[SEARCH] = token  # nobody is called so
    return clear
