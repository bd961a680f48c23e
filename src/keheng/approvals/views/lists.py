"""Lists of requests: the inbox, one's own, all that one may see; and the answer to many at once."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.approvals import operations
from keheng.approvals.enums import Act, State
from keheng.approvals.filters import InboxFilter, RequestFilter
from keheng.approvals.forms import AnswerForm
from keheng.approvals.models import Request, RequestQuerySet
from keheng.approvals.permissions import VIEW
from keheng.approvals.policies import NEEDS_REASON
from keheng.approvals.tables import AllTable, InboxTable, OwnTable
from keheng.common import clock
from keheng.org.acting import acting
from keheng.ui.lists import BulkAction, EmptyState, ListView, PageAction, PresetView
from keheng.ui.views import PermissionMixin

_SHOWN = 6


class RequestList(ListView):
    """What all lists of requests share."""

    permission = VIEW
    unit = pgettext_lazy("measure word for requests", "requests")
    search_hint = gettext_lazy("What is asked for or concerning whom")
    filterset_class = RequestFilter
    default_sort = "-requested_at"

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("branch", "requester", "decided_by")

    def decorate(self, rows: list[Any]) -> list[Any]:
        now = clock.now()
        for row in rows:
            row.is_overdue = row.state == State.OPEN and row.due_at <= now
        return rows


class Inbox(RequestList):
    """What waits for the reader's decision, the most urgent first."""

    key = "approvals-inbox"
    title = gettext_lazy("Waiting for my approval")
    table_class = InboxTable
    filterset_class = InboxFilter
    default_sort = "due_at"
    preset_views = (PresetView(gettext_lazy("Overdue"), "due=over"),)
    bulk_actions = (
        BulkAction(Act.APPROVE.label, "approvals:approve-many", "check"),
        BulkAction(Act.RETURN.label, "approvals:return-many", "corner-up-left"),
        BulkAction(Act.REFUSE.label, "approvals:refuse-many", "x"),
    )

    def get_queryset(self) -> QuerySet[Request]:
        return Request.objects.waiting_for(acting(self.request))

    def page_actions(self) -> Sequence[PageAction]:
        return (PageAction(_("All requests"), reverse("approvals:all"), "list"),)

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("Nothing waits for your approval"),
            _("Requests within your limits appear here, and overdue ones of the level below."),
            "checks",
            _("All requests"),
            reverse("approvals:all"),
        )


class OwnRequests(RequestList):
    """What the reader asked for."""

    key = "approvals-own"
    title = gettext_lazy("My requests")
    table_class = OwnTable
    preset_views = (
        PresetView(State.RETURNED.label, "state=returned"),
        PresetView(State.OPEN.label, "state=open"),
    )

    def get_queryset(self) -> QuerySet[Request]:
        return Request.objects.filter(requester=acting(self.request))

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("You have asked for nothing yet"),
            _("What needs a second person's approval is asked for on the page that it concerns, and appears here."),
            "send",
        )


class AllRequests(RequestList):
    """Every request that the reader may see, in any state."""

    key = "approvals-all"
    title = gettext_lazy("All requests")
    table_class = AllTable
    export_permission = "approvals.oversee"
    preset_views = (
        PresetView(State.OPEN.label, "state=open"),
        PresetView(gettext_lazy("Overdue"), "due=over"),
        PresetView(State.REFUSED.label, "state=refused"),
    )

    def get_queryset(self) -> QuerySet[Request]:
        return Request.objects.visible_to(acting(self.request))

    def empty_state(self) -> EmptyState:
        return EmptyState(_("No requests yet"), _("Requests of your branches appear here."), "inbox")


class AnswerMany(PermissionMixin):
    """Answer the ticked requests with one reason: first a look at what is decided, then the decision."""

    permission = VIEW
    act: ClassVar[Act]
    back: ClassVar[str] = "approvals:inbox"

    def chosen(self, request: HttpRequest) -> RequestQuerySet:
        """The requests behind the ticked rows; other lists than the inbox name theirs."""
        return Request.objects.filter(pk__in=Inbox.selection(request).order_by().values("pk"))

    def post(self, request: HttpRequest) -> HttpResponse:
        chosen = self.chosen(request)
        form = AnswerForm(request.POST if "reason" in request.POST else None, initial={"outcome": self.act.value})
        if form.is_bound and form.is_valid():
            try:
                decided = operations.decide_many(
                    requests=chosen,
                    actor=acting(request),
                    outcome=self.act,
                    reason=form.cleaned_data["reason"],
                    at=clock.now(),
                )
            except ValidationError as error:
                form.add_error("reason", error.messages)
            else:
                self._tell(decided)
                return redirect(self.back)
        return render(request, "approvals/answer_many.html", self._context(form, chosen))

    def _context(self, form: AnswerForm, chosen: RequestQuerySet) -> dict[str, Any]:
        sums = chosen.aggregate(amount=Sum("amount"))
        return {
            "form": form,
            "act": self.act,
            "needs_reason": self.act in NEEDS_REASON,
            "count": chosen.count(),
            "amount": sums["amount"],
            "some": chosen.order_by("due_at", "id")[:_SHOWN],
            "more": max(chosen.count() - _SHOWN, 0),
            "keys": self.request.POST.getlist("pk"),
            "all": self.request.POST.get("all", "0"),
            "query": self.request.POST.get("query", ""),
        }

    def _tell(self, decided: operations.Decided) -> None:
        if decided.done:
            told = {
                Act.APPROVE: _("%(count)d requests have been approved."),
                Act.REFUSE: _("%(count)d requests have been refused."),
                Act.RETURN: _("%(count)d requests have been returned."),
            }[self.act]
            messages.success(self.request, told % {"count": decided.done})
        if decided.gone:
            messages.warning(
                self.request,
                _("%(count)d had been decided by somebody else meanwhile and were left.") % {"count": decided.gone},
            )
        if decided.beyond:
            messages.warning(
                self.request, _("%(count)d lie outside your limits and were left.") % {"count": decided.beyond}
            )


class ApproveMany(AnswerMany):
    act = Act.APPROVE


class RefuseMany(AnswerMany):
    act = Act.REFUSE


class ReturnMany(AnswerMany):
    act = Act.RETURN
