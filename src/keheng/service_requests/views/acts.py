"""What is done to a request, in the panel at the side of its page: one form, one operation each."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from keheng.org.acting import acting
from keheng.org.models import Staff
from keheng.service_requests import permissions
from keheng.service_requests.enums import HandOverState, InviteBy, Stage
from keheng.service_requests.forms import (
    AnswerForm,
    AskRatingForm,
    AttachForm,
    OtherForm,
    PauseForm,
    PersonForm,
    StageForm,
    WordsForm,
)
from keheng.service_requests.models import HandOver, ServiceRequest
from keheng.service_requests.operations import closing, hand_over, handling
from keheng.service_requests.rating import rating_url
from keheng.service_requests.views.parts import RequestSide


class Advance(RequestSide):
    heading, submit, done = _("Next step"), _("Go on"), _("The step is kept.")

    def make_form(self, *data: Any) -> forms.Form:
        following = Stage.EXECUTION if self.record.stage == Stage.ANALYSIS else Stage.ANALYSIS
        return StageForm(data[0] if data else None, initial={"stage": following})

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        values = form.cleaned_data
        return handling.advance(request=self.record, stage=Stage(values["stage"]), note=values["note"], **given)


class Pause(RequestSide):
    heading, submit, done = _("Pause"), _("Pause the clock"), _("The clock stands still.")
    note = _("The clock runs on by itself when the reason's time is over.")

    def make_form(self, *data: Any) -> forms.Form:
        return PauseForm(*data[:1], request=self.record)

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return handling.pause(request=self.record, **form.cleaned_data, **given)


class _Words(RequestSide):
    """A form of one field of words."""

    name: str
    label: Any

    def make_form(self, *data: Any) -> forms.Form:
        return WordsForm(*data[:1], name=self.name, label=self.label, initial_words=self.begin())

    def begin(self) -> str:
        return ""


class Resolve(_Words):
    heading, submit, done = _("Finish"), _("Report as done"), _("It is done. Now tell the customer.")
    name, label = "resolution", _("What was done")

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return closing.resolve(request=self.record, resolution=form.cleaned_data["resolution"], **given)


class Reply(_Words):
    heading, submit, done = _("Reply to the customer"), _("Reply and close"), _("Closed. The customer may rate it.")
    name, label = "words", _("What the customer was told")

    template_name = "service_requests/reply.html"

    def begin(self) -> str:
        return self.templates[self._chosen][1]

    @property
    def templates(self) -> list[tuple[str, str]]:
        """The name and the words of each template of the catalogue."""
        language, values = get_language() or "", {"number": self.record.number, "business": self.record.business_name}
        return [(each.told(language), each.text.format(**values)) for each in self.record.catalogue.templates]

    @property
    def _chosen(self) -> int:
        asked = self.request.GET.get("template", "0")
        return int(asked) if asked.isdecimal() and int(asked) < len(self.templates) else 0

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return closing.reply(request=self.record, words=form.cleaned_data["words"], **given)


class Note(_Words):
    heading, submit, done = _("Internal note"), _("Write down"), _("The note is kept.")
    permission = permissions.VIEW
    name, label = "note", _("For colleagues only")

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return handling.add_note(request=self.record, note=form.cleaned_data["note"], **given)


class Escalate(_Words):
    heading, submit, done = _("Escalate"), _("Ask the supervisors"), _("The supervisors have been told.")
    name, label = "reason", _("Why")

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return handling.escalate(request=self.record, reason=form.cleaned_data["reason"], **given)


class Reopen(_Words):
    heading, submit, done = _("Reopen"), _("Open again"), _("It is open again.")
    name, label = "reason", _("Why")

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return closing.reopen(request=self.record, reason=form.cleaned_data["reason"], **given)


class Cancel(_Words):
    heading, submit, done = _("Cancel the request"), _("Take it back"), _("It has been cancelled.")
    name, label = "reason", _("Why")

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return handling.cancel(request=self.record, reason=form.cleaned_data["reason"], **given)


class Offer(RequestSide):
    heading, submit, done = _("Hand over"), _("Ask to take over"), _("Your colleague has been asked.")
    note = _("Until they accept, you answer for it.")

    def make_form(self, *data: Any) -> forms.Form:
        return PersonForm(*data[:1], request=self.record)

    def carry_out(self, form: Any, **given: Any) -> Any:
        values = form.cleaned_data
        return hand_over.offer(request=self.record, to=_person(form), reason=values["reason"], **given)


class Assign(Offer):
    heading, submit, done = _("Assign"), _("Assign it"), _("It has been assigned.")
    note = _("Whoever has it now hands it over at once.")
    permission = permissions.SUPERVISE

    def carry_out(self, form: Any, **given: Any) -> Any:
        return handling.assign(request=self.record, to=_person(form), **given)


class AnswerOffer(RequestSide):
    heading, submit, done = _("Take over?"), _("Answer"), _("Your answer has been sent.")
    offered: HandOver

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.offered = get_object_or_404(
                HandOver, request=kwargs["pk"], taker=acting(request), state=HandOverState.OFFERED
            )
        return super().dispatch(request, *args, **kwargs)

    def make_form(self, *data: Any) -> forms.Form:
        return AnswerForm(*data[:1])

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        values = form.cleaned_data
        return hand_over.answer(offered=self.offered, accept=values["accept"] == "yes", words=values["words"], **given)


class Attach(RequestSide):
    heading, submit, done = _("Add a document"), _("Put on file"), _("It is on file.")
    takes_file = True

    def make_form(self, *data: Any) -> forms.Form:
        return AttachForm(*data, request=self.record)

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        values = form.cleaned_data
        return handling.attach(request=self.record, upload=values["file"], document=values["document"], **given)


class Merge(RequestSide):
    heading, submit, done = _("Merge into another"), _("Merge"), _("It has gone into the other request.")

    def make_form(self, *data: Any) -> forms.Form:
        return OtherForm(*data[:1])

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return handling.merge(request=self.record, into=_other(self.request, form), **given)


class LinkTo(Merge):
    heading, submit, done = _("Link with another"), _("Link"), _("The two belong together now.")

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return handling.link(request=self.record, other=_other(self.request, form), **given)


class AskRating(RequestSide):
    heading, submit, done = _("Ask for a rating"), _("Send the link"), _("The customer has been asked for a rating.")
    template_name = "service_requests/ask_rating.html"

    @property
    def text(self) -> str:
        """What is sent, ready to be copied."""
        link = self.request.build_absolute_uri(rating_url(self.record))
        values = {"number": self.record.number, "business": self.record.business_name, "link": link}
        return self.record.catalogue.rating.text.format(**values)

    def make_form(self, *data: Any) -> forms.Form:
        return AskRatingForm(*data[:1])

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return closing.ask_rating(request=self.record, by=InviteBy(form.cleaned_data["by"]), **given)


class Priority(RequestSide):
    heading, submit, done = _("Change the priority"), _("Change"), _("The limits have been computed anew.")
    permission = permissions.SUPERVISE

    @property
    def note(self) -> str:  # type: ignore[override]
        if self.record.is_priority:
            return gettext("It then has the limits of everybody.")
        return gettext("It then has the limits of priority customers.")

    def make_form(self, *data: Any) -> forms.Form:
        return forms.Form(*data[:1])

    def carry_out(self, form: forms.Form, **given: Any) -> Any:  # noqa: ARG002  # nothing to fill in
        wanted = not self.record.is_priority
        return handling.change_priority(request=self.record, is_priority=wanted, cause="hand", **given)


class Resume(Priority):
    heading, submit, done = _("Resume"), _("Let the clock run on"), _("The clock runs on.")
    permission = permissions.HANDLE
    note = _("What the customer owed has arrived.")  # type: ignore[assignment]

    def carry_out(self, form: forms.Form, **given: Any) -> Any:  # noqa: ARG002  # nothing to fill in
        return handling.resume(request=self.record, **given)


def _person(form: Any) -> Staff:
    chosen: Staff = form.people[form.cleaned_data["to"]]
    return chosen


def _other(request: HttpRequest, form: forms.Form) -> ServiceRequest:
    visible = ServiceRequest.objects.visible_to(acting(request))
    found = visible.filter(number=form.cleaned_data["number"].strip()).first()
    if found is None:
        raise ValidationError({"number": gettext("There is no request with this number that you may see.")})
    return found
