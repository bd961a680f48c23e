"""The unassigned pool, and the chosen set with its preview."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.care.enums.ownership import RunState
from keheng.care.forms.ownership import HandOverForm, ToPersonForm
from keheng.care.models import AssignmentRun
from keheng.care.operations.assigning import give_all, preview, start
from keheng.care.operations.handing_over import offer_hand_over
from keheng.care.permissions import ownership as permissions
from keheng.care.queries.ownerless import needs_name
from keheng.common import clock
from keheng.customers.enums import CustomerStatus
from keheng.customers.filters import CustomerFilter
from keheng.customers.models import Customer
from keheng.org.acting import acting
from keheng.org.models import Staff
from keheng.tiering.queries.schemes import tier_label, tiers_by_kind
from keheng.ui.forms import carry_out
from keheng.ui.lists import (
    BulkAction,
    DayColumn,
    EmptyState,
    ListView,
    PageAction,
    PresetView,
    Table,
    TierColumn,
    WanColumn,
)
from keheng.ui.progress import Progress
from keheng.ui.views import PermissionMixin


def add_tiers(rows: list[Any]) -> list[Any]:
    """Set ``tier_name`` and ``tier_step`` on customers."""
    known = tiers_by_kind()
    for row in rows:
        label = tier_label(row, known)
        row.tier_name, row.tier_step = (label.name, label.step) if label else ("", -1)
    return rows


def tiers() -> list[tuple[str, str]]:
    """Every tier that customers show, once."""
    return list({one.code: one.name for labels in tiers_by_kind().values() for one in labels.values()}.items())


class PoolFilter(CustomerFilter):
    tier = django_filters.MultipleChoiceFilter(choices=tiers, label=gettext_lazy("Tier"))
    by_name = django_filters.BooleanFilter(method="needing_name", label=gettext_lazy("Needs an owner by name"))

    owner = do_not_disturb = birthday = status = None

    def needing_name(self, queryset: "QuerySet[Any]", _name: str, wanted: bool) -> "QuerySet[Any]":
        return queryset.filter(needs_name()) if wanted else queryset.exclude(needs_name())


class PoolTable(Table):
    name = tables.Column(verbose_name=gettext_lazy("Customer"))
    number = tables.Column(verbose_name=gettext_lazy("Customer number"))
    kind = tables.Column(verbose_name=gettext_lazy("Kind"), accessor="get_kind_display")
    tier = TierColumn(
        verbose_name=gettext_lazy("Tier"), accessor="tier_step", name_of=lambda customer: customer.tier_name
    )
    aum = WanColumn(verbose_name=gettext_lazy("AUM (month average)"), orderable=True)
    branch = tables.Column(verbose_name=gettext_lazy("Branch"))
    opened_on = DayColumn(verbose_name=gettext_lazy("Customer since"))

    fixed = ("name",)

    class Meta(Table.Meta):
        model = Customer
        fields = ()
        orderable = False


class PoolList(ListView):
    """待分配客户池: customers in scope whom nobody owns, the largest first."""

    permission = permissions.ASSIGN
    key = "care-pool"
    title = gettext_lazy("Unassigned customers")
    unit = pgettext_lazy("measure word for customers", "customers")
    table_class = PoolTable
    filterset_class = PoolFilter
    usual_filters = ("tier", "kind", "aum", "branch", "by_name", "opened_on")
    summed = (gettext_lazy("AUM"), "aum")
    default_sort = "-aum"
    preset_views = (
        PresetView(gettext_lazy("Needs an owner by name"), "by_name=true"),
        PresetView(gettext_lazy("200k and above"), "aum_min=20"),
        PresetView(gettext_lazy("Companies"), "kind=company"),
    )
    bulk_actions = (BulkAction(gettext_lazy("Assign …"), "care:choose", "user-plus"),)
    template_name = "care/ownership/pool.html"

    def get_queryset(self) -> "QuerySet[Customer]":
        free = Customer.objects.visible_to(acting(self.request)).filter(owner__isnull=True)
        return free.exclude(status=CustomerStatus.CLOSED)

    def row_queryset(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return queryset.select_related("branch")

    def decorate(self, rows: list[Any]) -> list[Any]:
        return add_tiers(rows)

    def row_url(self, record: Any) -> str:
        return reverse("customer", args=[record.pk])

    def recent(self) -> "QuerySet[AssignmentRun]":
        """The last assignments that were carried out or wait."""
        runs = AssignmentRun.objects.visible_to(acting(self.request)).exclude(state=RunState.PREVIEW)
        return runs.defer("customer_ids").select_related("actor")[:3]

    def page_actions(self) -> list[PageAction]:
        return [PageAction(_("Who carries how much"), reverse("care:load"), "scale")]

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("Every customer of your scope has an owner"),
            _("New customers of the core system appear here until somebody owns them."),
            "user-check",
        )


class Choose(PermissionMixin):
    """Take what was ticked in a list and look at how the rules would share it out."""

    permission = permissions.ASSIGN

    def chosen(self, request: HttpRequest) -> "QuerySet[Customer]":
        """The customers ticked."""
        return PoolList.selection(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            run = preview(customers=self.chosen(request), reason="", actor=acting(request), at=clock.now())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("care:pool")
        return redirect("care:run", pk=run.pk)


class RunPage(PermissionMixin):
    """A chosen set: who would get how many, and three ways on: by rule, to one person, as a hand-over."""

    permission = permissions.ASSIGN

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = self._run(request, pk)
        if request.GET.get("part") == "progress":
            progress = self._progress(run)
            response = render(request, "ui/progress.html", {"progress": progress})
            if progress.finished:
                response["HX-Refresh"] = "true"
            return response
        return self._page(request, run)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run, actor, at = self._run(request, pk), acting(request), clock.now()
        way = request.POST.get("way")
        person = ToPersonForm(request.POST if way == "person" else None, actor=actor, prefix="person")
        hand = HandOverForm(request.POST if way == "hand-over" else None, actor=actor, prefix="hand")
        if way == "rule":
            form = ToPersonForm({}, actor=actor)
            form.is_valid()
            done = carry_out(form, lambda: start(run=run, actor=actor, at=at))
            if done is None:
                messages.error(request, " ".join(str(error) for error in form.non_field_errors()))
            elif done.state == RunState.DONE:
                messages.success(request, _("%(count)d customers have an owner now.") % {"count": done.placed})
            return redirect("care:run", pk=pk)
        if way == "person" and person.is_valid():
            given = person.cleaned_data
            moved = carry_out(person, lambda: (give_all(run=run, actor=actor, at=at, **given),))
            if moved is not None:
                words = _("%(count)d customers are %(name)s's now.")
                messages.success(request, words % {"count": moved[0], "name": given["owner"].name})
                return redirect("care:run", pk=pk)
        if way == "hand-over" and hand.is_valid():
            giver = self._single_owner(run)
            given = {**hand.cleaned_data, "giver": giver, "customers": Customer.objects.filter(pk__in=run.customer_ids)}
            made = carry_out(hand, lambda: offer_hand_over(actor=actor, at=at, **given)) if giver else None
            if made is not None:
                return redirect("care:hand-over", pk=made.pk)
        return self._page(request, run, person, hand)

    def _run(self, request: HttpRequest, pk: int) -> AssignmentRun:
        runs = AssignmentRun.objects.visible_to(acting(request)).select_related("actor")
        return get_object_or_404(runs, pk=pk)

    def _single_owner(self, run: AssignmentRun) -> Staff | None:
        owners = Customer.objects.filter(pk__in=run.customer_ids).order_by().values_list("owner").distinct()[:2]
        keys = [key for (key,) in owners]
        return Staff.objects.filter(pk=keys[0]).first() if len(keys) == 1 and keys[0] else None

    def _page(
        self,
        request: HttpRequest,
        run: AssignmentRun,
        person: ToPersonForm | None = None,
        hand: HandOverForm | None = None,
    ) -> HttpResponse:
        shares = run.shares.select_related("staff__branch", "staff__role")
        giver = self._single_owner(run) if run.state == RunState.PREVIEW else None
        context = {
            "run": run,
            "given": [one for one in shares if one.staff],
            "left": [one for one in shares if not one.staff],
            "person": person or ToPersonForm(actor=acting(request), prefix="person"),
            "hand": hand or HandOverForm(actor=acting(request), prefix="hand"),
            "giver": giver,
            "progress": self._progress(run) if run.state in (RunState.QUEUED, RunState.RUNNING) else None,
        }
        return render(request, "care/ownership/run.html", context)

    def _progress(self, run: AssignmentRun) -> Progress:
        finished = run.state in (RunState.DONE, RunState.FAILED)
        return Progress(
            label=str(run.get_state_display()),
            done=run.placed if run.state == RunState.DONE else 0,
            total=run.chosen,
            started_at=run.made_at,
            now=clock.now(),
            poll_url=reverse("care:run", args=[run.pk]) + "?part=progress",
            finished=finished,
        )
