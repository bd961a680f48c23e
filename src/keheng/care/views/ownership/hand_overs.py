"""Hand-overs 移交: who offers which customers to whom, and what became of it."""

from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.care.enums.ownership import HandOverState
from keheng.care.forms.ownership import AnswerForm
from keheng.care.models import HandOver
from keheng.care.operations.handing_over import accept_hand_over, decline_hand_over, withdraw_hand_over
from keheng.care.permissions import ownership as permissions
from keheng.care.views.ownership.pool import add_tiers
from keheng.common import clock
from keheng.org.acting import acting
from keheng.ui.forms import carry_out
from keheng.ui.lists import (
    BadgeColumn,
    DayColumn,
    EmptyState,
    FilterSet,
    ListView,
    MomentColumn,
    NumberColumn,
    PresetView,
    Table,
)
from keheng.ui.views import PermissionMixin

TONES = {
    "offered": "near",
    "asked": "near",
    "accepted": "info",
    "done": "met",
    "declined": "over",
    "refused": "over",
}


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
    state = BadgeColumn(verbose_name=gettext_lazy("State"), tones=TONES)
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
            "tone": TONES.get(hand_over.state, ""),
            "may_answer": offered and actor.pk == hand_over.taker_id,
            "may_withdraw": waits and permissions.can_hand_over(actor, hand_over.giver),
            "late": waits and hand_over.accept_by < clock.today(),
        }
        return render(request, "care/ownership/hand_over.html", context)
