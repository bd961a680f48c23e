"""What cannot be right: the list, the work list of invalid phones, and one finding."""

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
from keheng.customers import operations, permissions
from keheng.customers.archive.tiers import add_tiers
from keheng.customers.enums import ContactKind, FindingState, Severity
from keheng.customers.models import ContactPoint, Finding
from keheng.customers.privacy.exports import CustomerRows
from keheng.customers.queries.validity import CHECKS, PHONE_CHECKS
from keheng.customers.views.quality.lists import OfCustomers, OfTierColumn
from keheng.org.acting import acting
from keheng.ui.forms import carry_out
from keheng.ui.lists import BadgeColumn, EmptyState, MomentColumn, NumberColumn, PresetView, Table
from keheng.ui.views import PermissionMixin

_TONES: dict[str, str] = {Severity.ERROR: "over", Severity.WARNING: "near", Severity.NOTE: "info"}


class FindingTable(Table):
    customer = tables.Column(accessor="customer__name", verbose_name=gettext_lazy("Customer"))
    tier = OfTierColumn()
    branch = tables.Column(accessor="customer__branch", verbose_name=gettext_lazy("Branch"))
    owner = tables.Column(accessor="customer__owner", verbose_name=gettext_lazy("Relationship manager"))
    severity = BadgeColumn(verbose_name=gettext_lazy("Severity"), tones=_TONES)
    what = tables.Column(verbose_name=gettext_lazy("What is wrong"))
    amount = NumberColumn(verbose_name=gettext_lazy("Shared by"))
    state = BadgeColumn(
        verbose_name=gettext_lazy("State"), tones={FindingState.OPEN.value: "near", FindingState.ACCEPTED.value: "met"}
    )
    found_at = MomentColumn(verbose_name=gettext_lazy("Found"), orderable=True)
    fixed = ("customer",)

    class Meta(Table.Meta):
        model = Finding
        fields = ("customer", "tier", "branch", "owner", "severity", "what", "amount", "state", "found_at")
        orderable = False


def _checks() -> list[tuple[str, str]]:
    return [(check.code, str(check.label)) for check in CHECKS.values()]


class FindingFilter(OfCustomers):
    rule = django_filters.MultipleChoiceFilter(choices=_checks, label=gettext_lazy("What is wrong"))
    severity = django_filters.ChoiceFilter(choices=Severity, label=gettext_lazy("Severity"))
    state = django_filters.ChoiceFilter(choices=FindingState, label=gettext_lazy("State"))

    class Meta:
        model = Finding
        fields: list[str] = []


class FindingList(CustomerRows):
    """Findings of the scope. The invalid phones are a view of it."""

    permission = permissions.QUALITY
    key = "quality-findings"
    title = gettext_lazy("Findings of validity")
    unit = pgettext_lazy("measure word for findings", "findings")
    table_class = FindingTable
    filterset_class = FindingFilter
    default_sort = "-found_at"
    preset_views = (
        PresetView(
            gettext_lazy("Invalid phones"), "&".join([*(f"rule={code}" for code in PHONE_CHECKS), "state=open"])
        ),
        PresetView(
            gettext_lazy("Wrong document numbers"), "rule=document&rule=document_birth&rule=document_sex&state=open"
        ),
        PresetView(gettext_lazy("Nobody answers"), "rule=no_owner&rule=owner_left&state=open"),
        PresetView(gettext_lazy("Accepted as it is"), "state=accepted"),
    )

    def get_queryset(self) -> QuerySet[Finding]:
        return Finding.objects.visible_to(acting(self.request))

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("customer__branch", "customer__owner__role")

    def decorate(self, rows: list[Any]) -> list[Any]:
        add_tiers(row.customer for row in rows)
        for row in rows:
            row.what = in_words(row)
        return rows

    def row_url(self, record: Any) -> str:
        return reverse("quality:finding", args=[record.pk])

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("Nothing is wrong here"), _("Archives are checked every night, and with every edit."), "checks"
        )


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


class FindingPage(PermissionMixin):
    """One finding: what is wrong, what to do, and letting it stand."""

    permission = permissions.QUALITY

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, self._finding(request, pk), ReasonForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        finding, form = self._finding(request, pk), ReasonForm(request.POST)
        if form.is_valid():
            given: Any = {"reason": form.cleaned_data["reason"], "actor": acting(request), "at": clock.now()}
            if carry_out(form, lambda: operations.accept_finding(finding=finding, **given)):
                messages.success(request, _("The finding stands as accepted."))
                return redirect("quality:findings")
        return self._page(request, finding, form)

    def _finding(self, request: HttpRequest, pk: int) -> Finding:
        findings = Finding.objects.visible_to(acting(request)).select_related("customer__branch", "customer__owner")
        return get_object_or_404(findings, pk=pk)

    def _page(self, request: HttpRequest, finding: Finding, form: ReasonForm) -> HttpResponse:
        context = {
            "finding": finding,
            "what": in_words(finding),
            "remedy": CHECKS[finding.rule].remedy if finding.rule in CHECKS else "",
            "form": form,
            "may_edit": permissions.can_edit(acting(request), finding.customer),
            "tone": _TONES[finding.severity],
        }
        return render(request, "customers/quality/finding.html", context)


class ReportContact(PermissionMixin):
    """Note that a contact point does not reach the customer."""

    permission = permissions.VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, self._point(request, pk), ReasonForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        point, form = self._point(request, pk), ReasonForm(request.POST)
        if form.is_valid():
            given: Any = {"reason": form.cleaned_data["reason"], "actor": acting(request), "at": clock.now()}
            if carry_out(form, lambda: operations.report_contact(point=point, **given)):
                messages.success(request, _("It stands on the work list of invalid phones now."))
                return redirect("customer", point.customer_id)
        return self._page(request, point, form)

    def _point(self, request: HttpRequest, pk: int) -> ContactPoint:
        point = get_object_or_404(ContactPoint.objects.select_related("customer"), pk=pk)
        permissions.check_view(acting(request), point.customer)
        return point

    def _page(self, request: HttpRequest, point: ContactPoint, form: ReasonForm) -> HttpResponse:
        return render(request, "customers/quality/report.html", {"point": point, "form": form})


def in_words(finding: Finding) -> str:
    """A finding as a list shows it, with the kind of contact point it is about."""
    check = CHECKS.get(finding.rule)
    text = str(check.label) if check else finding.rule
    kind = dict(ContactKind.choices).get(finding.contact, "")
    return f"{text}（{kind}）" if kind else text
