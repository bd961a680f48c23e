"""Referrals 转介: customers passed on to somebody who can do more for them."""

from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.care.enums.ownership import ReferralAct, ReferralState
from keheng.care.forms.ownership import AnswerForm
from keheng.care.models import Referral
from keheng.care.operations.referring import answer_referral
from keheng.care.permissions import ownership as permissions
from keheng.care.policies.ownership import REFERRALS
from keheng.care.views.ownership.hand_overs import TONES
from keheng.care.views.ownership.pool import add_tiers
from keheng.common import clock
from keheng.customers.models import Customer
from keheng.org.acting import acting
from keheng.ui.forms import carry_out
from keheng.ui.lists import (
    BadgeColumn,
    EmptyState,
    FilterSet,
    ListView,
    MomentColumn,
    PresetView,
    Table,
)
from keheng.ui.views import PermissionMixin


class ReferralFilter(FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=ReferralState, label=gettext_lazy("State"))
    mine = django_filters.ChoiceFilter(
        method="of_me",
        label=gettext_lazy("Mine"),
        choices=[("to", gettext_lazy("Referred to me")), ("by", gettext_lazy("Referred by me"))],
    )

    class Meta:
        model = Referral
        fields: list[str] = []

    def of_me(self, queryset: "QuerySet[Any]", _name: str, side: str) -> "QuerySet[Any]":
        return queryset.filter(**{"taker" if side == "to" else "giver": self.request.user})


class ReferralTable(Table):
    customer = tables.Column(verbose_name=gettext_lazy("Customer"))
    need = tables.Column(verbose_name=gettext_lazy("What the customer needs"))
    giver = tables.Column(verbose_name=gettext_lazy("Referred by"))
    taker = tables.Column(verbose_name=gettext_lazy("Referred to"))
    state = BadgeColumn(verbose_name=gettext_lazy("State"), tones=TONES)
    passes_on = tables.BooleanColumn(verbose_name=gettext_lazy("Ownership passes on"), yesno="✓,—")
    offered_at = MomentColumn(verbose_name=pgettext_lazy("referral", "Referred"), orderable=True)
    answer = tables.Column(verbose_name=gettext_lazy("Answer"))

    fixed = ("customer",)

    class Meta(Table.Meta):
        model = Referral
        fields = ()
        orderable = False

    def render_state(self, record: Any) -> Any:
        return self.columns["state"].column.render(record.get_state_display(), record, self.columns["state"])


class ReferralList(ListView):
    """转介: to me, by me, and among people of my scope."""

    permission = permissions.VIEW
    key = "care-referrals"
    title = gettext_lazy("Referrals")
    table_class = ReferralTable
    filterset_class = ReferralFilter
    default_sort = "-offered_at"
    preset_views = (
        PresetView(gettext_lazy("Waiting for me"), "mine=to&state=offered"),
        PresetView(gettext_lazy("In hand"), "mine=to&state=accepted"),
        PresetView(gettext_lazy("Referred by me"), "mine=by"),
    )

    def get_queryset(self) -> "QuerySet[Any]":
        return Referral.objects.visible_to(acting(self.request))

    def row_queryset(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return queryset.select_related("customer", "giver", "taker")

    def row_url(self, record: Any) -> str:
        return reverse("care:referral", args=[record.pk])

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("No referral yet"),
            _("On a customer's page, choose “Refer”: the customer is served further, and the credit stays yours."),
            "arrow-up-right-circle",
        )


class ReferralPage(PermissionMixin):
    """One referral, answered here by the one to whom it goes."""

    permission = permissions.VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, self._referral(request, pk), AnswerForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        referral, wanted = self._referral(request, pk), request.POST.get("act", "")
        form = AnswerForm(request.POST if wanted == ReferralAct.DECLINE else {"answer": "-"})
        if wanted in ReferralAct.values and form.is_valid():
            act, answer = ReferralAct(wanted), request.POST.get("answer", "")
            given: dict[str, Any] = {"act": act, "answer": answer, "actor": acting(request), "at": clock.now()}
            if carry_out(form, lambda: answer_referral(referral=referral, **given)) is not None:
                messages.success(request, _("The referral has been answered; the other one is told."))
                return redirect("care:referral", pk=pk)
        return self._page(request, referral, form)

    def _referral(self, request: HttpRequest, pk: int) -> Referral:
        known: QuerySet[Any] = Referral.objects.visible_to(acting(request))
        found: Referral = get_object_or_404(
            known.select_related("customer__branch", "giver__branch", "taker__branch"), pk=pk
        )
        return found

    def _page(self, request: HttpRequest, referral: Referral, form: forms.Form) -> HttpResponse:
        actor = acting(request)
        add_tiers([referral.customer])
        legal = {act for state, act in REFERRALS if state == referral.state}
        mine = {referral.taker_id: legal - {ReferralAct.WITHDRAW}, referral.giver_id: legal & {ReferralAct.WITHDRAW}}
        acts = mine.get(actor.pk, set())
        context = {
            "referral": referral,
            "form": form,
            "tone": TONES.get(referral.state, ""),
            "acts": [act for act in ReferralAct if act in acts and act != ReferralAct.DECLINE],
            "may_decline": ReferralAct.DECLINE in acts,
            "may_see": Customer.objects.visible_to(actor).filter(pk=referral.customer_id).exists(),
        }
        return render(request, "care/ownership/referral.html", context)
