"""What the tabs and side panels of a customer share: the customer, and who may read and edit."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render

from keheng.customers import permissions
from keheng.customers.models import Customer
from keheng.org.acting import acting
from keheng.ui.views import PermissionMixin, SideForm


def customer_of(request: HttpRequest, pk: int) -> Customer:
    """The customer, if the reader's scope lets them see it; else the page is not found."""
    visible = Customer.objects.visible_to(acting(request)).select_related("branch", "owner", "company")
    return get_object_or_404(visible, pk=pk)


class ArchiveTab(PermissionMixin):
    """A tab of the customer page. What the level closes to the reader says so and shows nothing else.

    Attributes:
        field: what of the field catalogue the tab shows.
    """

    permission = permissions.VIEW
    template_name: ClassVar[str]
    field: ClassVar[str]
    closed_template: ClassVar[str] = "customers/closed_tab.html"

    def context(self, customer: Customer) -> dict[str, Any]:
        """What the tab shows."""
        raise NotImplementedError

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer, reader = customer_of(request, pk), acting(request)
        if not permissions.can_see(reader, customer, self.field):
            return render(request, self.closed_template)
        may = {
            "may_edit": permissions.can_edit(reader, customer),
            "refusal": permissions.why_not_reveal(reader, customer),
        }
        return render(request, self.template_name, {"customer": customer, **may, **self.context(customer)})


class ArchiveSide(SideForm):
    """A form in the side panel about one customer; opens for those who may edit the archive."""

    permission = permissions.EDIT
    customer: Customer

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.customer = customer_of(request, kwargs["pk"])
            permissions.check_edit(acting(request), self.customer)
            self.prepare()
        return super().dispatch(request, *args, **kwargs)

    def prepare(self) -> None:
        """Find what the form is about, once the customer is known."""
