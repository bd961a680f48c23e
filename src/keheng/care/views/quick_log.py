"""The quick log: a panel at the side of any page, opened by the key ``l`` and worked by keys alone."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import Resolver404, resolve
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from keheng.care.forms.quick_log import QuickLogForm
from keheng.care.models import Contact, Task
from keheng.care.operations.contacts import log_contact
from keheng.care.permissions.contacts import LOG
from keheng.care.queries.quick_log import offers
from keheng.care.wording import Sentences
from keheng.common import clock
from keheng.customers.models import Customer
from keheng.customers.queries import search
from keheng.org.acting import acting
from keheng.tiering.queries.schemes import tier_label, tiers_by_kind
from keheng.ui.views import PermissionMixin, SideForm

FOUND = 6


class QuickLog(SideForm):
    """Log one contact. From a task or a customer's page the customer is filled in."""

    permission = LOG
    template_name = "care/log/panel.html"
    heading = _("Log a contact")
    submit = _("Save the contact")
    done = _("The contact has been logged.")

    def make_form(self, *data: Any) -> QuickLogForm:
        initial = {"customer": self.customer, "task": self.task and self.task.pk, "channel": self._channel}
        customers = Customer.objects.visible_to(acting(self.request))
        return QuickLogForm(*data, initial=initial, customers=customers)

    def carry_out(self, form: Any, **given: Any) -> Contact:
        return log_contact(**form.values(), task=self.task, **given)

    def page(self, request: HttpRequest, form: Any) -> HttpResponse:
        chosen = form.cleaned_data.get("customer") if form.is_bound else self.customer
        context = {
            "form": form,
            "side": self,
            "here": request.get_full_path(),
            "chosen": chosen,
            "tier": tier_label(chosen, tiers_by_kind()) if chosen else None,
            "task": self.task,
            "why": Sentences(clock.today()).of(self.task) if self.task else "",
            "keyed": [form["channel"], form["outcome"]],
            "offers": offers(acting(request).branch, clock.today()),
        }
        return render(request, self.template_name, context)

    @cached_property
    def task(self) -> Task | None:
        """The planned task that the contact is for, by the form or the address."""
        key = self.request.POST.get("task") or self.request.GET.get("task", "")
        if not key.isdecimal():
            return None
        visible = Task.objects.visible_to(acting(self.request)).select_related("customer")
        return get_object_or_404(visible, pk=key)

    @cached_property
    def customer(self) -> Customer | None:
        """The customer of the task, of the address, or of the page that the panel was opened on."""
        if self.task is not None and self.task.customer_id:
            return self.task.customer
        key = self.request.GET.get("customer", "") or _customer_of(self.request)
        visible = Customer.objects.visible_to(acting(self.request))
        return visible.filter(pk=key).first() if str(key).isdecimal() else None

    @property
    def _channel(self) -> str:
        return self.request.GET.get("channel", "") or (self.task.channel if self.task else "")


class FindCustomer(PermissionMixin):
    """Whom the typed words may mean, as choices under the panel's search. By POST: numbers stay out of the logs."""

    permission = LOG

    def post(self, request: HttpRequest) -> HttpResponse:
        text = request.POST.get("q", "").strip()[:60]
        known = tiers_by_kind()
        hits = [(customer, tier_label(customer, known)) for customer in search(acting(request), text, FOUND)]
        return render(request, "care/log/found.html", {"hits": hits, "query": text})


def _customer_of(request: HttpRequest) -> str:
    """The customer on whose page the panel was opened, as htmx tells its address."""
    try:
        match = resolve(urlsplit(request.headers.get("HX-Current-URL", "")).path)
    except Resolver404:
        return ""
    return str(match.kwargs.get("pk", "")) if match.url_name == "customer" else ""
