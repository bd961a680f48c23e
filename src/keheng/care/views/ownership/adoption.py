"""Adoption 领养: the market of free customers."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.care.operations.adopting import adopt
from keheng.care.permissions import ownership as permissions
from keheng.care.queries.adoption import market, taken
from keheng.care.queries.assignment import rules_in_force
from keheng.care.views.ownership.pool import PoolFilter, PoolTable, add_tiers
from keheng.common import clock
from keheng.customers.models import Customer
from keheng.org.acting import acting
from keheng.ui.lists import (
    BulkAction,
    EmptyState,
    ListView,
)
from keheng.ui.views import PermissionMixin

_MOST_AT_ONCE = 30


class Market(ListView):
    """领养: free customers of my branch whose tier is open for adoption."""

    permission = permissions.ADOPT
    key = "care-market"
    title = gettext_lazy("Adoption")
    unit = pgettext_lazy("measure word for customers", "customers")
    table_class = PoolTable
    filterset_class = PoolFilter
    default_sort = "-aum"
    bulk_actions = (BulkAction(gettext_lazy("Adopt"), "care:adopt", "heart-handshake"),)

    def get_queryset(self) -> "QuerySet[Customer]":
        return market(acting(self.request))

    def row_queryset(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return queryset.select_related("branch")

    def decorate(self, rows: list[Any]) -> list[Any]:
        return add_tiers(rows)

    def row_url(self, record: Any) -> str:
        visible = self.__dict__.setdefault("_scope", acting(self.request).scope)
        return reverse("customer", args=[record.pk]) if visible != "own" else ""

    def sub(self, total: Any) -> str:
        held, month = taken(acting(self.request), clock.now())
        caps = rules_in_force().rules.adoption
        return _("%(total)s free · I have adopted %(held)d of %(most)d, %(month)d of %(monthly)d this month") % {
            "total": total,
            "held": held,
            "most": caps.most,
            "month": month,
            "monthly": caps.most_a_month,
        }

    def empty_state(self) -> EmptyState:
        return EmptyState(_("Nobody is free for adoption at your branch"), icon="heart-handshake")


class Adopt(PermissionMixin):
    """Adopt the ticked customers, each by itself: what is refused is told, what exceeds the cap asks for a reason."""

    permission = permissions.ADOPT

    def post(self, request: HttpRequest) -> HttpResponse:
        actor, at, reason = acting(request), clock.now(), request.POST.get("reason", "")
        chosen = list(Market.selection(request)[: _MOST_AT_ONCE + 1])
        if not chosen:
            messages.error(request, _("These customers are no longer free: somebody was first."))
            return redirect("care:market")
        if len(chosen) > _MOST_AT_ONCE:
            messages.error(request, _("Adopt %(most)d customers at a time at most.") % {"most": _MOST_AT_ONCE})
            return redirect("care:market")
        mine, asked, beyond = 0, 0, []
        for customer in chosen:
            try:
                done = adopt(customer=customer, reason=reason, actor=actor, at=at)
                asked += done.request is not None
                mine += done.request is None
            except ValidationError as error:
                if hasattr(error, "error_dict") and "reason" in error.error_dict:
                    beyond.append(customer)
                    continue
                messages.error(request, f"{customer.name}：{' '.join(error.messages)}")
        if mine:
            messages.success(
                request, _("%(count)d customers are yours now: contact each of them soon.") % {"count": mine}
            )
        if asked:
            messages.info(request, _("%(count)d adoptions wait for approval.") % {"count": asked})
        if beyond:
            caps = rules_in_force().rules.adoption
            return render(request, "care/ownership/beyond.html", {"customers": beyond, "caps": caps})
        return redirect("care:market")
