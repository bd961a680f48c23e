"""One request: what is asked, what it rests on, what was done; answering, taking back, submitting again."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from keheng.approvals import operations, permissions, queries
from keheng.approvals.enums import Act, State
from keheng.approvals.forms import AnswerForm, ReasonForm
from keheng.approvals.kinds import kind_of
from keheng.approvals.models import Request
from keheng.approvals.policies import after
from keheng.approvals.tables import TONES
from keheng.common import clock
from keheng.org.acting import acting
from keheng.ui.views import PermissionMixin

_TONE_OF_ACT = {Act.APPROVE: "met", Act.REFUSE: "over", Act.RETURN: "near", Act.ESCALATE: "near", Act.EXPIRE: "over"}


class RequestPage(PermissionMixin):
    """A request; posting answers it."""

    permission = permissions.VIEW

    def get(self, _request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(self._found(pk), AnswerForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        found, form = self._found(pk), AnswerForm(request.POST)
        if form.is_valid():
            try:
                operations.decide(request=found, actor=acting(request), at=clock.now(), **form.cleaned_data)
            except ValidationError as error:
                if hasattr(error, "error_dict"):
                    form.add_error(None, error)
                    return self._page(found, form)
                messages.error(request, " ".join(error.messages))
            else:
                messages.success(request, _("“%(title)s” has been answered.") % {"title": found.title})
                return redirect("approvals:inbox")
        return redirect(found)

    def _found(self, pk: int) -> Request:
        visible = Request.objects.visible_to(acting(self.request))
        return get_object_or_404(
            visible.select_related("branch", "requester__branch", "requester__role", "decided_by", "table"), pk=pk
        )

    def _page(self, found: Request, form: AnswerForm) -> HttpResponse:
        staff, now = acting(self.request), clock.now()
        is_open = found.state == State.OPEN
        steps = [
            (step, queries.act_in_words(step.act), _TONE_OF_ACT.get(Act(step.act), ""))
            for step in queries.history(found)
        ]
        context: dict[str, Any] = {
            "request_": found,
            "kind": kind_of(found.kind),
            "tone": TONES.get(found.state, ""),
            "is_open": is_open,
            "is_overdue": is_open and found.due_at <= now,
            "evidence": queries.evidence(found),
            "steps": steps,
            "approvers": queries.approver_names(found) if is_open else [],
            "why_not": permissions.why_not_decide(staff, found) if is_open else "",
            "may_withdraw": permissions.can_withdraw(staff, found) and after(State(found.state), Act.WITHDRAW),
            "may_resubmit": permissions.can_withdraw(staff, found) and after(State(found.state), Act.RESUBMIT),
            "form": form,
            "reason_form": ReasonForm(),
        }
        return render(self.request, "approvals/request.html", context)


class TakeBack(PermissionMixin):
    """Withdraw one's own request."""

    permission = permissions.VIEW

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = get_object_or_404(Request.objects.visible_to(acting(request)), pk=pk)
        try:
            self.carry_out(found, request.POST.get("reason", "")[:300])
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, self.done())
        return redirect(found)

    def carry_out(self, found: Request, reason: str) -> None:
        operations.withdraw(request=found, actor=acting(self.request), reason=reason, at=clock.now())

    def done(self) -> str:
        return _("The request has been withdrawn.")


class SubmitAgain(TakeBack):
    """Submit a returned request again."""

    def carry_out(self, found: Request, reason: str) -> None:
        operations.resubmit(request=found, actor=acting(self.request), reason=reason, at=clock.now())

    def done(self) -> str:
        return _("The request has been submitted again.")
