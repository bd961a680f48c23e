"""The tab of a complaint that shows what goes to the complainant and what follows; its panels."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from keheng.common import clock
from keheng.complaints import permissions
from keheng.complaints.enums import (
    CompensationForm,
    CompensationState,
    DeliveryState,
    DeliveryWay,
    LetterState,
    Outcome,
)
from keheng.complaints.forms.acts import WordsForm
from keheng.complaints.forms.letters import ArrivedForm, CompensationAskForm, DeliverForm, DraftForm, LetterForm
from keheng.complaints.models import Compensation, Delivery, Letter
from keheng.complaints.operations import compensation, letters
from keheng.complaints.policies.letters import missing_remedies
from keheng.complaints.views.parts import ComplaintSide, complaint_of
from keheng.complaints.views.registers import SHEETS
from keheng.files.responses import attachment
from keheng.org.acting import acting
from keheng.ui.views import require

LETTER_TONES = {LetterState.ASKED: "near", LetterState.APPROVED: "met"}
DELIVERY_TONES = {DeliveryState.DELIVERED: "met", DeliveryState.SENT: "info", DeliveryState.FAILED: "over"}
PAY_TONES = {CompensationState.ASKED: "near", CompensationState.APPROVED: "info", CompensationState.PAID: "met"}


def after_tab(request: HttpRequest, pk: int) -> HttpResponse:
    """Letters with their deliveries, compensation, conclusions about staff, lessons."""
    require(request, permissions.VIEW)
    found, staff = complaint_of(request, pk), acting(request)
    leads, judges = permissions.can_handle(staff, found), permissions.can_review(staff, found)
    rows = list(found.letters.select_related("drafted_by", "approved_by", "request"))
    drafts = any(row.state in (LetterState.DRAFT, LetterState.ASKED) for row in rows)
    context = {
        "record": found,
        "letters": [(row, LETTER_TONES.get(LetterState(row.state), ""), _missing(row)) for row in rows],
        "deliveries": [
            (row, DELIVERY_TONES.get(DeliveryState(row.state), "near"), row.way == DeliveryWay.POST)
            for row in found.deliveries.select_related("made_by", "letter")
        ],
        "messages_in": found.messages.order_by("pk"),
        "compensations": [
            (row, PAY_TONES.get(CompensationState(row.state), ""))
            for row in found.compensations.select_related("asked_by", "paid_by", "request")
        ],
        "conclusions": found.conclusions.select_related("staff", "concluded_by", "entry__sheet"),
        "lessons": found.lessons.select_related("branch"),
        "leads": leads,
        "judges": judges,
        "may_draft": leads and not drafts,
        "draft": LetterState.DRAFT,
        "approved": LetterState.APPROVED,
        "granted": CompensationState.APPROVED,
        "sent": DeliveryState.SENT,
        "sheets": [(code, title) for code, (title, _fields) in SHEETS.items()],
        "me": staff.pk,
    }
    return render(request, "complaints/after_tab.html", context)


def _missing(letter: Letter) -> str:
    if letter.state != LetterState.DRAFT:
        return ""
    return "、".join(str(remedy.label) for remedy in missing_remedies(letter.body or ""))


class Draft(ComplaintSide):
    heading, submit, done = _("Draft a reply"), _("Draft"), _("The draft is there. Read it, then submit it.")
    permission = permissions.HANDLE

    def make_form(self, *data: Any) -> forms.Form:
        return DraftForm(*data[:1], complaint=self.record)

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        values = form.cleaned_data
        return letters.draft(
            complaint=self.record,
            code=values["code"],
            outcome=Outcome(values["outcome"]),
            finding=values["finding"],
            **given,
        )


class LetterSide(ComplaintSide):
    """A panel about one letter of the complaint."""

    permission = permissions.HANDLE
    letter: Letter

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            visible = complaint_of(request, kwargs["pk"])
            self.letter = get_object_or_404(visible.letters.select_related("complaint"), pk=kwargs["letter_pk"])
        return super().dispatch(request, *args, **kwargs)


class Edit(LetterSide):
    heading, submit, done = _("Change the letter"), _("Save"), _("The letter is saved.")
    note = _("It must name the remedies: internal review, mediation, arbitration, suit.")

    def make_form(self, *data: Any) -> forms.Form:
        initial = {"subject": self.letter.subject, "body": self.letter.body}
        return LetterForm(data[0] if data else None, initial=initial)

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return letters.edit(letter=self.letter, **form.cleaned_data, **given)


class Drop(LetterSide):
    heading, submit, done = _("Drop the draft"), _("Drop"), _("The draft is dropped.")

    def make_form(self, *data: Any) -> forms.Form:
        return WordsForm(*data[:1], name="reason", label=_("reason"))

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return letters.drop(letter=self.letter, reason=form.cleaned_data["reason"], **given)


class Deliver(LetterSide):
    heading, submit, done = _("Deliver the letter"), _("Deliver"), _("The delivery is recorded.")
    note = _("By e-mail it is sent at once, with the PDF. The first delivery is the reply: the time limits stop.")

    def make_form(self, *data: Any) -> forms.Form:
        return DeliverForm(*data[:1], letter=self.letter)

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        values = {**form.cleaned_data, "way": DeliveryWay(form.cleaned_data["way"])}
        return letters.deliver(letter=self.letter, **values, **given)


class Arrived(ComplaintSide):
    heading, submit, done = _("Settle the delivery"), _("Save"), _("The delivery is settled.")
    permission = permissions.HANDLE

    def make_form(self, *data: Any) -> forms.Form:
        return ArrivedForm(*data[:1])

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        delivery = get_object_or_404(Delivery, pk=self.kwargs["delivery_pk"], complaint=self.record)
        return letters.confirm(delivery=delivery, **form.cleaned_data, **given)


@require_POST
def submit(request: HttpRequest, pk: int, letter_pk: int) -> HttpResponse:
    """Ask for approval of a letter."""
    require(request, permissions.HANDLE)
    found = complaint_of(request, pk)
    letter = get_object_or_404(Letter, pk=letter_pk, complaint=found)
    try:
        letters.submit(letter=letter, actor=acting(request), at=clock.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, gettext("It waits for approval."))
    return redirect(f"{found.get_absolute_url()}?tab=after")


@require_POST
def download(request: HttpRequest, pk: int, letter_pk: int) -> HttpResponse:
    """The letter as PDF; every download stands in the trail."""
    require(request, permissions.VIEW)
    found = complaint_of(request, pk)
    letter = get_object_or_404(Letter.objects.select_related("file"), pk=letter_pk, complaint=found, file__isnull=False)
    letters.open_letter(letter=letter, actor=acting(request), at=clock.now())
    assert letter.file is not None
    return attachment(letter.file, f"{found.number}-{letter.number}")


class AskCompensation(ComplaintSide):
    heading, submit, done = _("Ask for a compensation"), _("Ask for approval"), _("It waits for approval.")
    permission = permissions.HANDLE
    note = _("Who approves follows from the amount and the grade.")

    def make_form(self, *data: Any) -> forms.Form:
        return CompensationAskForm(*data[:1])

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        values = {**form.cleaned_data, "form": CompensationForm(form.cleaned_data["form"])}
        return compensation.ask_for(complaint=self.record, **values, **given)


class Pay(ComplaintSide):
    heading, submit, done = _("Enter the payment"), _("Enter"), _("The payment is entered.")
    permission = permissions.REVIEW

    def make_form(self, *data: Any) -> forms.Form:
        return WordsForm(*data[:1], name="voucher", label=_("voucher number"))

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        asked = get_object_or_404(Compensation, pk=self.kwargs["compensation_pk"], complaint=self.record)
        return compensation.pay(compensation=asked, voucher=form.cleaned_data["voucher"], **given)
