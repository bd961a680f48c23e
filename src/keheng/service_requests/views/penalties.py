"""Penalty sheets: the list, a month of one person, and what may be done about it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from keheng.common import clock
from keheng.org.acting import acting
from keheng.service_requests import permissions
from keheng.service_requests.enums import AppealState, PenaltyKind, SheetState
from keheng.service_requests.forms import DecideForm, OffsetForm, WordsForm
from keheng.service_requests.models import Appeal, PenaltyEntry, PenaltySheet
from keheng.service_requests.operations import penalties
from keheng.service_requests.queries.penalties import lines, with_sums
from keheng.service_requests.tables import SheetTable
from keheng.ui.lists import EmptyState, ListView
from keheng.ui.views import SideForm, require


class SheetList(ListView):
    """One's own sheets; for supervisors those of the branches in scope."""

    permission = permissions.VIEW
    key, title = "service-penalties", _("Penalty sheets")
    unit = pgettext_lazy("measure word of penalty sheets", "sheets")
    table_class = SheetTable
    default_sort = "-month"
    export_permission = permissions.SUPERVISE

    def get_queryset(self) -> "QuerySet[PenaltySheet]":
        return PenaltySheet.objects.visible_to(acting(self.request))

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return with_sums(queryset.select_related("staff", "branch"))

    def empty_state(self) -> EmptyState:
        return EmptyState(gettext("No penalties"), gettext("Every request was handled within its limit."), "award")


def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """A person's month: every entry with its reason, and the balance."""
    require(request, permissions.VIEW)
    found, staff = _sheet(request, pk), acting(request)
    decides = permissions.can_supervise(staff, found.branch) and found.staff_id != staff.pk
    is_open = found.state == SheetState.OPEN
    context = {
        "sheet": with_sums(PenaltySheet.objects.select_related("staff", "branch", "locked_by")).get(pk=found.pk),
        "lines": lines(found),
        "may_decide": decides and is_open,
        "may_appeal": found.staff_id == staff.pk and is_open,
        "may_sign": found.staff_id == staff.pk and found.state == SheetState.LOCKED,
        "deductions": [PenaltyKind.OVERTIME, PenaltyKind.ERROR, PenaltyKind.CONCLUSION],
        "waits": AppealState.OPEN,
    }
    return render(request, "service_requests/sheet.html", context)


@require_POST
def lock(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a month."""
    require(request, permissions.SUPERVISE)
    return _did(request, pk, lambda found, **given: penalties.lock(sheet=found, **given), gettext("It is locked."))


@require_POST
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign one's own month."""
    require(request, permissions.VIEW)
    return _did(request, pk, lambda found, **given: penalties.sign(sheet=found, **given), gettext("It is signed."))


class _SheetSide(SideForm):
    permission = permissions.SUPERVISE
    sheet: PenaltySheet

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.sheet = _sheet(request, kwargs["pk"])
            self.prepare()
        return super().dispatch(request, *args, **kwargs)

    def prepare(self) -> None:
        """Find what the form is about."""


class Offset(_SheetSide):
    heading, submit, done = _("Offset penalties"), _("Offset"), _("The offset is entered.")
    note = _("Together at most the month's deductions (decision 11).")

    def make_form(self, *data: Any) -> forms.Form:
        return OffsetForm(*data[:1])

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return penalties.offset(sheet=self.sheet, **form.cleaned_data, **given)


class _EntrySide(_SheetSide):
    entry: PenaltyEntry

    def prepare(self) -> None:
        self.entry = get_object_or_404(PenaltyEntry, pk=self.kwargs["entry"], sheet=self.sheet)


class MakeAppeal(_EntrySide):
    heading, submit, done = _("Appeal"), _("Appeal against it"), _("A supervisor will decide.")
    permission = permissions.VIEW

    def make_form(self, *data: Any) -> forms.Form:
        return WordsForm(*data[:1], name="reason", label=_("Why is it not right?"))

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return penalties.appeal(entry=self.entry, reason=form.cleaned_data["reason"], **given)


class Reverse(_EntrySide):
    heading, submit, done = _("Reverse the entry"), _("Reverse"), _("It has been reversed.")
    note = _("The entry stays; another one undoes it. Later errors of the month move up.")

    def make_form(self, *data: Any) -> forms.Form:
        return WordsForm(*data[:1], name="reason", label=_("Why"))

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return penalties.reverse(entry=self.entry, reason=form.cleaned_data["reason"], **given)


class Decide(_EntrySide):
    heading, submit, done = _("Decide about the appeal"), _("Decide"), _("The person has been told.")
    appeal: Appeal

    def prepare(self) -> None:
        super().prepare()
        self.appeal = get_object_or_404(Appeal, entry=self.entry, state=AppealState.OPEN)

    @property
    def note(self) -> str:  # type: ignore[override]
        return self.appeal.reason

    def make_form(self, *data: Any) -> forms.Form:
        return DecideForm(*data[:1])

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        values = form.cleaned_data
        return penalties.decide_appeal(
            appeal=self.appeal, grant=values["grant"] == "yes", answer=values["answer"], **given
        )


def _sheet(request: HttpRequest, pk: int) -> PenaltySheet:
    visible = PenaltySheet.objects.visible_to(acting(request)).select_related("branch", "staff")
    return get_object_or_404(visible, pk=pk)


def _did(request: HttpRequest, pk: int, act: Any, done: str) -> HttpResponse:
    found = _sheet(request, pk)
    try:
        act(found, actor=acting(request), at=clock.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    return redirect(found)
