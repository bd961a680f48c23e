"""The customer list as the worker writes it to a file."""

from typing import Any

from django.db.models import QuerySet

from keheng.customers.privacy.exports import Order, State, Written
from keheng.customers.queries.rules import confidentiality_rules
from keheng.desk.queries.rows import add_whole_values
from keheng.desk.tables import WholeCustomerTable
from keheng.desk.views.customers import CustomerList
from keheng.org.acting import acting
from keheng.org.models import Staff

_WHOLE = ("whole_phone", "document")


class WholeCustomerList(CustomerList):
    """The list with document and phone whole, as far as the reader could have each shown."""

    table_class = WholeCustomerTable

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return super().row_queryset(queryset).defer(None)

    def decorate(self, rows: list[Any]) -> list[Any]:
        found = super().decorate(rows)
        add_whole_values(found, acting(self.request))
        return found


def state(staff: Staff, query: str) -> State:
    """What an export of the customer list would hold now."""
    view = CustomerList.for_user(staff, query)
    limit = confidentiality_rules().exports.most_rows
    return State(view.filters_in_words, view.shown_columns, view.count_up_to(limit))


def write(order: Order) -> Written:
    """The workbook of an order; the scope is that of the requester in this moment."""
    limit = confidentiality_rules().exports.most_rows
    view_class = WholeCustomerList if order.personal else CustomerList
    columns = [*order.columns, *(_WHOLE if order.personal else ())]
    view = view_class.for_user(order.requester, order.query)
    return Written(*view.workbook(columns, limit, order.watermark))
