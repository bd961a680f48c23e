"""潜力客户: the lists, whom they hold, and the steps of each towards being a customer (A1, A4)."""

from collections.abc import Sequence
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.audit.operations import record
from keheng.common import clock
from keheng.common.masking import mask_phone
from keheng.customers import permissions
from keheng.customers.archive.potentials import rules
from keheng.customers.enums import PotentialSource, PotentialState
from keheng.customers.forms.dossier import RemoveForm
from keheng.customers.forms.potentials import BranchForm, ListForm, NamedForm, UploadForm
from keheng.customers.models import ArchiveScore, Potential, PotentialList
from keheng.customers.operations import potentials as operations
from keheng.customers.permissions.potentials import can_keep_lists, can_work_on, check_work_on
from keheng.customers.policies.potentials import TELLER_FROM, TRANSITIONS
from keheng.customers.privacy.exports import CustomerRows
from keheng.org.acting import acting
from keheng.org.models import Branch, Staff
from keheng.ui.forms import carry_out
from keheng.ui.lists import (
    BadgeColumn,
    BulkAction,
    DayColumn,
    EmptyState,
    FilterSet,
    PageAction,
    PresetView,
    Table,
    WanColumn,
    WanRangeFilter,
)
from keheng.ui.reveal import RevealView
from keheng.ui.views import PermissionMixin, SideForm

TONES = {"new": "", "contacted": "near", "customer": "met", "declined": "paused"}


def _branches(request: Any) -> "QuerySet[Branch]":
    return Branch.objects.visible_to(request.user) if request else Branch.objects.none()


def _lists(request: Any) -> "QuerySet[PotentialList]":
    return PotentialList.objects.all() if request else PotentialList.objects.none()


class PotentialFilter(FilterSet):
    list = django_filters.ModelChoiceFilter(queryset=_lists, label=pgettext_lazy("potential customers", "List"))
    state = django_filters.MultipleChoiceFilter(choices=PotentialState, label=gettext_lazy("State"))
    source = django_filters.MultipleChoiceFilter(
        choices=PotentialSource, field_name="list__source", label=gettext_lazy("Source")
    )
    amount = WanRangeFilter(label=gettext_lazy("Amount"))
    branch = django_filters.ModelChoiceFilter(queryset=_branches, method="within", label=gettext_lazy("Branch"))
    is_effective = django_filters.BooleanFilter(method="effective", label=gettext_lazy("Effective customer"))

    class Meta:
        model = Potential
        fields: "Sequence[str]" = []

    def within(self, queryset: "QuerySet[Any]", _name: str, branch: Branch | None) -> "QuerySet[Any]":
        if branch is None:
            return queryset
        return queryset.filter(branch_id__in=list(Branch.objects.subtree_of(branch).values_list("pk", flat=True)))

    def effective(self, queryset: "QuerySet[Any]", _name: str, wanted: bool) -> "QuerySet[Any]":
        """A1 剔除空卡、睡眠折: customers who are one, or those who are none."""
        scores = ArchiveScore.objects.filter(customer_id=OuterRef("customer_id"), is_effective=wanted)
        return queryset.filter(Exists(scores))


class PotentialTable(Table):
    name = tables.Column(verbose_name=gettext_lazy("Name"))
    kind = tables.Column(verbose_name=gettext_lazy("Kind"), accessor="get_kind_display")
    list = tables.Column(verbose_name=pgettext_lazy("potential customers", "List"))
    source = tables.Column(verbose_name=gettext_lazy("Source"), accessor="list__get_source_display")
    amount = WanColumn(verbose_name=gettext_lazy("Amount"))
    state = BadgeColumn(tones=TONES, verbose_name=gettext_lazy("State"), accessor="state")
    owner = tables.Column(verbose_name=gettext_lazy("Relationship manager"))
    branch = tables.Column(verbose_name=gettext_lazy("Branch"))
    added_at = DayColumn(verbose_name=gettext_lazy("Added on"), orderable=True)

    fixed = ("name",)
    optional = ("kind",)

    class Meta(Table.Meta):
        model = Potential
        fields = ()
        orderable = False


class Potentials(CustomerRows):
    """Everybody on a list in scope, the newest first."""

    permission = permissions.VIEW
    key = "potentials"
    title = gettext_lazy("Potential customers")
    table_class = PotentialTable
    filterset_class = PotentialFilter
    default_sort = "-added_at"
    preset_views = (
        PresetView(gettext_lazy("To be contacted"), "state=new"),
        PresetView(gettext_lazy("Collected at the counter, 50k and above"), "source=teller&amount_min=5"),
        PresetView(gettext_lazy("Effective only"), "is_effective=true"),
    )

    bulk_actions = (BulkAction(gettext_lazy("Assign"), "archive:potentials-assign", "user-check", permissions.ASSIGN),)

    def get_queryset(self) -> "QuerySet[Potential]":
        found: QuerySet[Potential] = Potential.objects.visible_to(acting(self.request))
        return found

    def row_queryset(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return queryset.select_related("list", "branch", "owner").defer("phone")

    def page_actions(self) -> Sequence[PageAction]:
        return [PageAction(_("Lists"), reverse("archive:potential-lists"), "list-details")]

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("No potential customer yet"),
            _("Open a list by rule, upload one, or let tellers write down whom they meet."),
            "user-search",
            _("Lists"),
            reverse("archive:potential-lists"),
        )


class AssignForm(forms.Form):
    """Who is to answer for the names."""

    owner = forms.ModelChoiceField(Staff.objects.none(), label=gettext_lazy("Relationship manager"))

    def __init__(self, *args: Any, actor: Staff) -> None:
        super().__init__(*args)
        within = Branch.objects.visible_to(actor)
        people = Staff.objects.people().filter(branch__in=within, is_active=True).select_related("role", "branch")
        self.fields["owner"].queryset = people.order_by("name")  # type: ignore[attr-defined]


class AssignPotentials(PermissionMixin):
    """The ticked names to one person: the page asks whom, and is sent with the same names."""

    permission = permissions.ASSIGN
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        actor = acting(request)
        keys = list(Potentials.selection(request).order_by().values_list("pk", flat=True)[: operations.MOST_ROWS + 1])
        if not keys:
            messages.error(request, _("Tick the names first."))
            return redirect("archive:potentials")
        form = AssignForm(*([request.POST] if "owner" in request.POST else []), actor=actor)
        if form.is_valid():
            given: dict[str, Any] = {**form.cleaned_data, "actor": actor, "at": clock.now()}
            done = carry_out(form, lambda: operations.assign_potentials(keys=keys, **given))
            if done is not None:
                words = {"count": done, "name": form.cleaned_data["owner"].name}
                messages.success(request, _("%(name)s answers for %(count)d more names.") % words)
                return redirect("archive:potentials")
        return render(request, "customers/potentials/assign.html", {"form": form, "keys": keys})


class PotentialLists(PermissionMixin):
    """The lists with their source, rule and how far the names in scope have come."""

    permission = permissions.VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        staff = acting(request)
        counted = {
            row["list"]: row
            for row in Potential.objects.visible_to(staff)
            .order_by()
            .values("list")
            .annotate(
                n=Count("pk"),
                **{state.value: Count("pk", filter=Q(state=state)) for state in PotentialState},
                effective=Count(
                    "pk",
                    filter=Exists(ArchiveScore.objects.filter(customer_id=OuterRef("customer_id"), is_effective=True)),
                ),
            )
        }
        context = {
            "rows": [
                {**counted.get(one.pk, {}), "list": one, "rule": rules().get(one.rule)}
                for one in PotentialList.objects.select_related("owner", "branch")
            ],
            "may_keep": can_keep_lists(staff),
            "may_add": staff.can(permissions.EDIT),
        }
        return render(request, "customers/potentials/lists.html", context)


class OpenList(SideForm):
    permission = permissions.ASSIGN
    heading = gettext_lazy("New list")
    submit = gettext_lazy("Open the list")
    done = gettext_lazy("The list has been opened.")
    note = gettext_lazy("Of a rule the customers come by themselves; for other sources upload names afterwards.")

    def make_form(self, *data: Any) -> ListForm:
        return ListForm(*data[:1], actor=acting(self.request))

    def carry_out(self, form: Any, **given: Any) -> PotentialList:
        return operations.open_list(**form.values(), **given)


class _OfList(SideForm):
    permission = permissions.EDIT
    held: PotentialList

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.held = get_object_or_404(PotentialList.objects.select_related("branch"), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    @property
    def heading(self) -> str:  # type: ignore[override]
        return self.held.name


class AddPotential(_OfList):
    submit = gettext_lazy("Add")
    done = gettext_lazy("The potential customer stands on the list.")

    @property
    def note(self) -> "str | Promise":  # type: ignore[override]
        if self.held.source != PotentialSource.TELLER:
            return ""
        return _("Tellers write down whom they meet with %(least)d,000 CNY or more.") % {"least": TELLER_FROM / 1000}

    def make_form(self, *data: Any) -> forms.Form:
        return NamedForm(*data[:1])

    def carry_out(self, form: Any, **given: Any) -> int:
        return operations.add_potentials(held=self.held, named=form.named(), **given)


class UploadPotentials(AddPotential):
    submit = gettext_lazy("Upload names")
    done = gettext_lazy("The names stand on the list; known telephones were left out.")
    takes_file = True
    note = ""

    def make_form(self, *data: Any) -> forms.Form:
        return UploadForm(*data)


class RefreshList(_OfList):
    permission = permissions.ASSIGN
    submit = gettext_lazy("Work it out anew")
    done = gettext_lazy("The list is up to date.")
    note = gettext_lazy("Who belongs now comes in; who was never contacted and no longer belongs goes.")

    def make_form(self, *data: Any) -> forms.Form:
        return forms.Form(*data[:1])

    def carry_out(self, form: Any, **given: Any) -> int:  # noqa: ARG002
        return operations.refresh_list(held=self.held, **given)


def _potential(request: HttpRequest, pk: int) -> Potential:
    visible = Potential.objects.visible_to(acting(request))
    found: Potential = get_object_or_404(visible.select_related("list", "branch", "owner", "customer"), pk=pk)
    return found


class PotentialPage(PermissionMixin):
    """One potential customer with the steps that lead on."""

    permission = permissions.VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        potential = _potential(request, pk)
        steps = TRANSITIONS[PotentialState(potential.state)]
        sees = potential.customer and permissions.can_view(acting(request), potential.customer)
        context = {
            "potential": potential,
            "tone": TONES[potential.state],
            "phone": mask_phone(potential.phone) if potential.phone else "",
            "may_work": can_work_on(acting(request), potential),
            "may_reveal": acting(request).can(permissions.REVEAL) and can_work_on(acting(request), potential),
            "steps": {state.value for state in steps},
            "sees_customer": sees,
        }
        return render(request, "customers/potentials/potential.html", context)


class MovePotential(SideForm):
    """The next step of a potential customer, which the address names."""

    permission = permissions.EDIT
    submit = gettext_lazy("Save")
    done = gettext_lazy("The step has been recorded.")
    potential: Potential
    to: PotentialState

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if kwargs["to"] not in PotentialState.values:
            raise Http404
        if request.user.is_authenticated:
            self.potential, self.to = _potential(request, kwargs["pk"]), PotentialState(kwargs["to"])
        return super().dispatch(request, *args, **kwargs)

    @property
    def heading(self) -> str:  # type: ignore[override]
        return str(self.to.label)

    def make_form(self, *data: Any) -> forms.Form:
        if self.to == PotentialState.CUSTOMER and self.potential.customer_id is None:
            return BranchForm(*data[:1], actor=acting(self.request), at=self.potential.branch_id)
        form = RemoveForm(*data[:1])
        form.fields["reason"].required = self.to == PotentialState.DECLINED
        return form

    def carry_out(self, form: Any, **given: Any) -> None:
        if "branch" in form.fields:
            branch = form.cleaned_data["branch"]
            operations.convert_potential(potential=self.potential, branch=branch, **given)
        else:
            reason = form.cleaned_data["reason"]
            operations.move_potential(potential=self.potential, to=self.to, reason=reason, **given)


class RevealPotential(RevealView):
    """The telephone of a potential customer, whole, to who works on them; recorded with its reason."""

    permission = permissions.REVEAL

    def subject(self) -> str:
        return f"potential:{self.kwargs['pk']}"

    def reveal(self, field: str, reason: str) -> str:
        potential = _potential(self.request, self.kwargs["pk"])
        if field != "phone" or not potential.phone:
            raise Http404
        check_work_on(acting(self.request), potential)
        given: Any = {"actor": acting(self.request), "at": clock.now(), "reason": reason}
        record("customers.reveal_potential", target=potential, **given)
        return potential.phone
