"""What is done to a complaint, in the panel at the side of its page: one form, one operation each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from keheng.common import clock
from keheng.complaints import permissions
from keheng.complaints.enums import Grade, LinkReason, MeasureKind, Outcome, VisitFinding
from keheng.complaints.forms import (
    CauseForm,
    ClassifyForm,
    IssueForm,
    MeasureForm,
    OtherForm,
    PersonForm,
    ReplyForm,
    SettleForm,
    TalkForm,
    VerdictForm,
    VisitForm,
    WordsForm,
)
from keheng.complaints.models import Complaint, Measure, RootCause
from keheng.complaints.operations import closing, correction, notes, reviewing
from keheng.complaints.operations import forms as handling_forms
from keheng.complaints.policies.flow import Act
from keheng.complaints.queries.learning import suggestions
from keheng.complaints.views.parts import ComplaintSide, complaint_of
from keheng.org.acting import acting
from keheng.ui.views import require


@dataclass(frozen=True)
class Button:
    """An act as a button: the address of its panel; ``post``: carried out at once."""

    url: str
    label: str | Promise
    icon: str
    primary: bool = False
    post: bool = False


_BUTTONS: dict[Act, Button] = {
    Act.CLASSIFY: Button("complaints:classify", _("First review"), "category", primary=True),
    Act.ISSUE: Button("complaints:issue", _("Issue the form"), "file-export", primary=True),
    Act.SIGN: Button("complaints:sign", _("Sign the form"), "signature", primary=True, post=True),
    Act.RECEIVE: Button("complaints:receive", _("Receive the form"), "file-check", primary=True, post=True),
    Act.SUBMIT: Button("complaints:submit", _("Submit the plan"), "send", primary=True, post=True),
    Act.ACCEPT: Button("complaints:review-plan", _("Review the plan"), "checklist", primary=True),
    Act.CONFIRM: Button("complaints:check", _("Check the effect"), "target", primary=True),
    Act.REPLY: Button("complaints:reply", _("Reply"), "message-2", primary=True),
    Act.CLOSE: Button("complaints:close", _("Closing talk"), "phone-check", primary=True),
    Act.UPHOLD: Button("complaints:decide-review", _("Decide the review"), "gavel", primary=True),
    Act.CONTAIN: Button("complaints:contain", _("Interim measure"), "first-aid-kit"),
    Act.FIND_CAUSE: Button("complaints:cause", _("Root cause"), "zoom-question"),
    Act.PLAN: Button("complaints:plan", _("Plan a measure"), "list-check"),
    Act.VISIT: Button("complaints:visit", _("Record the visit"), "map-pin"),
    Act.SETTLE: Button("complaints:settle", _("Settle at once"), "circle-check"),
    Act.RETURN_FORM: Button("complaints:return-form", _("Return the form"), "arrow-back-up"),
    Act.DECLINE: Button("complaints:decline", _("Do not accept"), "ban"),
    Act.JOIN: Button("complaints:join", _("Join to another"), "git-merge"),
    Act.WITHDRAW: Button("complaints:withdraw", _("Withdrawal"), "arrow-back"),
    Act.REOPEN: Button("complaints:reopen", _("Reopen"), "refresh"),
    Act.ASK_REVIEW: Button("complaints:ask-review", _("Ask for an internal review"), "scale"),
}


def buttons(record: Complaint, acts: Sequence[Act]) -> list[Button]:
    """What the head of the page offers, the next step first; a second and third primary act is shown plainly."""
    found = [_BUTTONS[act] for act in _BUTTONS if act in acts]
    if record.internal_rules.rules.paths_by_code and record.way is not None and not record.way.visit:
        found = [button for button in found if button.url != "complaints:visit"]
    lead = next((button for button in found if button.primary), None)
    return [button if button is lead or not button.primary else _plain(button) for button in found]


def _plain(button: Button) -> Button:
    return Button(button.url, button.label, button.icon, post=button.post)


class Classify(ComplaintSide):
    heading, submit, done = _("First review"), _("Classify"), _("Classified. Limits of its grade run from the receipt.")
    template_name = "complaints/classify.html"

    def make_form(self, *data: Any) -> forms.Form:
        likely = suggestions(self.record.statement or "", most=1)
        initial = {
            "cause": self.record.cause_id or (likely[0].key.pk if likely else None),
            "grade": self.record.grade or Grade.MINOR,
            "path": self.record.path,
            "product": self.record.product_id,
        }
        return ClassifyForm(*data[:1], complaint=self.record, initial=initial)

    def page(self, request: HttpRequest, form: forms.Form) -> HttpResponse:
        self.suggested = suggestions(self.record.statement or "")
        return super().page(request, form)

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        values = dict(form.cleaned_data)
        values["grade"] = Grade(values["grade"])
        return reviewing.classify(complaint=self.record, kind=values["cause"].kind, **values, **given)


class Assign(ComplaintSide):
    heading, submit, done = pgettext_lazy("complaint", "Assign"), _("Assign the complaint"), _("Assigned.")
    note = _("Only people without a conflict of interest are offered.")

    def make_form(self, *data: Any) -> forms.Form:
        return PersonForm(*data[:1], complaint=self.record)

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return reviewing.assign(complaint=self.record, to=form.cleaned_data["to"], **given)


class Issue(ComplaintSide):
    heading, submit, done = _("Issue the form"), _("Issue"), _("The form is issued.")

    def make_form(self, *data: Any) -> forms.Form:
        return IssueForm(*data[:1], complaint=self.record)

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return handling_forms.issue(complaint=self.record, **form.cleaned_data, **given)


class _Words(ComplaintSide):
    """A form of one field of words."""

    name: str
    label: Any

    def make_form(self, *data: Any) -> forms.Form:
        return WordsForm(*data[:1], name=self.name, label=self.label)


class ReturnForm(_Words):
    heading, submit, done = _("Return the form"), _("Return the form"), _("The form is returned.")
    name, label = "reason", _("What is missing?")

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return handling_forms.return_form(complaint=self.record, **form.cleaned_data, **given)


class Settle(ComplaintSide):
    heading, submit, done = _("Settle at once"), _("Settle"), _("Settled. The reply is due.")

    def make_form(self, *data: Any) -> forms.Form:
        return SettleForm(*data[:1])

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        values = form.cleaned_data
        outcome = Outcome(values["outcome"])
        return handling_forms.settle(complaint=self.record, outcome=outcome, finding=values["finding"], **given)


class Visit(ComplaintSide):
    heading, submit, done = _("Record the visit"), _("Record the visit"), _("The visit is recorded.")

    def make_form(self, *data: Any) -> forms.Form:
        return VisitForm(*data[:1])

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        found = VisitFinding(form.cleaned_data["found"])
        return correction.visit(complaint=self.record, found=found, words=form.cleaned_data["words"], **given)


class Contain(_Words):
    heading, submit, done = _("Interim measure"), _("Record the measure"), _("The measure is recorded.")
    name, label = "text", _("What was done at once, so that it does not get worse?")

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return correction.contain(complaint=self.record, **form.cleaned_data, **given)


class FindCause(ComplaintSide):
    heading, submit, done = _("Root cause"), _("Keep the root cause"), _("The root cause is kept.")
    note = _("Ask why until the answer can be put right; in the fishbone one cause a line.")

    def make_form(self, *data: Any) -> forms.Form:
        found = RootCause.objects.filter(complaint=self.record).first()
        initial: dict[str, Any] = {}
        if found is not None:
            initial = {f"why-{place}": why for place, why in enumerate(found.whys)}
            initial |= {f"bone-{bone}": "\n".join(texts) for bone, texts in found.bones.items()}
            initial |= {"main_bone": found.main_bone, "conclusion": found.conclusion}
        return CauseForm(*data[:1], initial=initial)

    def carry_out(self, form: Any, **given: Any) -> Any:
        return correction.find_cause(complaint=self.record, **form.values(), **given)


class Plan(ComplaintSide):
    heading, submit, done = _("Plan a measure"), _("Plan"), _("The measure is planned.")

    def make_form(self, *data: Any) -> forms.Form:
        return MeasureForm(*data[:1], complaint=self.record, today=clock.today())

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        values = dict(form.cleaned_data)
        values["kind"] = MeasureKind(values["kind"])
        return correction.plan_measure(complaint=self.record, **values, **given)


class Prove(_Words):
    heading, submit, done = _("Carried out"), _("Confirm that it is done"), _("The measure is carried out.")
    name, label = "proof", _("How can it be seen that it was carried out?")

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        measure = get_object_or_404(Measure, pk=self.kwargs["measure_pk"], complaint=self.record)
        return correction.prove(measure=measure, **form.cleaned_data, **given)


class _Verdict(ComplaintSide):
    """Yes or no, with words."""

    question: Any
    yes: Any
    no: Any
    label: Any = pgettext_lazy("complaint", "words")

    def make_form(self, *data: Any) -> forms.Form:
        return VerdictForm(*data[:1], question=self.question, yes=self.yes, no=self.no, label=self.label)


class ReviewPlan(_Verdict):
    heading, submit, done = _("Review the plan"), _("Keep the review"), _("The review is kept.")
    question, yes, no = _("Do the measures put the cause right?"), _("accept the plan"), _("return it to the unit")
    label = _("What is missing, where it is returned")

    def carry_out(self, form: Any, **given: Any) -> Any:
        words = form.cleaned_data["words"]
        return correction.review_plan(complaint=self.record, accepted=form.is_yes, words=words, **given)


class CheckEffect(_Verdict):
    heading, submit, done = _("Check the effect"), _("Keep the check"), _("The check is kept.")
    question, yes, no = _("Do the measures hold?"), _("they hold"), _("without effect: begin anew")
    label = _("What was looked at?")

    def carry_out(self, form: Any, **given: Any) -> Any:
        words = form.cleaned_data["words"]
        return correction.check_effect(complaint=self.record, effective=form.is_yes, words=words, **given)


class DecideReview(_Verdict):
    heading, submit, done = _("Decide the review"), pgettext_lazy("complaint", "Decide"), _("The review is decided.")
    question, yes, no = _("Does the decision stand?"), _("uphold the decision"), _("overturn it: handle anew")
    label = _("What did the review find?")

    def carry_out(self, form: Any, **given: Any) -> Any:
        words = form.cleaned_data["words"]
        return closing.decide_review(complaint=self.record, upheld=form.is_yes, words=words, **given)


class Reply(ComplaintSide):
    heading, submit, done = _("Reply to the complainant"), _("Reply"), _("The reply is kept; both limits stand still.")

    def make_form(self, *data: Any) -> forms.Form:
        initial = {"outcome": self.record.outcome, "finding": self.record.finding}
        return ReplyForm(data[0] if data else None, initial=initial)

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        values = dict(form.cleaned_data)
        values["outcome"] = Outcome(values["outcome"])
        return closing.reply(complaint=self.record, **values, **given)


class Close(ComplaintSide):
    heading, submit, done = _("Closing talk"), _("Close the complaint"), _("The complaint is closed.")

    def make_form(self, *data: Any) -> forms.Form:
        return TalkForm(*data[:1])

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        values = form.cleaned_data
        satisfied = {"yes": True, "no": False}.get(values["satisfied"])
        return closing.close(complaint=self.record, satisfied=satisfied, words=values["words"], **given)


class Decline(_Words):
    heading, submit, done = _("Do not accept"), _("Do not accept"), _("Not accepted.")
    name, label = "reason", _("Why, and where can the complainant turn to?")

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return reviewing.decline(complaint=self.record, **form.cleaned_data, **given)


class Withdraw(_Words):
    heading, submit, done = _("Withdrawal"), _("Record the withdrawal"), _("Withdrawn: the handling ends today.")
    name, label = "reason", _("How and why did the complainant withdraw?")

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return closing.withdraw(complaint=self.record, **form.cleaned_data, **given)


class Reopen(_Words):
    heading, submit, done = _("Reopen"), _("Reopen the complaint"), _("Reopened: all limits count from now.")
    name, label = "reason", _("Why does it begin anew?")

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return closing.reopen(complaint=self.record, **form.cleaned_data, **given)


class AskReview(_Words):
    heading, submit, done = _("Ask for an internal review"), _("Ask for a review"), _("The unit above looks again.")
    name, label = "reason", _("What does the complainant not agree with?")

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return closing.ask_review(complaint=self.record, **form.cleaned_data, **given)


class Extend(_Words):
    heading, submit, done = _("Extend the limit"), _("Extend"), _("Kept. What needs consent waits for it.")
    name, label = "reason", _("Why does it take longer? The complainant is told.")
    note = _("To 30 days with reasons; 30 days more need a second person's consent.")

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return closing.extend(complaint=self.record, **form.cleaned_data, **given)


class Note(_Words):
    heading, submit, done = _("Internal note"), _("Keep the note"), _("The note is kept.")
    name, label = "words", _("For colleagues; the complainant does not see it")

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return notes.add_note(complaint=self.record, **form.cleaned_data, **given)


class _Other(ComplaintSide):
    """A form that names another complaint."""

    def make_form(self, *data: Any) -> forms.Form:
        return OtherForm(*data[:1])

    def other(self, form: forms.Form) -> Complaint:
        number = form.cleaned_data["number"].strip().upper()
        found = Complaint.objects.visible_to(acting(self.request)).filter(number=number).first()
        if found is None:
            raise ValidationError({"number": gettext("There is no complaint %(number)s.") % {"number": number}})
        return found


class Join(_Other):
    heading, submit, done = _("Join to another"), _("Join"), _("Joined: it goes on as the other complaint.")

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return reviewing.join(complaint=self.record, into=self.other(form), **given)


class LinkTo(_Other):
    heading, submit, done = _("Link a similar case"), _("Link"), _("Linked.")

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return notes.add_link(complaint=self.record, other=self.other(form), reason=LinkReason.SIMILAR, **given)


_AT_ONCE = {
    "sign": handling_forms.sign,
    "receive": handling_forms.receive,
    "submit": correction.submit,
}


@require_POST
def at_once(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Acts that need no words: sign, receive, submit."""
    require(request, permissions.VIEW)
    record = complaint_of(request, pk)
    return carried_out(request, record, lambda: _AT_ONCE[act](complaint=record, actor=acting(request), at=clock.now()))


@require_POST
def drop_measure(request: HttpRequest, pk: int, measure_pk: int) -> HttpResponse:
    """Give up a planned measure."""
    require(request, permissions.VIEW)
    record = complaint_of(request, pk)
    measure = get_object_or_404(Measure.objects.select_related("complaint"), pk=measure_pk, complaint=record)
    at = clock.now()
    return carried_out(request, record, lambda: correction.drop_measure(measure=measure, actor=acting(request), at=at))


def carried_out(request: HttpRequest, record: Complaint, operation: Any) -> HttpResponse:
    """Run an act and come back to the complaint, with what was refused in words."""
    try:
        operation()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(record)
