"""The tab at the customer: events they were invited to, and whether they are invited at all."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy

from keheng.customers.models import Customer
from keheng.org.acting import acting
from keheng.outreach import permissions
from keheng.outreach.enums import GuestState
from keheng.outreach.forms import KeepOutForm
from keheng.outreach.models import Guest, KeptOut
from keheng.outreach.operations.inviting import keep_out
from keheng.outreach.queries.rules import rules_in_force
from keheng.outreach.views.event import GUEST_TONES
from keheng.ui.views import PermissionMixin, SideForm

_SHOWN = 50


def _customer(request: HttpRequest, pk: int) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(acting(request)), pk=pk)


class CustomerTab(PermissionMixin):
    permission = permissions.VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer, rules = _customer(request, pk), rules_in_force().rules
        guests = Guest.objects.filter(customer=customer).exclude(state=GuestState.DROPPED)
        rows = [
            (guest, rules.name_of(guest.event.kind), GUEST_TONES.get(GuestState(guest.state), ""))
            for guest in guests.select_related("event__branch", "inviter").order_by("-event__starts_at")[:_SHOWN]
        ]
        context = {
            "customer": customer,
            "rows": rows,
            "kept_out": KeptOut.objects.filter(customer=customer).select_related("noted_by").first(),
            "may_change": acting(request).can(permissions.INVITE),
        }
        return render(request, "outreach/customer_tab.html", context)


class KeepOut(SideForm):
    permission = permissions.INVITE
    heading = gettext_lazy("Invitations to events")
    submit = gettext_lazy("Save")
    done = gettext_lazy("Noted.")

    def make_form(self, *data: Any) -> KeepOutForm:
        kept = KeptOut.objects.filter(customer=_customer(self.request, self.kwargs["pk"])).first()
        return KeepOutForm(data[0] if data else None, initial={"reason": kept.reason if kept else ""})

    def carry_out(self, form: Any, **given: Any) -> Any:
        customer = _customer(self.request, self.kwargs["pk"])
        keep_out(customer=customer, reason=form.cleaned_data["reason"], **given)
