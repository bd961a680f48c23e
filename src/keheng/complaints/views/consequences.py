"""Conclusions about staff: concluded at the complaint, read and appealed against on a page of their own."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from keheng.common import clock
from keheng.complaints import permissions
from keheng.complaints.enums import ConclusionState, Degree
from keheng.complaints.forms.acts import WordsForm
from keheng.complaints.forms.letters import ConcludeForm, DecideAppealForm
from keheng.complaints.models import Complaint, Conclusion
from keheng.complaints.operations import consequences
from keheng.complaints.views.parts import ComplaintSide
from keheng.org.acting import acting
from keheng.org.models import Staff
from keheng.ui.views import SideForm, require


class Conclude(ComplaintSide):
    heading, submit, done = _("Conclude about responsibility"), _("Conclude"), _("The person is told and may appeal.")
    permission = permissions.REVIEW
    note = _("Points follow from grade and degree; they count once nobody can appeal any more.")

    def make_form(self, *data: Any) -> forms.Form:
        return ConcludeForm(*data[:1], complaint=self.record)

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        values = {**form.cleaned_data, "degree": Degree(form.cleaned_data["degree"])}
        return consequences.conclude(complaint=self.record, **values, **given)


def _visible(staff: Staff) -> "QuerySet[Conclusion]":
    """One's own, and those of complaints that one sees; the complaint itself stays closed to whoever it is about."""
    seen = Complaint.objects.visible_to(staff).values("pk")
    rows = Conclusion.objects.filter(Q(staff=staff) | Q(complaint__in=seen))
    return rows.select_related("complaint__branch", "complaint__cause", "staff", "concluded_by", "decided_by", "entry")


def conclusion(request: HttpRequest, pk: int) -> HttpResponse:
    """One conclusion, without the complainant's words."""
    require(request, permissions.VIEW)
    staff = acting(request)
    found = get_object_or_404(_visible(staff), pk=pk)
    own = found.staff_id == staff.pk
    told, appealed = found.state == ConclusionState.TOLD, found.state == ConclusionState.APPEALED
    context = {
        "found": found,
        "own": own,
        "may_answer": own and told,
        "may_appeal": own and told and clock.today() <= found.appeal_until,
        "may_decide": appealed
        and permissions.can_review(staff, found.complaint)
        and staff.pk not in (found.staff_id, found.concluded_by_id),
        "sees_complaint": not own,
    }
    return render(request, "complaints/conclusion.html", context)


@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept one's conclusion."""
    require(request, permissions.VIEW)
    found = get_object_or_404(_visible(acting(request)), pk=pk)
    try:
        consequences.accept(conclusion=found, actor=acting(request), at=clock.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, gettext("You have accepted it; it is final."))
    return redirect(found)


class ConclusionSide(SideForm):
    permission = permissions.VIEW
    found: Conclusion

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.found = get_object_or_404(_visible(acting(request)), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)


class Appeal(ConclusionSide):
    heading, submit, done = _("Appeal"), _("Appeal against it"), _("A third person will decide.")

    def make_form(self, *data: Any) -> forms.Form:
        return WordsForm(*data[:1], name="reason", label=_("Why is it not right?"))

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return consequences.appeal(conclusion=self.found, reason=form.cleaned_data["reason"], **given)


class DecideAppeal(ConclusionSide):
    heading, submit, done = _("Decide about the appeal"), _("Decide"), _("The person has been told.")
    permission = permissions.REVIEW

    def make_form(self, *data: Any) -> forms.Form:
        return DecideAppealForm(*data[:1])

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return consequences.decide_appeal(conclusion=self.found, **form.cleaned_data, **given)
