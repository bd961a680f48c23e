"""Emergency access 紧急调阅: opening an archive, its card on the customer page, the list and page of its review."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views import View

from keheng.audit.veils import veiled
from keheng.audit.words import action_of, summary_of
from keheng.common import clock
from keheng.customers.enums import Disclosure, Verdict
from keheng.customers.forms.emergency import EmergencyForm, ReviewForm
from keheng.customers.models import Customer, EmergencyAccess
from keheng.customers.operations import emergency as operations
from keheng.customers.permissions import EMERGENCY, REVIEW_EMERGENCY, disclosure
from keheng.customers.permissions.privacy import can_review
from keheng.customers.queries.emergency import acts_during
from keheng.customers.queries.privacy import open_access
from keheng.customers.queries.rules import confidentiality_rules
from keheng.org.acting import acting
from keheng.org.views.parts import OperationForm
from keheng.ui.forms import carry_out
from keheng.ui.lists import EmptyState, FilterSet, ListView, MomentColumn, PresetView, Table
from keheng.ui.views import PermissionMixin


class OpenInEmergency(OperationForm):
    """The form; ``?customer=12`` where the customer page leads here."""

    permission = EMERGENCY
    template_name = "customers/emergency_new.html"
    form_class = EmergencyForm
    heading = gettext_lazy("Open an archive in an emergency")
    submit = gettext_lazy("Open and record")

    @cached_property
    def customer(self) -> Customer | None:
        key = self.request.GET.get("customer", "")
        return Customer.objects.visible_to(acting(self.request)).filter(pk=key).first() if key.isdecimal() else None

    def get_form_kwargs(self) -> dict[str, Any]:
        minutes = confidentiality_rules().emergency.minutes
        return {**super().get_form_kwargs(), "minutes": minutes, "knows_who": self.customer is not None}

    def form_valid(self, form: Any) -> HttpResponse:
        customer, given = self.customer, {**form.cleaned_data, "actor": acting(self.request), "at": clock.now()}
        if customer is None:
            access = carry_out(form, lambda: operations.open_by_number(**given))
        else:
            access = carry_out(form, lambda: operations.open_in_emergency(customer=customer, **given))
        if access is None:
            return self.form_invalid(form)
        messages.success(self.request, _("The archive is open to you for reading. Everything you look at is recorded."))
        return redirect("customer", access.customer_id)

    def back_url(self) -> str:
        return reverse("customer", args=[self.customer.pk]) if self.customer else reverse("customers")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(customer=self.customer, **kwargs)


class EmergencyCard(PermissionMixin):
    """On the customer page: how long the archive stays open, or how to open it; nothing where it is open."""

    permission = EMERGENCY

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        actor = acting(request)
        customer = get_object_or_404(Customer.objects.visible_to(actor), pk=pk)
        access = open_access(actor, customer)
        closed = (
            disclosure(actor, customer, "birth_date") < Disclosure.OPEN
            or disclosure(actor, customer, "id_number") < Disclosure.REVEAL
        )
        context = {"customer": customer, "access": access, "closed": closed}
        return render(request, "customers/emergency_card.html", context)


class EndEmergency(View):
    """Close the archive before its time."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        access = get_object_or_404(EmergencyAccess.objects.select_related("customer"), pk=pk)
        operations.end_emergency(access=access, actor=acting(request), at=clock.now())
        messages.success(request, _("The emergency access has ended."))
        if Customer.objects.visible_to(acting(request)).filter(pk=access.customer_id).exists():
            return redirect("customer", access.customer_id)
        return redirect("customers")


class EmergencyTable(Table):
    customer = tables.Column(verbose_name=gettext_lazy("Customer number"), accessor="customer__number")
    actor = tables.Column(verbose_name=gettext_lazy("Opened by"))
    branch = tables.Column(verbose_name=gettext_lazy("Branch"), accessor="actor__branch")
    reason = tables.Column(verbose_name=gettext_lazy("Reason"))
    opened_at = MomentColumn(verbose_name=gettext_lazy("Opened at"))
    expires_at = MomentColumn(verbose_name=gettext_lazy("Open until"))
    verdict = tables.Column(verbose_name=gettext_lazy("Verdict"), empty_values=())
    reviewed_by = tables.Column(verbose_name=gettext_lazy("Reviewed by"))

    fixed = ("customer",)

    class Meta(Table.Meta):
        model = EmergencyAccess
        fields = ()
        orderable = False

    def render_verdict(self, record: EmergencyAccess) -> SafeString:
        if record.verdict:
            tone = "met" if record.verdict == Verdict.JUSTIFIED else "over"
            return format_html('<span class="flag {}">{}</span>', tone, record.get_verdict_display())
        late = getattr(record, "late", False)
        words = _("Review overdue") if late else _("To be reviewed")
        return format_html('<span class="flag {}">{}</span>', "over" if late else "near", words)

    def value_verdict(self, record: EmergencyAccess) -> str:
        return str(record.get_verdict_display()) if record.verdict else _("To be reviewed")


class EmergencyFilter(FilterSet):
    open_review = django_filters.BooleanFilter(method="unreviewed", label=gettext_lazy("To be reviewed"))
    verdict = django_filters.MultipleChoiceFilter(choices=Verdict, label=gettext_lazy("Verdict"))

    class Meta:
        model = EmergencyAccess
        fields: list[str] = []

    def unreviewed(self, queryset: "QuerySet[EmergencyAccess]", _name: str, value: bool) -> Any:
        return queryset.filter(verdict="") if value else queryset.exclude(verdict="")


class EmergencyList(ListView):
    """Every emergency access, for those who review them."""

    permission = REVIEW_EMERGENCY
    key = "emergencies"
    title = gettext_lazy("Emergency reviews")
    unit = pgettext_lazy("measure word for emergency accesses", "accesses")
    table_class = EmergencyTable
    filterset_class = EmergencyFilter
    preset_views = (PresetView(gettext_lazy("To be reviewed"), "open_review=true"),)

    def get_queryset(self) -> "QuerySet[EmergencyAccess]":
        return EmergencyAccess.objects.all()

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("customer", "actor__branch", "reviewed_by")

    def decorate(self, rows: list[Any]) -> list[Any]:
        days, now = confidentiality_rules().emergency.review_within_days, clock.now()
        for row in rows:
            row.late = not row.verdict and (now - row.opened_at).days >= days
        return rows

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("No archive has been opened in an emergency"), _("Each one appears here for review."), "shield-check"
        )


class EmergencyPage(PermissionMixin):
    """One access: who, why, what was looked at meanwhile; and its review."""

    permission = REVIEW_EMERGENCY

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, self._access(pk), ReviewForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        access, form = self._access(pk), ReviewForm(request.POST)
        if form.is_valid():
            given = {
                "verdict": Verdict(form.cleaned_data["verdict"]),
                "remark": form.cleaned_data["remark"],
                "actor": acting(request),
                "at": clock.now(),
            }
            if carry_out(form, lambda: operations.review_emergency(access=access, **given)):
                messages.success(request, _("The review is recorded."))
                return redirect("archive:emergencies")
        return self._page(request, access, form)

    def _access(self, pk: int) -> EmergencyAccess:
        accesses = EmergencyAccess.objects.select_related("customer__owner", "actor__branch", "actor__role")
        return get_object_or_404(accesses.select_related("reviewed_by"), pk=pk)

    def _page(self, request: HttpRequest, access: EmergencyAccess, form: ReviewForm) -> HttpResponse:
        acts = [(entry, action_of(entry), summary_of(entry)) for entry in veiled(acts_during(access), acting(request))]
        context = {
            "access": access,
            "acts": acts,
            "form": form,
            "may_review": not access.verdict and can_review(acting(request), access),
            "is_open": access.expires_at > clock.now(),
        }
        return render(request, "customers/emergency.html", context)
