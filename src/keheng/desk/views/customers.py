"""The customer list."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.common import clock
from keheng.customers.models import Customer
from keheng.customers.policies import needs_approval
from keheng.customers.queries.rules import confidentiality_rules
from keheng.desk.filters import DeskCustomerFilter
from keheng.desk.queries.rows import add_details
from keheng.desk.tables import CustomerTable
from keheng.org.acting import acting
from keheng.ui.lists import EmptyState, ListView, PageAction, PresetView


class CustomerList(ListView):
    """Every customer that the reader's scope lets them see, the largest first."""

    permission = "customers.view"
    export_permission = "customers.export"
    key = "customers"
    title = gettext_lazy("Customers")
    unit = pgettext_lazy("measure word for customers", "customers")
    table_class = CustomerTable
    filterset_class = DeskCustomerFilter
    default_sort = "-aum"
    all_label = gettext_lazy("All customers")
    search_hint = gettext_lazy("Name, pinyin, initials, customer number, last 4 digits")
    preset_views = (
        PresetView(gettext_lazy("Companies"), "kind=company"),
        PresetView(gettext_lazy("200k and above"), "aum_min=20"),
        PresetView(gettext_lazy("Without a manager"), "owner=none&aum_min=20"),
    )

    def get_queryset(self) -> QuerySet[Customer]:
        return Customer.objects.visible_to(acting(self.request))

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("branch", "owner")

    def decorate(self, rows: list[Any]) -> list[Any]:
        return list(add_details(rows, acting(self.request), clock.today()))

    def detour(self, rows: int) -> str:
        if not needs_approval(confidentiality_rules().exports, rows=rows, personal=False):
            return ""
        return f"{reverse('archive:export-new', args=[self.key])}?{self._state.query}"

    def row_url(self, record: Customer) -> str:
        return reverse("customer", args=[record.pk])

    def page_actions(self) -> Sequence[PageAction]:
        staff, actions = acting(self.request), []
        if staff.can("ingest.run"):
            actions.append(PageAction(_("Import"), reverse("ingest:new"), "upload"))
        if staff.can("customers.edit"):
            actions.append(PageAction(_("New customer"), reverse("archive:new"), "user-plus", primary=True))
        return actions

    def empty_state(self) -> EmptyState:
        if acting(self.request).can("ingest.run"):
            return EmptyState(
                _("No customer yet"),
                _("Take customers in from a file of the core system."),
                "users",
                _("Import customers"),
                reverse("ingest:new"),
            )
        return EmptyState(
            _("No customer is yours yet"),
            _("Customers appear here when they are assigned to you; ask the head of your outlet."),
            "users",
        )
