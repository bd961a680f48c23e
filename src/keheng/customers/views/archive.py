"""Opening an archive by hand."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.common import clock
from keheng.customers import operations, permissions
from keheng.customers.enums import CustomerKind
from keheng.customers.forms import NewCustomerForm
from keheng.customers.models import Customer
from keheng.org.acting import acting
from keheng.ui.forms import carry_out
from keheng.ui.views import PermissionMixin


class NewCustomer(PermissionMixin):
    """A form for a customer whom no feed has brought; ``?kind=company`` for a company."""

    permission = permissions.EDIT

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, NewCustomerForm(kind=_kind(request), actor=acting(request)))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NewCustomerForm(request.POST, kind=_kind(request), actor=acting(request))
        if form.is_valid():
            given = {**form.values(), "actor": acting(request), "at": clock.now()}
            customer = carry_out(form, lambda: operations.create_customer(**given))
            if customer is not None:
                messages.success(request, _("The archive of %(name)s has been opened.") % {"name": customer.name})
                return _to(request, customer)
        return self._page(request, form)

    def _page(self, request: HttpRequest, form: NewCustomerForm) -> HttpResponse:
        context = {"form": form, "kind": form.kind, "kinds": CustomerKind.choices, "back_url": reverse("customers")}
        return render(request, "customers/form.html", context)


def _kind(request: HttpRequest) -> CustomerKind:
    wanted = request.GET.get("kind", "")
    return CustomerKind(wanted) if wanted in CustomerKind.values else CustomerKind.PERSON


def _to(request: HttpRequest, customer: Customer) -> HttpResponse:
    """To the customer's page, or to the list where the new customer lies outside the reader's scope."""
    if permissions.can_view(acting(request), customer):
        return redirect("customer", customer.pk)
    return redirect("customers")
