"""What the lists of the module share: customers of a scheme, and rows that are about a customer."""

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import pgettext_lazy

from keheng.customers.privacy.exports import CustomerRows
from keheng.org.acting import acting
from keheng.tiering import queries
from keheng.tiering.models import Scheme
from keheng.tiering.permissions import VIEW
from keheng.ui.lists import PresetView

MADE = (
    PresetView(pgettext_lazy("tier move", "Up"), "direction=up"),
    PresetView(pgettext_lazy("tier move", "Down"), "direction=down"),
    PresetView(pgettext_lazy("tier move", "New"), "direction=new"),
)
"""The ways of moves as views of a list."""


class SchemeCustomers(CustomerRows):
    """Customers, each with the tier in the scheme of the address."""

    permission = VIEW
    unit = pgettext_lazy("measure word for customers", "customers")
    default_sort = "-aum"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.scheme = get_object_or_404(Scheme, code=kwargs["code"])
        request.tier_scheme = self.scheme  # type: ignore[attr-defined]

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("branch", "owner__role")

    def decorate(self, rows: list[Any]) -> list[Any]:
        return queries.standings_in_words(rows, self.scheme)

    def row_url(self, record: Any) -> str:
        return reverse("customer", args=[record.pk])


class AboutCustomers(CustomerRows):
    """Rows that are about a customer: a move, a proposal, a protection; each leads to the customer."""

    permission = VIEW
    unit = pgettext_lazy("measure word for moves", "moves")
    beside: ClassVar[tuple[str, ...]] = ()
    """What else a row shows of other tables."""

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("customer__branch", "customer__owner__role", *self.beside)

    def row_url(self, record: Any) -> str:
        return reverse("customer", args=[record.customer_id])


class OfAnyScheme(AboutCustomers):
    """The rows of the scheme that the address names, or of all."""

    model: ClassVar[type[Model]]
    beside: ClassVar[tuple[str, ...]] = ("scheme",)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.scheme = get_object_or_404(Scheme, code=kwargs["code"]) if "code" in kwargs else None
        request.tier_scheme = self.scheme or queries.primary_scheme("person")  # type: ignore[attr-defined]

    def get_queryset(self) -> QuerySet[Any]:
        visible: QuerySet[Any] = self.model._default_manager.visible_to(acting(self.request))  # type: ignore[attr-defined]
        return visible.filter(scheme=self.scheme) if self.scheme else visible
