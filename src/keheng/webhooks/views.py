"""Pages of webhooks, for administrators."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from keheng.common import clock
from keheng.org.acting import acting
from keheng.org.views.parts import OperationForm
from keheng.ui.views import SideForm, require
from keheng.webhooks import operations, permissions, queries
from keheng.webhooks.forms import SubscriptionForm
from keheng.webhooks.kinds import name_of
from keheng.webhooks.models import Delivery, Subscription


def subscriptions(request: HttpRequest) -> HttpResponse:
    """Which programs are told what, and how it goes."""
    require(request, permissions.MANAGE)
    rows = [(found, [name_of(code) for code in found.kinds]) for found in queries.subscriptions()]
    return render(request, "webhooks/subscriptions.html", {"rows": rows})


def subscription(request: HttpRequest, pk: int) -> HttpResponse:
    """One program: what it is told, and the log of calls."""
    require(request, permissions.MANAGE)
    found = get_object_or_404(queries.subscriptions(), pk=pk)
    context = {
        "subscription": found,
        "kinds": [name_of(code) for code in found.kinds],
        "deliveries": [(row, name_of(row.kind), list(row.log.all())) for row in queries.deliveries_of(found)],
    }
    return render(request, "webhooks/subscription.html", context)


class New(OperationForm):
    """A subscription; its secret is shown once, on the page that follows."""

    permission = permissions.MANAGE
    form_class = SubscriptionForm
    template_name = "webhooks/new.html"
    heading, submit = gettext_lazy("New webhook"), gettext_lazy("Make the webhook")

    def carry_out(self, **values: Any) -> tuple[Subscription, str]:
        return operations.subscribe(**values)

    def back_url(self) -> str:
        return reverse("webhooks:list")

    def answer(self, result: tuple[Subscription, str]) -> HttpResponse:
        return _secret(self.request, *result)


class Change(SideForm):
    """Another address or other news."""

    permission = permissions.MANAGE
    heading, submit = gettext_lazy("Change the webhook"), gettext_lazy("Save")
    done = gettext_lazy("What happens from now on is told so.")

    def make_form(self, *data: Any) -> forms.Form:
        found = self._subscription()
        initial = {"name": found.name, "url": found.url, "kinds": found.kinds, "branch": found.branch_id}
        return SubscriptionForm(*data[:1], initial=initial)

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return operations.change(subscription=self._subscription(), **form.cleaned_data, **given)

    def _subscription(self) -> Subscription:
        return get_object_or_404(Subscription, pk=self.kwargs["pk"])


@require_POST
def renew_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """Make another secret and show it once."""
    require(request, permissions.MANAGE)
    found = get_object_or_404(Subscription, pk=pk)
    secret = operations.renew_secret(subscription=found, actor=acting(request), at=clock.now())
    return _secret(request, found, secret)


@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch it on or off."""
    require(request, permissions.MANAGE)
    found = get_object_or_404(Subscription, pk=pk)
    operations.switch(subscription=found, on=not found.is_active, actor=acting(request), at=clock.now())
    messages.success(request, _("It is switched on.") if found.is_active else _("It is switched off."))
    return redirect(found)


@require_POST
def ping(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a test call into the queue."""
    require(request, permissions.MANAGE)
    found = get_object_or_404(Subscription, pk=pk)
    return _tried(
        request,
        found,
        lambda **given: operations.ping(subscription=found, **given),
        _("The test call is sent within seconds; reload the page to see how it went."),
    )


@require_POST
def send_again(request: HttpRequest, pk: int, delivery: int) -> HttpResponse:
    """Try one delivery anew."""
    require(request, permissions.MANAGE)
    found = get_object_or_404(Delivery.objects.select_related("subscription"), pk=delivery, subscription=pk)
    return _tried(
        request,
        found.subscription,
        lambda **given: operations.send_again(delivery=found, **given),
        _("It is sent again within seconds."),
    )


def _tried(request: HttpRequest, found: Subscription, act: Any, done: str) -> HttpResponse:
    try:
        act(actor=acting(request), at=clock.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    return redirect(found)


def _secret(request: HttpRequest, found: Subscription, secret: str) -> HttpResponse:
    return render(request, "webhooks/secret.html", {"subscription": found, "secret": secret})
