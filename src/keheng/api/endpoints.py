"""How a module adds to the interface: :class:`Endpoints`, in its ``api.py``."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext as _
from ninja import Router

from keheng.ui.permission_names import name_of
from keheng.ui.views import require

type Text = str | Promise
type View = Callable[..., Any]


class Endpoints:
    """The endpoints of one topic. Each names the permission it needs and says in a few words what it does.

        endpoints = Endpoints(gettext_lazy("Customers"))

        @endpoints.get("/{int:pk}", permission="customers.view", summary=gettext_lazy("One archive"), response=Archive)
        def archive(request: HttpRequest, pk: int) -> Archive: …

    A view makes one call to an operation or a query; what these raise becomes the answer (``problems``).
    """

    def __init__(self, topic: Text) -> None:
        self.router = Router(tags=[cast(str, topic)])
        self.permissions: dict[str, str] = {}

    def get(self, path: str, *, permission: str, summary: Text, response: Any) -> Callable[[View], View]:
        """Add a read."""
        return self._add("GET", path, permission, summary, {200: response})

    def post(
        self, path: str, *, permission: str, summary: Text, response: Any, status: int = 200
    ) -> Callable[[View], View]:
        """Add a write, or a read whose question holds personal values and must not stand in an address."""
        return self._add("POST", path, permission, summary, {status: response})

    def put(self, path: str, *, permission: str, summary: Text, response: Any) -> Callable[[View], View]:
        """Add a write that replaces."""
        return self._add("PUT", path, permission, summary, {200: response})

    def patch(self, path: str, *, permission: str, summary: Text, response: Any) -> Callable[[View], View]:
        """Add a write that changes the fields that are sent."""
        return self._add("PATCH", path, permission, summary, {200: response})

    def delete(self, path: str, *, permission: str, summary: Text) -> Callable[[View], View]:
        """Add a removal; it answers 204 without a body."""
        return self._add("DELETE", path, permission, summary, {204: None})

    def _add(
        self, method: str, path: str, permission: str, summary: Text, responses: dict[int, Any]
    ) -> Callable[[View], View]:
        def add(view: View) -> View:
            @wraps(view)
            def permitted(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
                require(request, permission)
                return view(request, *args, **kwargs)

            self.permissions[view.__name__] = permission
            self.router.api_operation(
                [method],
                path,
                response=responses,
                summary=cast(str, summary),
                description=_need_lazy(permission),
                openapi_extra={"x-permission": permission},
            )(permitted)
            return view

        return add


def _need(permission: str) -> str:
    """The line that names a permission, in the reader's language."""
    return _("Needs the right “%(name)s” (%(code)s).") % {"name": name_of(permission), "code": permission}


_need_lazy = lazy(_need, str)
