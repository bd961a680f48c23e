"""Moves that need approval: the list with what each rests on, and the answer to many at once."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.approvals.enums import Act
from keheng.approvals.models import Request, RequestQuerySet
from keheng.approvals.views.lists import AnswerMany
from keheng.customers.privacy.exports import CustomerRows
from keheng.org.acting import acting
from keheng.tiering import queries
from keheng.tiering.enums import ProposalState
from keheng.tiering.filters import ProposalFilter
from keheng.tiering.models import Proposal, Scheme
from keheng.tiering.operations.proposals import SUBJECT
from keheng.tiering.permissions import VIEW
from keheng.tiering.tables import ProposalTable
from keheng.ui.lists import BulkAction, EmptyState, PresetView


class ProposalList(CustomerRows):
    """The moves of a scheme that wait for approval or were decided, in the reader's scope."""

    permission = VIEW
    key = "tier-proposals"
    title = gettext_lazy("Moves for approval")
    unit = pgettext_lazy("measure word for moves", "moves")
    table_class = ProposalTable
    filterset_class = ProposalFilter
    preset_views = (
        PresetView(ProposalState.OPEN.label, "state=open"),
        PresetView(pgettext_lazy("tier move", "Down"), "state=open&direction=down"),
        PresetView(ProposalState.PENDING.label, "state=pending"),
        PresetView(ProposalState.APPROVED.label, "state=approved"),
        PresetView(ProposalState.REFUSED.label, "state=refused"),
    )
    bulk_actions = (
        BulkAction(Act.APPROVE.label, "tiering-approve-moves", "check", "approvals.view"),
        BulkAction(Act.RETURN.label, "tiering-return-moves", "corner-up-left", "approvals.view"),
        BulkAction(Act.REFUSE.label, "tiering-refuse-moves", "x", "approvals.view"),
    )

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.scheme = get_object_or_404(Scheme, code=kwargs["code"]) if "code" in kwargs else None
        request.tier_scheme = self.scheme or queries.primary_scheme("person")  # type: ignore[attr-defined]

    def get_queryset(self) -> QuerySet[Proposal]:
        visible = Proposal.objects.visible_to(acting(self.request))
        return visible.filter(scheme=self.scheme) if self.scheme else visible

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("customer__branch", "customer__owner__role", "scheme")

    def decorate(self, rows: list[Any]) -> list[Any]:
        return queries.proposals_in_words(rows)

    def row_url(self, record: Any) -> str:
        return reverse("customer", args=[record.customer_id])

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("No move waits for approval"),
            _("An evaluation proposes downgrades here once the grace of the scheme is over."),
            "checks",
        )


class AnswerMoves(AnswerMany):
    """Answer the requests behind the ticked moves."""

    back = "tiering-all-proposals"

    def chosen(self, request: HttpRequest) -> RequestQuerySet:
        ticked = ProposalList.selection(request).filter(state=ProposalState.OPEN).order_by().values("pk")
        return Request.objects.waiting_for(acting(request)).filter(subject_type=SUBJECT, subject_id__in=ticked)


class ApproveMoves(AnswerMoves):
    act = Act.APPROVE


class RefuseMoves(AnswerMoves):
    act = Act.REFUSE


class ReturnMoves(AnswerMoves):
    act = Act.RETURN
