"""The tab 沟通记录 at a customer, and putting right what stands there."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views import View

from keheng.care.forms.contacts import CorrectForm, WithdrawForm
from keheng.care.models import CareProfile, Contact
from keheng.care.operations.contacts import correct_contact, withdraw_contact
from keheng.care.permissions import contacts as permissions
from keheng.care.queries.contacts import duties_of, rows_of
from keheng.common import clock
from keheng.customers.models import Customer
from keheng.customers.permissions.archive import can_reveal
from keheng.org.acting import acting
from keheng.ui.views import PermissionMixin, SideForm

MOST = 100


class ContactsTab(PermissionMixin, View):
    """The contacts of a customer, the newest first; found by words of the note, which never stand in an address."""

    permission = permissions.VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._tab(request, pk, "")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._tab(request, pk, request.POST.get("words", "").strip())

    def _tab(self, request: HttpRequest, pk: int, words: str) -> HttpResponse:
        reader = acting(request)
        customer = get_object_or_404(Customer.objects.visible_to(reader), pk=pk)
        context = {
            "customer": customer,
            "rows": rows_of(customer, reader, words=words, limit=MOST),
            "duties": duties_of(customer, clock.today()),
            "words": words,
            "may_log": permissions.can_log(reader, customer),
            "profile": CareProfile.objects.filter(customer=customer).first(),
            "strategy_open": can_reveal(reader, customer),
        }
        return render(request, "care/contacts/tab.html", context)


class _OfContact(SideForm):
    permission = permissions.LOG

    @cached_property
    def contact(self) -> Contact:
        """The contact of the address, of a customer in scope."""
        seen = Contact.objects.visible_to(acting(self.request)).select_related("customer")
        return get_object_or_404(seen, pk=self.kwargs["pk"])


class CorrectContact(_OfContact):
    """Put right what was logged."""

    heading = _("Correct a contact")
    submit = _("Save the correction")
    done = _("Corrected; how it stood before is kept.")

    def make_form(self, *data: Any) -> forms.Form:
        permissions.check_correct(acting(self.request), self.contact)
        return CorrectForm(*data[:1], contact=self.contact)

    def carry_out(self, form: Any, **given: Any) -> Contact:
        values = {name: value for name, value in form.cleaned_data.items() if name != "reason"}
        return correct_contact(contact=self.contact, values=values, reason=form.cleaned_data["reason"], **given)


class WithdrawContact(_OfContact):
    """Take out of the log what was written by mistake."""

    heading = _("Withdraw a contact")
    submit = _("Withdraw it")
    done = _("Withdrawn; it counts no longer.")

    def make_form(self, *data: Any) -> forms.Form:
        permissions.check_correct(acting(self.request), self.contact)
        return WithdrawForm(*data[:1])

    def carry_out(self, form: Any, **given: Any) -> Contact:
        return withdraw_contact(contact=self.contact, reason=form.cleaned_data["reason"], **given)
