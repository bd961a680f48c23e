"""The customers of a scheme that is not primary, by tier: what the figures of its page lead to."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.customers.models import Customer
from keheng.customers.privacy.exports import CustomerRows
from keheng.org.acting import acting
from keheng.tiering import queries
from keheng.tiering.filters import MemberFilter
from keheng.tiering.models import Scheme, Standing
from keheng.tiering.permissions import VIEW
from keheng.tiering.tables import MemberTable
from keheng.ui.lists import EmptyState


class MemberList(CustomerRows):
    permission = VIEW
    key = "tier-members"
    title = gettext_lazy("Customers of the scheme")
    unit = pgettext_lazy("measure word for customers", "customers")
    table_class = MemberTable
    filterset_class = MemberFilter
    default_sort = "-aum"
    template_name = "tiering/members.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.scheme = get_object_or_404(Scheme, code=kwargs["code"])
        request.tier_scheme = self.scheme  # type: ignore[attr-defined]

    def get_queryset(self) -> QuerySet[Customer]:
        standing = Standing.objects.filter(scheme=self.scheme)
        return Customer.objects.visible_to(acting(self.request)).filter(pk__in=standing.values("customer_id"))

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("branch", "owner__role")

    def decorate(self, rows: list[Any]) -> list[Any]:
        return queries.standings_in_words(rows, self.scheme)

    def row_url(self, record: Any) -> str:
        return reverse("customer", args=[record.pk])

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("Nobody has been sorted by this scheme yet"),
            _("Start an evaluation on its page."),
            "stairs-up",
            _("To the scheme"),
            reverse("tiering-scheme", args=[self.scheme.code]),
        )
