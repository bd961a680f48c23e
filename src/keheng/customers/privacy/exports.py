"""Lists whose rows belong to customers: a few masked rows leave at once, others are asked for (A15). One way for all.

A list takes part by standing on :class:`CustomerRows`. What is asked for is its address: the worker opens the list
there as the requester sees it in that moment, and writes what it holds.
"""

from typing import ClassVar
from urllib.parse import urlencode, urlsplit

from django.core.exceptions import PermissionDenied
from django.urls import Resolver404, resolve, reverse

from keheng.customers.permissions import EXPORT
from keheng.customers.policies import needs_approval
from keheng.customers.queries.rules import confidentiality_rules
from keheng.org.models import Staff
from keheng.ui.lists import ListView

LIST = "list"
"""The parameter that names the list; the others are the state of the list."""


class UnknownListError(LookupError):
    """There is no list whose rows may leave at this address."""


class CustomerRows(ListView):
    """A list of customers, or of rows that belong to one each.

    Attributes:
        whole_columns: columns of sealed values that :meth:`with_whole_values` adds.
    """

    export_permission = EXPORT
    whole_columns: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def with_whole_values(cls) -> "type[CustomerRows]":
        """The list with sealed values whole, where it has them, as far as the reader could have each shown."""
        return cls

    def detour(self, rows: int) -> str:
        if not needs_approval(confidentiality_rules().exports, rows=rows, personal=False):
            return ""
        query = self._state.query
        return f"{reverse('archive:export-new')}?{urlencode({LIST: self.request.path})}{'&' if query else ''}{query}"


def list_at(address: str, reader: Staff, *, personal: bool = False) -> CustomerRows:
    """The list at an address (``/customers/?kind=person``) as the reader sees it, with whole values if asked for.

    Raises:
        UnknownListError: no list there, or none with such values.
        PermissionDenied: the reader may not open it or take its rows out.
    """
    parts = urlsplit(address)
    try:
        match = resolve(parts.path)
    except Resolver404 as error:
        raise UnknownListError(parts.path) from error
    view_class = getattr(match.func, "view_class", None)
    if not (isinstance(view_class, type) and issubclass(view_class, CustomerRows)):
        raise UnknownListError(parts.path)
    if not all(reader.can(needed) for needed in (view_class.permission, view_class.export_permission) if needed):
        raise PermissionDenied
    if personal:
        if not view_class.whole_columns:
            raise UnknownListError(parts.path)
        view_class = view_class.with_whole_values()
    return view_class.for_user(reader, parts.query, **match.kwargs)
