"""Possible duplicates: the work list, two archives side by side, and the merges that can be taken back."""

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

from keheng.common import clock
from keheng.customers import operations, permissions, queries
from keheng.customers.enums import PairState, RuleTopic
from keheng.customers.models import CrowdedKey, Customer, DuplicatePair, Unification
from keheng.customers.queries import comparison
from keheng.customers.queries.duplicates import BLOCKS
from keheng.customers.views.quality.findings import ReasonForm
from keheng.customers.views.quality.lists import WordsColumn
from keheng.org.acting import acting
from keheng.ui.forms import carry_out
from keheng.ui.lists import BadgeColumn, EmptyState, FilterSet, ListView, MomentColumn, NumberColumn, PresetView, Table
from keheng.ui.views import PermissionMixin

_SHOWN = 12


class PairTable(Table):
    left = tables.Column(accessor="left__name", verbose_name=gettext_lazy("Customer"))
    left_number = tables.Column(accessor="left__number", verbose_name=gettext_lazy("Customer number"))
    right = tables.Column(accessor="right__name", verbose_name=gettext_lazy("Other customer"))
    right_number = tables.Column(accessor="right__number", verbose_name=gettext_lazy("Customer number"))
    branch = tables.Column(verbose_name=gettext_lazy("Branch"))
    score = NumberColumn(verbose_name=gettext_lazy("Score"), orderable=True)
    shared = WordsColumn(verbose_name=gettext_lazy("What they share"))
    doubts = WordsColumn(verbose_name=gettext_lazy("What speaks against it"))
    state = BadgeColumn(
        verbose_name=gettext_lazy("State"), tones={PairState.OPEN.value: "near", PairState.DISMISSED.value: ""}
    )
    fixed = ("left", "right")

    class Meta(Table.Meta):
        model = DuplicatePair
        fields = ("left", "left_number", "right", "right_number", "branch", "score", "shared", "doubts", "state")
        orderable = False


def _blocks() -> list[tuple[str, str]]:
    return [(block.code, str(block.label)) for block in BLOCKS.values()]


class PairFilter(FilterSet):
    state = django_filters.ChoiceFilter(choices=PairState, label=gettext_lazy("State"))
    score = django_filters.RangeFilter(label=gettext_lazy("Score"))
    reason = django_filters.MultipleChoiceFilter(
        choices=_blocks, method="sharing", label=gettext_lazy("What they share")
    )

    class Meta:
        model = DuplicatePair
        fields: list[str] = []

    def sharing(self, queryset: "QuerySet[Any]", _name: str, codes: list[str]) -> "QuerySet[Any]":
        return queryset.filter(reasons__contains=codes) if codes else queryset


class PairList(ListView):
    """The pairs of which the reader sees both customers."""

    permission = permissions.QUALITY
    key = "duplicates"
    title = gettext_lazy("Possible duplicates")
    unit = pgettext_lazy("measure word for pairs", "pairs")
    table_class = PairTable
    filterset_class = PairFilter
    default_sort = "-score"
    template_name = "customers/quality/duplicates.html"
    preset_views = (
        PresetView(gettext_lazy("To be decided"), "state=open"),
        PresetView(gettext_lazy("Nearly certain"), "state=open&score_min=90"),
        PresetView(gettext_lazy("Not a duplicate"), "state=dismissed"),
    )

    def get_queryset(self) -> QuerySet[DuplicatePair]:
        return DuplicatePair.objects.visible_to(acting(self.request))

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("left__branch", "right__branch")

    def decorate(self, rows: list[Any]) -> list[Any]:
        for row in rows:
            row.shared, row.doubts = queries.words_of(row.reasons), queries.words_of(row.against)
            places = [str(row.left.branch), str(row.right.branch)]
            row.branch = places[0] if places[0] == places[1] else " / ".join(places)
        return rows

    def row_url(self, record: Any) -> str:
        return reverse("quality:pair", args=[record.pk])

    def crowded(self) -> list[CrowdedKey]:
        """The keys that too many customers share, of the last search, within the reader's scope."""
        run = queries.last_run(RuleTopic.DUPLICATES)
        if run is None:
            return []
        visible = Customer.objects.visible_to(acting(self.request)).order_by().values("pk")
        keys = list(
            CrowdedKey.objects.filter(run=run, sample__in=visible)
            .select_related("sample")
            .order_by("-customers")[:_SHOWN]
        )
        for key in keys:
            key.label = str(BLOCKS[key.block].label)  # type: ignore[attr-defined]
        return keys

    def last(self) -> Any:
        return queries.last_run(RuleTopic.DUPLICATES)

    def empty_state(self) -> EmptyState:
        return EmptyState(_("No possible duplicates"), _("All customers are compared every night."), "users-group")


class MergeForm(forms.Form):
    """Which archive stays, which side each differing fact comes from, and why they are one."""

    survivor = forms.ChoiceField(choices=[("left", ""), ("right", "")], initial="left")
    reason = forms.CharField(label=gettext_lazy("Why they are one"), max_length=200)

    def __init__(self, *args: Any, lines: list[comparison.Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            if line.differs:
                self.fields[line.key] = forms.ChoiceField(
                    choices=[("left", ""), ("right", "")], initial=line.preferred, required=False
                )

    def taken(self) -> tuple[list[str], list[str]]:
        """Facts, and columns and rows beside them, that come from the archive that goes."""
        lost = "right" if self.cleaned_data["survivor"] == "left" else "left"
        return comparison.from_lost(self.lines, self.cleaned_data, lost=lost)

    def rows(self) -> list[tuple[comparison.Line, str]]:
        """The lines with the side chosen."""
        return [(line, self[line.key].value() if line.differs else "") for line in self.lines]


class PairPage(PermissionMixin):
    """Two archives side by side: merge them, or remember that they are two."""

    permission = permissions.QUALITY

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        pair = self._pair(request, pk)
        lines = comparison.facts_side_by_side(pair.left, pair.right, acting(request))
        return self._page(request, pair, MergeForm(lines=lines), ReasonForm(prefix="two"))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        pair = self._pair(request, pk)
        lines = comparison.facts_side_by_side(pair.left, pair.right, acting(request))
        given: Any = {"actor": acting(request), "at": clock.now()}
        match request.POST.get("action"):
            case "merge":
                form = MergeForm(request.POST, lines=lines)
                if form.is_valid() and (made := self._merge(pair, form, given)):
                    messages.success(
                        request,
                        _("The archives are one now. Until %(day)s this can be taken back.")
                        % {"day": made.undo_until.strftime("%Y-%m-%d")},
                    )
                    return redirect("quality:merge", made.pk)
                return self._page(request, pair, form, ReasonForm(prefix="two"))
            case "reopen":
                operations.reopen_pair(pair=pair, **given)
                return redirect("quality:pair", pair.pk)
        reason = ReasonForm(request.POST, prefix="two")
        if reason.is_valid():
            note = reason.cleaned_data["reason"]
            if carry_out(reason, lambda: operations.dismiss_pair(pair=pair, note=note, **given)):
                messages.success(request, _("Remembered: these are two customers. No search asks again."))
                return redirect("quality:duplicates")
        return self._page(request, pair, MergeForm(lines=lines), reason)

    def _merge(self, pair: DuplicatePair, form: MergeForm, given: dict[str, Any]) -> Unification | None:
        survivor, lost = (pair.left, pair.right) if form.cleaned_data["survivor"] == "left" else (pair.right, pair.left)
        taken, chosen = form.taken()
        return carry_out(
            form,
            lambda: operations.unify(
                survivor=survivor, lost=lost, taken=taken, chosen=chosen, reason=form.cleaned_data["reason"], **given
            ),
        )

    def _pair(self, request: HttpRequest, pk: int) -> DuplicatePair:
        pairs = DuplicatePair.objects.visible_to(acting(request)).select_related(
            "left__branch", "left__owner", "right__branch", "right__owner"
        )
        return get_object_or_404(pairs, pk=pk)

    def _page(self, request: HttpRequest, pair: DuplicatePair, form: MergeForm, two: ReasonForm) -> HttpResponse:
        staff = acting(request)
        context = {
            "pair": pair,
            "form": form,
            "two": two,
            "rows": form.rows(),
            "sides": (("left", pair.left), ("right", pair.right)),
            "shared": queries.words_of(pair.reasons),
            "doubts": queries.words_of(pair.against),
            "contacts": comparison.contacts_side_by_side(pair.left, pair.right, staff),
            "holdings": comparison.holdings_side_by_side(pair.left, pair.right),
            "refusal": permissions.why_not_merge(staff, pair.left, pair.right),
            "may_decide": permissions.can_decide_duplicates(staff),
            "days": Unification.UNDO.days,
        }
        return render(request, "customers/quality/pair.html", context)


class MergeTable(Table):
    survivor = tables.Column(accessor="survivor__name", verbose_name=gettext_lazy("Customer"))
    number = tables.Column(accessor="survivor__number", verbose_name=gettext_lazy("Customer number"))
    lost_number = tables.Column(verbose_name=gettext_lazy("Merged number"))
    branch = tables.Column(accessor="survivor__branch", verbose_name=gettext_lazy("Branch"))
    rows = NumberColumn(verbose_name=gettext_lazy("Rows moved"))
    made_by = tables.Column(verbose_name=gettext_lazy("Merged by"))
    made_at = MomentColumn(verbose_name=gettext_lazy("Merged at"), orderable=True)
    undone_at = MomentColumn(verbose_name=gettext_lazy("Taken back at"))
    reason = tables.Column(verbose_name=gettext_lazy("Reason"))
    fixed = ("survivor",)

    class Meta(Table.Meta):
        model = Unification
        fields = ("survivor", "number", "lost_number", "branch", "rows", "made_by", "made_at", "undone_at", "reason")
        orderable = False


class MergeList(ListView):
    """What was merged, newest first."""

    permission = permissions.QUALITY
    key = "merges"
    title = gettext_lazy("Merged archives")
    unit = pgettext_lazy("measure word for merges", "merges")
    table_class = MergeTable
    default_sort = "-made_at"

    def get_queryset(self) -> QuerySet[Unification]:
        return Unification.objects.visible_to(acting(self.request))

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("survivor__branch", "made_by")

    def row_url(self, record: Any) -> str:
        return reverse("quality:merge", args=[record.pk])

    def empty_state(self) -> EmptyState:
        return EmptyState(_("Nothing has been merged yet"), icon="arrows-join")


class MergePage(PermissionMixin):
    """One merge, and taking it back."""

    permission = permissions.QUALITY

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, self._made(request, pk), ReasonForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        made, form = self._made(request, pk), ReasonForm(request.POST)
        if form.is_valid():
            given: Any = {"reason": form.cleaned_data["reason"], "actor": acting(request), "at": clock.now()}
            if carry_out(form, lambda: operations.separate(made=made, **given)):
                messages.success(request, _("The merge has been taken back; both archives are as they were."))
                return redirect("quality:merge", pk)
        return self._page(request, made, form)

    def _made(self, request: HttpRequest, pk: int) -> Unification:
        found = Unification.objects.visible_to(acting(request))
        return get_object_or_404(found.select_related("survivor__branch", "made_by", "undone_by"), pk=pk)

    def _page(self, request: HttpRequest, made: Unification, form: ReasonForm) -> HttpResponse:
        open_ = made.undone_at is None and bool(made.journal) and clock.now() <= made.undo_until
        may = open_ and permissions.can_decide_duplicates(acting(request))
        return render(request, "customers/quality/merge.html", {"made": made, "form": form, "may": may, "open": open_})
