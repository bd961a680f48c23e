"""Intake in one screen: find the customer, see what is open, take in what they ask for."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from keheng.common import clock
from keheng.customers.models import Customer
from keheng.customers.queries import search
from keheng.org.acting import acting
from keheng.service_requests import permissions
from keheng.service_requests.enums import Channel, ClockKind
from keheng.service_requests.forms import IntakeForm
from keheng.service_requests.models import ServiceRequest
from keheng.service_requests.operations.opening import open_request
from keheng.service_requests.queries import desk
from keheng.service_requests.queries.catalogue import catalogue_on
from keheng.service_requests.queries.countdown import countdowns
from keheng.service_requests.queries.names import add_tiers
from keheng.tiering.queries.entitlements import entitlements_of
from keheng.ui.forms import carry_out
from keheng.ui.views import require

_SHOWN = 8


def new(request: HttpRequest) -> HttpResponse:
    """The screen; with a customer chosen (``?customer=``) the form."""
    require(request, permissions.HANDLE)
    customer = _customer(request, request.GET.get("customer", ""))
    context: dict[str, Any] = {"customer": customer}
    if customer is not None:
        form = IntakeForm(catalogue=catalogue_on(clock.today()), initial={"business": request.GET.get("business")})
        context |= _beside(request, customer, form)
    return render(request, "service_requests/intake.html", context)


@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """Customers by name, pinyin, number or the tail of one; posted, so that no address holds what was typed."""
    require(request, permissions.HANDLE)
    text = request.POST.get("q", "").strip()[:60]
    found = search(acting(request), text, limit=_SHOWN)
    add_tiers(found)
    return render(request, "service_requests/found.html", {"found": found, "text": text})


def take_in(request: HttpRequest, pk: int) -> HttpResponse:
    """The form for one customer: shown anew for another business, and carried out."""
    require(request, permissions.HANDLE)
    customer = _customer(request, str(pk))
    if customer is None:
        return redirect("service_requests:new")
    catalogue = catalogue_on(clock.today())
    if request.method != "POST" or request.POST.get("only") == "form":
        data = request.POST if request.method == "POST" else request.GET
        form = IntakeForm(catalogue=catalogue, initial={name: data.get(name) for name in ("business", "channel")})
        form.fields["subject"].initial = data.get("subject", "")
        return render(request, "service_requests/intake_form.html", _beside(request, customer, form))
    form = IntakeForm(request.POST, catalogue=catalogue)
    if form.is_valid():
        values = form.cleaned_data
        made = carry_out(
            form,
            lambda: open_request(
                customer=customer,
                business=values["business"],
                channel=Channel(values["channel"]),
                subject=values["subject"],
                answers=form.answers(),
                take=values["take"],
                parent=_parent(request, customer),
                actor=acting(request),
                at=clock.now(),
            ),
        )
        if made is not None:
            return redirect(made)
    context = {"customer": customer, **_beside(request, customer, form)}
    return render(request, "service_requests/intake.html", context)


def _customer(request: HttpRequest, pk: str) -> Customer | None:
    if not pk.isdecimal():
        return None
    visible = Customer.objects.visible_to(acting(request)).select_related("branch", "owner")
    return get_object_or_404(visible, pk=int(pk))


def _parent(request: HttpRequest, customer: Customer) -> ServiceRequest | None:
    """The open request that the new one is a part of (``?part_of=``)."""
    pk = request.POST.get("part_of") or request.GET.get("part_of") or ""
    visible = ServiceRequest.objects.visible_to(acting(request)).open().filter(customer=customer, parent=None)
    return get_object_or_404(visible, pk=int(pk)) if pk.isdecimal() else None


def _beside(request: HttpRequest, customer: Customer, form: IntakeForm) -> dict[str, Any]:
    """What stands beside the form: the customer, what they have open, what the business asks for."""
    staff, at = acting(request), clock.now()
    add_tiers([customer])
    opened = desk.open_of(customer, staff)
    found = countdowns(opened, at)
    priority = entitlements_of(customer, clock.today()).is_priority
    limits = []
    if form.chosen:
        for kind in ClockKind:
            limit = form.chosen.limit(kind, priority=priority)
            if limit is not None:
                limits.append((kind.label, limit))
    return {
        "customer": customer,
        "parent": _parent(request, customer),
        "form": form,
        "opened": [(row, found.get(row.pk)) for row in opened],
        "duplicates": desk.duplicates(customer, form.chosen.code, at) if form.chosen else 0,
        "is_priority": priority,
        "limits": limits,
    }
