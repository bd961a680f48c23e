"""The customer list."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.care.views.ownership.pool import Choose
from keheng.common import clock
from keheng.customers.models import Customer
from keheng.customers.privacy.exports import CustomerRows
from keheng.desk.filters import DeskCustomerFilter
from keheng.desk.queries.rows import add_details, add_whole_values
from keheng.desk.tables import CustomerTable, WholeCustomerTable
from keheng.org.acting import acting
from keheng.ui.lists import BulkAction, EmptyState, PageAction, PresetView


class CustomerList(CustomerRows):
    """Every customer that the reader's scope lets them see, the largest first."""

    permission = "customers.view"
    key = "customers"
    title = gettext_lazy("Customers")
    unit = pgettext_lazy("measure word for customers", "customers")
    table_class = CustomerTable
    filterset_class = DeskCustomerFilter
    default_sort = "-aum"
    all_label = gettext_lazy("All customers")
    summed = (gettext_lazy("AUM"), "aum")
    whole_columns = ("whole_phone", "document")
    search_hint = gettext_lazy("Name, pinyin, initials, customer number, last 4 digits")
    usual_filters = ("tier", "kind", "aum", "branch", "owner", "risk", "birthday")
    bulk_actions = (
        BulkAction(gettext_lazy("Log a contact"), "customers-log", "message-plus", "care.log"),
        BulkAction(gettext_lazy("Assign or hand over …"), "customers-choose", "user-plus", "care.assign"),
    )
    preset_views = (
        PresetView(gettext_lazy("Companies"), "kind=company"),
        PresetView(gettext_lazy("200k and above"), "aum_min=20"),
        PresetView(gettext_lazy("200k and above without a manager"), "owner=none&aum_min=20"),
        PresetView(gettext_lazy("Effective only"), "is_effective=true"),
    )

    @classmethod
    def with_whole_values(cls) -> type[CustomerRows]:
        return WholeCustomerList

    def get_queryset(self) -> QuerySet[Customer]:
        return Customer.objects.visible_to(acting(self.request))

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("branch", "owner")

    def decorate(self, rows: list[Any]) -> list[Any]:
        return list(add_details(rows, acting(self.request), clock.today()))

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


class WholeCustomerList(CustomerList):
    """The list with document and phone whole, as far as the reader could have each shown; only ever a file."""

    table_class = WholeCustomerTable

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return super().row_queryset(queryset).defer(None)

    def decorate(self, rows: list[Any]) -> list[Any]:
        found = super().decorate(rows)
        add_whole_values(found, acting(self.request))
        return found


class ChooseCustomers(Choose):
    """Take the ticked customers to the page on which they are assigned or handed over."""

    def chosen(self, request: HttpRequest) -> QuerySet[Customer]:
        return CustomerList.selection(request)
