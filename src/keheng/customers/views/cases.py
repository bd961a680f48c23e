"""The desk 个人信息保护: requests of data subjects with their clocks, and the register of impact assessments."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.common import clock
from keheng.customers.enums import CaseKind, CaseState, FileForm, IdentityProof, RiskLevel
from keheng.customers.forms.privacy import (
    AllowForm,
    AnswerForm,
    AssessmentForm,
    CaseForm,
    CopyForm,
    CorrectForm,
    ExtendForm,
)
from keheng.customers.models import Customer, ImpactAssessment, PrivacyCase
from keheng.customers.operations import cases as operations
from keheng.customers.permissions.privacy import PRIVACY
from keheng.customers.queries.privacy import copies_for, refusal_of, taken_back
from keheng.customers.queries.retention import retention_of
from keheng.customers.queries.rules import privacy_rules
from keheng.org.acting import acting
from keheng.org.views.parts import OperationForm
from keheng.ui.forms import carry_out
from keheng.ui.lists import DayColumn, EmptyState, FilterSet, ListView, MomentColumn, PageAction, PresetView, Table
from keheng.ui.views import PermissionMixin, require

SOON = 3
"""So many days before the last one a request is marked."""


def clock_of(case: PrivacyCase, today: date) -> tuple[str, str]:
    """Tone and words of a request's clock."""
    if case.state != CaseState.OPEN:
        return "", str(case.get_state_display())
    left = (case.due_on - today).days
    if left < 0:
        return "over", _("%(n)d days overdue") % {"n": -left}
    return ("near" if left <= SOON else "met"), _("%(n)d days left") % {"n": left}


class CaseTable(Table):
    number = tables.Column(verbose_name=gettext_lazy("Case number"))
    kind = tables.Column(verbose_name=gettext_lazy("Request"), accessor="get_kind_display")
    customer = tables.Column(verbose_name=gettext_lazy("Customer"))
    branch = tables.Column(verbose_name=gettext_lazy("Branch"), accessor="customer__branch")
    received_at = MomentColumn(verbose_name=gettext_lazy("Received at"))
    due_on = DayColumn(verbose_name=gettext_lazy("Answer by"), orderable=True)
    clock = tables.Column(verbose_name=gettext_lazy("Clock"), accessor="pk")
    answered_by = tables.Column(verbose_name=gettext_lazy("Answered by"))

    fixed = ("number",)

    class Meta(Table.Meta):
        model = PrivacyCase
        fields = ()
        orderable = False

    def render_clock(self, record: PrivacyCase) -> SafeString:
        return format_html('<span class="flag {}">{}</span>', *clock_of(record, clock.today()))

    def value_clock(self, record: PrivacyCase) -> str:
        return clock_of(record, clock.today())[1]


class CaseFilter(FilterSet):
    kind = django_filters.MultipleChoiceFilter(choices=CaseKind, label=gettext_lazy("Request"))
    state = django_filters.MultipleChoiceFilter(choices=CaseState, label=gettext_lazy("State"))

    class Meta:
        model = PrivacyCase
        fields: list[str] = []


class CaseList(ListView):
    """The requests of the customers in scope, what is due first."""

    permission = PRIVACY
    key = "privacy-cases"
    title = gettext_lazy("Personal information")
    unit = pgettext_lazy("measure word for privacy requests", "requests")
    table_class = CaseTable
    filterset_class = CaseFilter
    default_sort = "due_on"
    preset_views = (PresetView(gettext_lazy("Being handled"), "state=open"),)

    def get_queryset(self) -> "QuerySet[PrivacyCase]":
        return PrivacyCase.objects.visible_to(acting(self.request))

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("customer__branch", "answered_by")

    def page_actions(self) -> Sequence[PageAction]:
        return (PageAction(_("Take in a request"), reverse("archive:case-new"), "plus", primary=True),)

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("No privacy request yet"),
            _("Customers may ask for a copy, correction, erasure, or against automated decisions."),
            "shield-check",
        )


class NewCase(OperationForm):
    """Taking a request in; ``?customer=12`` where the customer page leads here."""

    permission = PRIVACY
    form_class = CaseForm
    heading = gettext_lazy("Take in a privacy request")
    submit = gettext_lazy("Take in")

    @cached_property
    def customer(self) -> Customer | None:
        key = self.request.GET.get("customer", "")
        return Customer.objects.visible_to(acting(self.request)).filter(pk=key).first() if key.isdecimal() else None

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "customer": self.customer}

    def form_valid(self, form: Any) -> HttpResponse:
        given = dict(form.cleaned_data)
        number = given.pop("number", "").strip()
        customer = self.customer or Customer.objects.visible_to(acting(self.request)).filter(number=number).first()
        if customer is None:
            form.add_error("number", _("No customer in your scope has this number."))
            return self.form_invalid(form)
        case = carry_out(
            form,
            lambda: operations.open_case(
                customer=customer,
                kind=CaseKind(given["kind"]),
                proof=IdentityProof(given["proof"]),
                wish=given["wish"],
                actor=acting(self.request),
                at=clock.now(),
            ),
        )
        return self.form_invalid(form) if case is None else redirect(case)

    def back_url(self) -> str:
        return reverse("customer", args=[self.customer.pk]) if self.customer else reverse("archive:cases")


class CasePage(PermissionMixin):
    """One request: its clock, what stands against it, and the one thing that carries it out."""

    permission = PRIVACY

    def get(self, _request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(self._case(pk), {})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        case, action = self._case(pk), request.POST.get("action", "")
        form = self._forms(request.POST).get(action)
        if form is None:
            raise BadRequest
        if form.is_valid():
            given = {"case": case, "actor": acting(request), "at": clock.now()}
            done = carry_out(form, lambda: self._carry_out(action, form.cleaned_data, given))
            if done is not None:
                messages.success(request, _("Recorded in the request."))
                return redirect("archive:case", pk)
        return self._page(case, {action: form})

    def _case(self, pk: int) -> PrivacyCase:
        cases = PrivacyCase.objects.visible_to(acting(self.request))
        return get_object_or_404(cases.select_related("customer__branch", "actor", "answered_by"), pk=pk)

    def _forms(self, data: Any = None) -> dict[str, Any]:
        return {
            "extend": ExtendForm(data),
            "answer": AnswerForm(data),
            "copy": CopyForm(data),
            "correct": CorrectForm(data),
            "erase": forms.Form(data),
            "automated": forms.Form(data),
            "allow": AllowForm(data),
        }

    def _carry_out(self, action: str, values: dict[str, Any], given: dict[str, Any]) -> Any:
        acts: dict[str, Callable[[], Any]] = {
            "extend": lambda: operations.extend_case(reason=values["reason"], **given),
            "answer": lambda: operations.answer_case(
                outcome=CaseState(values["outcome"]), answer=values["answer"], **given
            ),
            "copy": lambda: operations.give_copy(form=FileForm(values["form"]), **given),
            "correct": lambda: operations.correct(field=values["field"], value=values["value"], **given),
            "erase": lambda: operations.erase_subject(**given),
            "automated": lambda: operations.refuse_automated(**given),
            "allow": lambda: self._allow(values["reason"], **given),
        }
        return acts[action]()

    def _allow(self, reason: str, case: PrivacyCase, **given: Any) -> PrivacyCase:
        operations.allow_automated(customer=case.customer, reason=reason, **given)
        return case

    def _page(self, case: PrivacyCase, bound: dict[str, Any]) -> HttpResponse:
        today = clock.today()
        tone, words = clock_of(case, today)
        standing = retention_of(case.customer, today) if case.kind == CaseKind.DELETION else ()
        refusal = refusal_of(case.customer) if case.kind == CaseKind.AUTOMATED else None
        forms = {**self._forms(), **bound}
        if standing:
            forms["answer"].initial["outcome"] = CaseState.REFUSED  # what a standing rule leads to
        context = {
            "case": case,
            "tone": tone,
            "clock_words": words,
            "is_open": case.state == CaseState.OPEN,
            "standing": [(found, operations.standing_words(found.rule.name, found.until)) for found in standing],
            "refusal": refusal if refusal and refusal.case == case else None,
            "taken_back": taken_back(case),
            "copies": copies_for(case),
            "may_extend": not case.extended and privacy_rules().clocks[CaseKind(case.kind)].extension > 0,
            **{f"{name}_form": form for name, form in forms.items()},
        }
        return render(self.request, "customers/case.html", context)


class AssessmentTable(Table):
    title = tables.Column(verbose_name=gettext_lazy("Title"))
    level = tables.Column(verbose_name=gettext_lazy("Remaining risk"), accessor="get_level_display")
    assessed_on = DayColumn(verbose_name=gettext_lazy("Assessed on"))
    keep_until = DayColumn(verbose_name=gettext_lazy("Kept until"))
    assessor = tables.Column(verbose_name=gettext_lazy("Assessed by"))

    fixed = ("title",)

    class Meta(Table.Meta):
        model = ImpactAssessment
        fields = ()
        orderable = False


class AssessmentList(ListView):
    """The register of impact assessments (PIPL 55–56)."""

    permission = PRIVACY
    export_permission = PRIVACY
    key = "impact-assessments"
    title = gettext_lazy("Impact assessments")
    unit = pgettext_lazy("measure word for impact assessments", "assessments")
    table_class = AssessmentTable

    def get_queryset(self) -> "QuerySet[ImpactAssessment]":
        return ImpactAssessment.objects.all()

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("assessor")

    def row_url(self, record: ImpactAssessment) -> str:
        return reverse("archive:assessment", args=[record.pk])

    def page_actions(self) -> Sequence[PageAction]:
        return (PageAction(_("Register an assessment"), reverse("archive:assessment-new"), "plus", primary=True),)

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("No impact assessment yet"),
            _("Register one before sensitive data, automated decisions or sharing begin."),
            "clipboard-check",
        )


class NewAssessment(OperationForm):
    """Registering an assessment."""

    permission = PRIVACY
    form_class = AssessmentForm
    heading = gettext_lazy("Register an impact assessment")
    submit = gettext_lazy("Register")

    def get_initial(self) -> dict[str, Any]:
        return {"assessed_on": clock.today()}

    def carry_out(self, **values: Any) -> ImpactAssessment:
        return operations.assess_impact(**{**values, "level": RiskLevel(values["level"])})

    def done(self) -> str:
        return _("The assessment is registered.")

    def back_url(self) -> str:
        return reverse("archive:assessments")


def assessment(request: HttpRequest, pk: int) -> HttpResponse:
    """One assessment, to read."""
    require(request, PRIVACY)
    found = get_object_or_404(ImpactAssessment.objects.select_related("assessor"), pk=pk)
    return render(request, "customers/assessment.html", {"assessment": found})
