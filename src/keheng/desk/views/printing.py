"""An archive on paper: what the reader may see of it, masked as on the page, with the reader's name on every sheet."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from keheng.audit.operations import record
from keheng.common import clock
from keheng.customers.enums import Disclosure
from keheng.customers.models import ContactPoint, Customer
from keheng.customers.permissions import disclosure
from keheng.customers.queries.archive import archive_of
from keheng.customers.values.masks import masked_contact
from keheng.desk.queries.rows import add_tiers
from keheng.desk.views.customer import visible_customer
from keheng.org.acting import acting
from keheng.org.models import Staff
from keheng.ui.views import PermissionMixin


class PrintCustomer(PermissionMixin):
    """Every field that the confidentiality rules show the reader; sealed values stay masked on paper."""

    permission = "customers.view"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer, reader, at = visible_customer(request, pk), acting(request), clock.now()
        add_tiers([customer])
        record("customers.print", actor=reader, at=at, target=customer)
        context = {"customer": customer, "sections": _sections(customer, reader), "points": _points(customer, reader)}
        return render(request, "desk/customer_print.html", context)


def _sections(customer: Customer, reader: Staff) -> list[tuple[Any, list[tuple[str, str]]]]:
    """The sections of the archive with what the reader may see of their fields; empty ones are left out."""
    found = []
    for section, fields in archive_of(customer).sections(lambda code: disclosure(reader, customer, code)):
        rows = [(shown.label, shown.text) for shown in fields if shown.text]
        if rows:
            found.append((section.label, rows))
    return found


def _points(customer: Customer, reader: Staff) -> list[tuple[str, str]]:
    if disclosure(reader, customer, "contact") == Disclosure.HIDDEN:
        return []
    points = ContactPoint.objects.filter(customer=customer).order_by("-is_primary", "kind", "pk")
    return [(str(point.get_kind_display()), masked_contact(point)) for point in points]
