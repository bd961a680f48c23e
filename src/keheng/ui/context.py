"""What the base page needs on every request."""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property

from keheng.ui.navigation import Link, Navigation
from keheng.ui.tools import BoundTool, tools


class Frame:
    """The frame around a page; worked out only when a template asks (fragments do not)."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def _pages(self) -> Navigation:
        return Navigation(self._request)

    @cached_property
    def navigation(self) -> list[tuple[Any, list[Link]]]:
        return self._pages.links

    @cached_property
    def strip(self) -> list[Link]:
        return self._pages.strip

    @cached_property
    def tools(self) -> list[BoundTool]:
        return tools(self._request)

    @property
    def is_counted(self) -> bool:
        """Has any page of the navigation a counter?"""
        return any(link.counter_id for _label, members in self.navigation for link in members)

    @property
    def theme(self) -> str:
        return "dark" if self._request.COOKIES.get("theme") == "dark" else "light"

    @property
    def nav_narrow(self) -> bool:
        return self._request.COOKIES.get("nav") == "narrow"

    @property
    def signed_in(self) -> bool:
        user = getattr(self._request, "user", None)
        return user is not None and user.is_authenticated

    @property
    def layout(self) -> str:
        """The template that error pages stand in."""
        return "ui/base.html" if self.signed_in else "ui/entrance.html"

    @cached_property
    def search_url(self) -> str:
        """Where the search box asks; empty where no module offers it."""
        try:
            return reverse("search")
        except NoReverseMatch:
            return ""


def frame(request: HttpRequest) -> dict[str, object]:
    """Navigation, theme and search of the base page."""
    return {"frame": Frame(request)}
