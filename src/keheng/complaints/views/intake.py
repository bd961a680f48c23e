"""Intake in one screen: who complains, what the bank has of them, what they complained about before."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keheng.common import clock
from keheng.complaints import permissions
from keheng.complaints.enums import RuleSet
from keheng.complaints.forms import IntakeForm
from keheng.complaints.operations.intake import register
from keheng.complaints.queries.learning import suggestions
from keheng.complaints.queries.matching import seen_before
from keheng.complaints.queries.people import held
from keheng.complaints.queries.rules import version_on
from keheng.customers.models import Customer
from keheng.customers.queries import search
from keheng.org.acting import acting
from keheng.ui.forms import carry_out
from keheng.ui.views import require

_SHOWN = 6


def new(request: HttpRequest) -> HttpResponse:
    """The screen: shown, and carried out; ``?customer=`` chooses a customer, none is needed."""
    require(request, permissions.REGISTER)
    actor = acting(request)
    customer = _customer(request, request.GET.get("customer", ""))
    if request.method != "POST":
        initial = {"name-0": customer.name, "about_branch": customer.branch_id} if customer else {}
        return _page(request, IntakeForm(actor=actor, initial=initial), customer)
    form = IntakeForm(request.POST, request.FILES, actor=actor)
    if form.is_valid():
        values, at = form.values(), clock.now()
        made = carry_out(form, lambda: register(customer=customer, actor=actor, at=at, **values))
        if made is not None:
            words = _("%(number)s is registered. Tell the complainant its number, and that the reply comes in 15 days.")
            messages.success(request, words % {"number": made})
            return redirect(made if permissions.can_see(actor, made) else "complaints:list")
    return _page(request, form, customer)


def _page(request: HttpRequest, form: IntakeForm, customer: Customer | None) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "customer": customer, "held": held(customer) if customer else []}
    return render(request, "complaints/intake.html", context)


@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """Customers by name, pinyin, number or the tail of one; posted, so that no address holds what was typed."""
    require(request, permissions.REGISTER)
    text = request.POST.get("q", "").strip()[:60]
    found = search(acting(request), text, limit=_SHOWN)
    return render(request, "complaints/found.html", {"found": found, "text": text})


@require_POST
def beside(request: HttpRequest) -> HttpResponse:
    """While it is typed: what the same person complained about before, and what it seems to be about."""
    require(request, permissions.REGISTER)
    given, at = request.POST, clock.now()
    customer = _customer(request, given.get("customer", ""))
    days = version_on(RuleSet.INTERNAL, clock.today()).rules.repeat_days
    statement = given.get("statement", "")[:4000]
    context = {
        "seen": seen_before(
            customer=customer,
            phone=given.get("phone-0", "")[:40],
            mail=given.get("mail-0", "")[:120],
            statement=statement,
            actor=acting(request),
            at=at,
            since_days=days,
        ),
        "suggested": suggestions(statement),
        "days": days,
    }
    return render(request, "complaints/beside.html", context)


def _customer(request: HttpRequest, pk: str) -> Customer | None:
    if not pk.isdecimal():
        return None
    visible = Customer.objects.visible_to(acting(request)).select_related("branch", "owner")
    return get_object_or_404(visible, pk=int(pk))
