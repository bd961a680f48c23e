"""The customers of a scheme that is not primary, by tier: what the figures of its page lead to."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keheng.customers.models import Customer
from keheng.org.acting import acting
from keheng.tiering.filters.customers import MemberFilter
from keheng.tiering.models import Standing
from keheng.tiering.tables.customers import MemberTable
from keheng.tiering.views.rows import SchemeCustomers
from keheng.ui.lists import EmptyState


class MemberList(SchemeCustomers):
    key = "tier-members"
    title = gettext_lazy("Customers of the scheme")
    table_class = MemberTable
    filterset_class = MemberFilter
    template_name = "tiering/members.html"

    def get_queryset(self) -> QuerySet[Customer]:
        standing = Standing.objects.filter(scheme=self.scheme)
        return Customer.objects.visible_to(acting(self.request)).filter(pk__in=standing.values("customer_id"))

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("Nobody has been sorted by this scheme yet"),
            _("Start an evaluation on its page."),
            "stairs-up",
            _("To the scheme"),
            reverse("tiering-scheme", args=[self.scheme.code]),
        )
