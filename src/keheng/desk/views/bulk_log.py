"""Logging the same contact with the customers chosen on the customer list, such as the guests of an event."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.care.enums.contacts import Channel
from keheng.care.operations.contacts import log_contacts
from keheng.care.permissions.contacts import LOG
from keheng.care.queries.rules import outcome_rules
from keheng.common import clock
from keheng.desk.views.customers import CustomerList
from keheng.org.acting import acting
from keheng.ui.forms import carry_out
from keheng.ui.views import PermissionMixin

_SHOWN = 6


class BulkLogForm(forms.Form):
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=Channel.choices, initial=Channel.EVENT)
    outcome = forms.ChoiceField(label=gettext_lazy("Result"))
    event = forms.CharField(label=pgettext_lazy("channel", "Event"), max_length=60, required=False)
    note = forms.CharField(
        label=pgettext_lazy("of a contact", "Note"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcome: Any = self.fields["outcome"]
        outcome.choices = [(one.code, one.name) for one in outcome_rules().rules.outcomes if one.active]


class BulkLog(PermissionMixin):
    """Asks what was talked about, then logs it for all chosen."""

    permission = LOG

    def post(self, request: HttpRequest) -> HttpResponse:
        chosen = CustomerList.selection(request)
        if "channel" not in request.POST:
            return self._page(request, BulkLogForm(), chosen)
        form = BulkLogForm(request.POST)
        if form.is_valid():
            given: Any = {**form.cleaned_data, "actor": acting(request), "at": clock.now()}
            done = carry_out(form, lambda: log_contacts(customers=chosen, **given))
            if done:
                told = _("%(count)d contacts have been logged.") % {"count": done.count}
                if done.left_out:
                    told += _("%(count)d were left out: they do not want it, or lie outside your scope.") % {
                        "count": done.left_out
                    }
                messages.success(request, told)
                return redirect("care:work-log")
        return self._page(request, form, chosen)

    def _page(self, request: HttpRequest, form: BulkLogForm, chosen: Any) -> HttpResponse:
        context = {
            "form": form,
            "count": chosen.count(),
            "some": chosen.order_by("-aum", "-pk")[:_SHOWN],
            "keys": request.POST.getlist("pk"),
            "all": request.POST.get("all", "0"),
            "query": request.POST.get("query", ""),
        }
        return render(request, "desk/bulk_log.html", context)
