"""The tab 授权同意 of the customer page: what the customer agrees to, its history, and what follows for contacts."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from keheng.common import clock
from keheng.customers.enums import ConsentHow
from keheng.customers.forms.privacy import ConsentForm
from keheng.customers.models import Customer
from keheng.customers.operations.consent import record_consent
from keheng.customers.permissions import VIEW
from keheng.customers.permissions.privacy import can_handle_privacy, can_record_consent
from keheng.customers.queries.consent import channel_names, consent_history, consents_of, contact_rows
from keheng.customers.queries.privacy import cases_of, refusal_of
from keheng.customers.queries.rules import privacy_rules
from keheng.org.acting import acting
from keheng.ui.forms import carry_out
from keheng.ui.views import PermissionMixin


class ConsentTab(PermissionMixin):
    """A fragment: shown by a get, recorded by a post, both into the tab's panel."""

    permission = VIEW

    def get(self, _request: HttpRequest, pk: int) -> HttpResponse:
        return self._tab(self._customer(pk), ConsentForm(rules=privacy_rules()))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer, form = self._customer(pk), ConsentForm(request.POST, rules=privacy_rules())
        if form.is_valid():
            given = {**form.cleaned_data, "how": ConsentHow(form.cleaned_data["how"])}
            given |= {"customer": customer, "actor": acting(request), "at": clock.now()}
            if carry_out(form, lambda: (record_consent(**given),)):
                form = ConsentForm(rules=privacy_rules())
        return self._tab(customer, form)

    def _customer(self, pk: int) -> Customer:
        return get_object_or_404(Customer.objects.visible_to(acting(self.request)), pk=pk)

    def _tab(self, customer: Customer, form: ConsentForm) -> HttpResponse:
        actor, rules = acting(self.request), privacy_rules()
        names = {purpose.code: purpose.name for purpose in rules.purposes}
        context: dict[str, Any] = {
            "customer": customer,
            "form": form,
            "states": consents_of(customer),
            "rules": rules,
            "contacts": contact_rows(customer, clock.today()),
            "history": [
                (act, names.get(act.purpose, act.purpose), channel_names(rules, act.channels))
                for act in consent_history(customer)
            ],
            "cases": cases_of(customer),
            "refusal": refusal_of(customer),
            "may_record": can_record_consent(actor, customer),
            "may_handle": can_handle_privacy(actor, customer),
        }
        return render(self.request, "customers/consent_tab.html", context)
