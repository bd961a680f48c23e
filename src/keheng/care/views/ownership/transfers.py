"""Hand-overs, referrals, the adoption market, cover: what passes between people."""

from datetime import timedelta
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.care.enums.ownership import HandOverState, ReferralAct, ReferralState
from keheng.care.forms.ownership import AnswerForm, CoverForm, NameCoverForm
from keheng.care.models import CoverPeriod, HandOver, Referral
from keheng.care.operations.adopting import adopt
from keheng.care.operations.covering import end_cover, name_cover, set_cover
from keheng.care.operations.handing_over import accept_hand_over, decline_hand_over, withdraw_hand_over
from keheng.care.operations.referring import answer_referral
from keheng.care.permissions import ownership as permissions
from keheng.care.policies.ownership import REFERRALS
from keheng.care.queries.adoption import market, taken
from keheng.care.queries.assignment import rules_in_force
from keheng.care.views.ownership.pool import PoolFilter, PoolTable, add_tiers
from keheng.common import clock
from keheng.customers.models import Customer
from keheng.org.acting import acting
from keheng.org.models import Staff
from keheng.ui.forms import carry_out
from keheng.ui.lists import (
    BadgeColumn,
    BulkAction,
    DayColumn,
    EmptyState,
    FilterSet,
    ListView,
    MomentColumn,
    NumberColumn,
    PresetView,
    Table,
)
from keheng.ui.views import PermissionMixin, SideForm

_MOST_AT_ONCE = 30
_TONES = {
    "offered": "near",
    "asked": "near",
    "accepted": "info",
    "done": "met",
    "declined": "over",
    "refused": "over",
}


# -- hand-overs -------------------------------------------------------------------------------------------------------


class HandOverFilter(FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=HandOverState, label=gettext_lazy("State"))
    mine = django_filters.BooleanFilter(method="to_me", label=gettext_lazy("To me"))

    class Meta:
        model = HandOver
        fields: list[str] = []

    def to_me(self, queryset: "QuerySet[Any]", _name: str, mine: bool | None) -> "QuerySet[Any]":
        return queryset.filter(taker=self.request.user) if mine else queryset


class HandOverTable(Table):
    giver = tables.Column(verbose_name=pgettext_lazy("hand-over", "From"))
    taker = tables.Column(verbose_name=pgettext_lazy("hand-over", "To"))
    size = NumberColumn(verbose_name=gettext_lazy("Customers"))
    reason = tables.Column(verbose_name=gettext_lazy("Reason"))
    state = BadgeColumn(verbose_name=gettext_lazy("State"), tones=_TONES)
    offered_at = MomentColumn(verbose_name=pgettext_lazy("hand-over", "Offered"), orderable=True)
    accept_by = DayColumn(verbose_name=gettext_lazy("Accept by"), orderable=True)
    contact_by = DayColumn(verbose_name=gettext_lazy("First contact by"))

    fixed = ("giver",)

    class Meta(Table.Meta):
        model = HandOver
        fields = ()
        orderable = False

    def render_state(self, record: Any) -> Any:
        return self.columns["state"].column.render(record.get_state_display(), record, self.columns["state"])


class HandOverList(ListView):
    """移交: offered to me, by me, and by people of my scope."""

    permission = permissions.VIEW
    key = "care-hand-overs"
    title = gettext_lazy("Hand-overs")
    table_class = HandOverTable
    filterset_class = HandOverFilter
    default_sort = "-offered_at"
    preset_views = (
        PresetView(gettext_lazy("Waiting for me"), "mine=true&state=offered"),
        PresetView(gettext_lazy("Waiting"), "state=asked&state=offered"),
    )

    def get_queryset(self) -> "QuerySet[Any]":
        return HandOver.objects.visible_to(acting(self.request))

    def row_queryset(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return queryset.select_related("giver", "taker")

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("No hand-over yet"), _("Tick customers in the list and choose “Assign”, then “Hand over”."), "transfer"
        )


class HandOverPage(PermissionMixin):
    """One hand-over: its customers and notes; accepted, declined or withdrawn here."""

    permission = permissions.VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, self._hand_over(request, pk), AnswerForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        hand_over, act = self._hand_over(request, pk), request.POST.get("act")
        given: dict[str, Any] = {"hand_over": hand_over, "actor": acting(request), "at": clock.now()}
        form = AnswerForm(request.POST) if act == "decline" else AnswerForm({"answer": "-"})
        if form.is_valid():
            work: Any = {
                "accept": lambda: (accept_hand_over(**given),),
                "decline": lambda: (decline_hand_over(answer=form.cleaned_data["answer"], **given),),
                "withdraw": lambda: (withdraw_hand_over(**given),),
            }.get(act or "")
            done = carry_out(form, work) if work else None
            if done is not None:
                if act == "accept":
                    messages.success(
                        request,
                        _("%(count)d customers are yours now: contact each of them soon.") % {"count": done[0]},
                    )
                return redirect(hand_over)
        return self._page(request, hand_over, form)

    def _hand_over(self, request: HttpRequest, pk: int) -> HandOver:
        known: QuerySet[Any] = HandOver.objects.visible_to(acting(request))
        found: HandOver = get_object_or_404(known.select_related("giver__branch", "taker__branch", "offered_by"), pk=pk)
        return found

    def _page(self, request: HttpRequest, hand_over: HandOver, form: forms.Form) -> HttpResponse:
        actor = acting(request)
        items = list(hand_over.items.select_related("customer__branch").order_by("-customer__aum")[:200])
        add_tiers([item.customer for item in items])
        offered = hand_over.state == HandOverState.OFFERED
        waits = offered or hand_over.state == HandOverState.ASKED
        context = {
            "hand_over": hand_over,
            "items": items,
            "form": form,
            "tone": _TONES.get(hand_over.state, ""),
            "may_answer": offered and actor.pk == hand_over.taker_id,
            "may_withdraw": waits and permissions.can_hand_over(actor, hand_over.giver),
            "late": waits and hand_over.accept_by < clock.today(),
        }
        return render(request, "care/ownership/hand_over.html", context)


# -- referrals --------------------------------------------------------------------------------------------------------


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
    state = BadgeColumn(verbose_name=gettext_lazy("State"), tones=_TONES)
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
            "tone": _TONES.get(referral.state, ""),
            "acts": [act for act in ReferralAct if act in acts and act != ReferralAct.DECLINE],
            "may_decline": ReferralAct.DECLINE in acts,
            "may_see": Customer.objects.visible_to(actor).filter(pk=referral.customer_id).exists(),
        }
        return render(request, "care/ownership/referral.html", context)


# -- adoption ---------------------------------------------------------------------------------------------------------


class Market(ListView):
    """领养: free customers of my branch whose tier is open for adoption."""

    permission = permissions.ADOPT
    key = "care-market"
    title = gettext_lazy("Adoption")
    unit = pgettext_lazy("measure word for customers", "customers")
    table_class = PoolTable
    filterset_class = PoolFilter
    default_sort = "-aum"
    bulk_actions = (BulkAction(gettext_lazy("Adopt"), "care:adopt", "heart-handshake"),)

    def get_queryset(self) -> "QuerySet[Customer]":
        return market(acting(self.request))

    def row_queryset(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return queryset.select_related("branch")

    def decorate(self, rows: list[Any]) -> list[Any]:
        return add_tiers(rows)

    def row_url(self, record: Any) -> str:
        visible = self.__dict__.setdefault("_scope", acting(self.request).scope)
        return reverse("customer", args=[record.pk]) if visible != "own" else ""

    def sub(self, total: Any) -> str:
        held, month = taken(acting(self.request), clock.now())
        caps = rules_in_force().rules.adoption
        return _("%(total)s free · I have adopted %(held)d of %(most)d, %(month)d of %(monthly)d this month") % {
            "total": total,
            "held": held,
            "most": caps.most,
            "month": month,
            "monthly": caps.most_a_month,
        }

    def empty_state(self) -> EmptyState:
        return EmptyState(_("Nobody is free for adoption at your branch"), icon="heart-handshake")


class Adopt(PermissionMixin):
    """Adopt the ticked customers, each by itself: what is refused is told, what exceeds the cap asks for a reason."""

    permission = permissions.ADOPT

    def post(self, request: HttpRequest) -> HttpResponse:
        actor, at, reason = acting(request), clock.now(), request.POST.get("reason", "")
        chosen = list(Market.selection(request)[: _MOST_AT_ONCE + 1])
        if not chosen:
            messages.error(request, _("These customers are no longer free: somebody was first."))
            return redirect("care:market")
        if len(chosen) > _MOST_AT_ONCE:
            messages.error(request, _("Adopt %(most)d customers at a time at most.") % {"most": _MOST_AT_ONCE})
            return redirect("care:market")
        mine, asked, beyond = 0, 0, []
        for customer in chosen:
            try:
                done = adopt(customer=customer, reason=reason, actor=actor, at=at)
                asked += done.request is not None
                mine += done.request is None
            except ValidationError as error:
                if hasattr(error, "error_dict") and "reason" in error.error_dict:
                    beyond.append(customer)
                    continue
                messages.error(request, f"{customer.name}：{' '.join(error.messages)}")
        if mine:
            messages.success(
                request, _("%(count)d customers are yours now: contact each of them soon.") % {"count": mine}
            )
        if asked:
            messages.info(request, _("%(count)d adoptions wait for approval.") % {"count": asked})
        if beyond:
            caps = rules_in_force().rules.adoption
            return render(request, "care/ownership/beyond.html", {"customers": beyond, "caps": caps})
        return redirect("care:market")


# -- cover ------------------------------------------------------------------------------------------------------------


class CoverPage(PermissionMixin):
    """代管: who is away on which of the next days, and who acts."""

    permission = permissions.VIEW
    days = 28

    def get(self, request: HttpRequest) -> HttpResponse:
        actor, today = acting(request), clock.today()
        days = [today + timedelta(days=step) for step in range(self.days)]
        known = CoverPeriod.objects.visible_to(actor).select_related("staff__branch", "staff__role", "cover")
        ahead = known.filter(days__endswith__gt=today).order_by("days", "pk")
        rows = [
            {
                "period": period,
                "last": period.days.upper - timedelta(days=1),
                "cells": [period.days.lower <= day < period.days.upper for day in days],
                "now": period.days.lower <= today,
                "may_end": permissions.can_cover(actor, period.staff),
            }
            for period in ahead[:200]
        ]
        context = {"days": days, "rows": rows, "today": today, "may_plan": actor.can(permissions.REFER)}
        return render(request, "care/ownership/cover.html", context)


class SetCover(SideForm):
    permission = permissions.REFER
    heading = gettext_lazy("Plan cover")
    submit = gettext_lazy("Plan cover")
    done = gettext_lazy("Cover is planned; both are told.")
    note = gettext_lazy("The customers stay the absent one's; the cover sees them and does their tasks.")

    def make_form(self, *data: Any) -> CoverForm:
        actor = acting(self.request)
        people = Staff.objects.filter(pk=actor.pk)
        if actor.can(permissions.COVER):
            people = Staff.objects.visible_to(actor).filter(is_active=True)
        initial = {"member": actor.pk, "first": clock.today(), "last": clock.today()}
        return CoverForm(*data[:1], actor=actor, members=people, initial=initial)

    def carry_out(self, form: Any, **given: Any) -> CoverPeriod:
        return set_cover(**form.values(), **given)


class NameCover(SideForm):
    """Who acts during an absence for which nobody had been found."""

    permission = permissions.REFER
    heading = gettext_lazy("Who acts meanwhile?")
    submit = gettext_lazy("Plan cover")
    done = gettext_lazy("Cover is planned; both are told.")

    def period(self) -> CoverPeriod:
        """The absence."""
        known = CoverPeriod.objects.visible_to(acting(self.request)).select_related("staff")
        return get_object_or_404(known, pk=self.kwargs["pk"])

    def make_form(self, *data: Any) -> NameCoverForm:
        return NameCoverForm(*data[:1], actor=acting(self.request), member=self.period().staff)

    def carry_out(self, form: Any, **given: Any) -> CoverPeriod:
        return name_cover(period=self.period(), **form.cleaned_data, **given)


class EndCover(PermissionMixin):
    """Somebody is back early."""

    permission = permissions.REFER

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        period = get_object_or_404(CoverPeriod.objects.visible_to(acting(request)).select_related("staff"), pk=pk)
        try:
            end_cover(period=period, actor=acting(request), at=clock.now())
            messages.success(request, _("The cover has ended."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect("care:cover")
