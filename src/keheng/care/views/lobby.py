"""The lobby manager's page, made for a tablet: the queue, who has been recognised, calling the next."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keheng.care.enums.lobby import LobbyService
from keheng.care.forms.ownership import LobbyReferForm
from keheng.care.models import LobbyTicket, Referral
from keheng.care.operations.lobby import call_next, close_ticket, recognise, refer_on, take_ticket
from keheng.care.permissions.lobby import LOBBY, can_work_lobby
from keheng.care.permissions.ownership import REFER
from keheng.care.queries.assignment import rules_in_force
from keheng.care.queries.lobby import lobby
from keheng.common import clock
from keheng.customers.models import Customer
from keheng.customers.queries import search
from keheng.org.acting import acting
from keheng.org.enums import BranchKind
from keheng.org.models import Branch
from keheng.tiering.queries.schemes import tier_label, tiers_by_kind
from keheng.ui.views import PermissionMixin, SideForm

FOUND = 6


class LobbyPage(PermissionMixin):
    """The queue of one outlet. Every button posts an ``act`` and gets the queue anew."""

    permission = LOBBY

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        outlets = Branch.objects.visible_to(acting(request)).filter(kind=BranchKind.OUTLET, is_active=True)
        branch = get_object_or_404(outlets, pk=pk) if pk else self._usual(outlets)
        return self._answer(request, branch, list(outlets))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        branch = get_object_or_404(Branch.objects.visible_to(acting(request)), pk=pk)
        problem = ""
        try:
            self._carry_out(request, branch)
        except ValidationError as error:
            problem = " ".join(error.messages)
        return self._answer(request, branch, [], problem)

    def _carry_out(self, request: HttpRequest, branch: Branch) -> None:
        given: Any = {"actor": acting(request), "at": clock.now()}
        match request.POST.get("act"):
            case "take":
                take_ticket(branch=branch, service=_service(request.POST.get("service", "")), **given)
            case "call":
                ticket = self._ticket(request, branch) if request.POST.get("ticket") else None
                called = call_next(branch=branch, window=request.POST.get("window", "")[:20], ticket=ticket, **given)
                if called is None:
                    raise ValidationError(_("Nobody is waiting."))
            case "served" | "left" as how:
                close_ticket(ticket=self._ticket(request, branch), came=how == "served", **given)
            case "recognise":
                visible = Customer.objects.visible_to(acting(request))
                customer = get_object_or_404(visible, pk=request.POST.get("customer"))
                recognise(ticket=self._ticket(request, branch), customer=customer, **given)
            case _unknown:
                raise ValidationError(_("Choose what to do."))

    @staticmethod
    def _ticket(request: HttpRequest, branch: Branch) -> LobbyTicket:
        visible = LobbyTicket.objects.visible_to(acting(request)).select_related("branch")
        key = request.POST.get("ticket", "")
        return get_object_or_404(visible, branch=branch, pk=key if key.isdecimal() else 0)

    @staticmethod
    def _usual(outlets: Any) -> Branch | None:
        return outlets.first()  # type: ignore[no-any-return]

    def _answer(
        self, request: HttpRequest, branch: Branch | None, outlets: list[Branch], problem: str = ""
    ) -> HttpResponse:
        context: dict[str, Any] = {"branch": branch, "outlets": outlets, "problem": problem}
        if branch is not None:
            found = lobby(branch, clock.now())
            known = tiers_by_kind()
            for ticket in [*found.waiting, *found.serving, *found.done]:
                ticket.tier = tier_label(ticket.customer, known) if ticket.customer else None  # type: ignore[attr-defined]
            mine = next((one for one in found.serving if one.called_by_id == acting(request).pk), None)
            context |= {
                "lobby": found,
                "mine": mine,
                "services": LobbyService.choices,
                "long": found.is_long,
                "may_refer": acting(request).can(REFER),
                "may_work": can_work_lobby(acting(request), branch),
            }
        fragment = request.htmx and request.htmx.target == "lobby"  # type: ignore[attr-defined]
        return render(request, "care/lobby/page.html#queue" if fragment else "care/lobby/page.html", context)


class ReferOn(SideForm):
    """Refer the customer of a ticket to a manager, without leaving the queue."""

    permission = LOBBY
    heading = submit = gettext_lazy("Refer")
    done = gettext_lazy("The customer has been referred; the other one is told.")

    def ticket(self) -> LobbyTicket:
        """The ticket of the address, with a customer whom the reader sees."""
        visible = LobbyTicket.objects.visible_to(acting(self.request)).select_related("branch", "customer")
        customers = Customer.objects.visible_to(acting(self.request))
        return get_object_or_404(visible, pk=self.kwargs["pk"], customer__in=customers)

    def make_form(self, *data: Any) -> LobbyReferForm:
        customer = self.ticket().customer
        rule = rules_in_force().rules.rule_for(customer.kind, customer.tier) if customer else None
        return LobbyReferForm(*data[:1], actor=acting(self.request), prefer=rule.refer_to if rule else ())

    def carry_out(self, form: Any, **given: Any) -> Referral:
        return refer_on(ticket=self.ticket(), **form.cleaned_data, **given)


class WhoIsIt(PermissionMixin):
    """Whom the last digits or the name that somebody gives may mean. By POST: numbers stay out of the logs."""

    permission = LOBBY

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        visible = LobbyTicket.objects.visible_to(acting(request)).select_related("branch")
        ticket = get_object_or_404(visible, pk=pk)
        text = forms.CharField(max_length=60, required=False).clean(request.POST.get("q", "")[:60])
        found = search(acting(request), text, FOUND)
        known = tiers_by_kind()
        hits = [(customer, tier_label(customer, known)) for customer in found]
        return render(request, "care/lobby/found.html", {"ticket": ticket, "hits": hits, "query": text})


def _service(value: str) -> LobbyService:
    if value not in LobbyService.values:
        raise ValidationError(_("Choose what they have come for."))
    return LobbyService(value)
