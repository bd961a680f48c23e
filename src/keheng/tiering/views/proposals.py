"""Moves that need approval: the list with what each rests on, and the answer to many at once."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.approvals.enums import Act
from keheng.approvals.models import Request, RequestQuerySet
from keheng.approvals.views.lists import AnswerMany
from keheng.org.acting import acting
from keheng.tiering import queries
from keheng.tiering.enums import ProposalState
from keheng.tiering.filters.moves import ProposalFilter
from keheng.tiering.models import Proposal
from keheng.tiering.operations.proposals import SUBJECT
from keheng.tiering.tables.moves import ProposalTable
from keheng.tiering.views.rows import OfAnyScheme
from keheng.ui.lists import BulkAction, EmptyState, PresetView

_DECIDED = "&".join(f"state={state}" for state in ProposalState if state != ProposalState.OPEN)


class ProposalList(OfAnyScheme):
    """The moves of a scheme that wait for approval, in the reader's scope; those that were decided by a view."""

    model = Proposal
    key = "tier-proposals"
    title = gettext_lazy("Moves for approval")
    table_class = ProposalTable
    filterset_class = ProposalFilter
    template_name = "tiering/proposals.html"
    all_label = ProposalState.OPEN.label
    preset_views = (
        PresetView(pgettext_lazy("tier move", "Down"), "direction=down"),
        PresetView(ProposalState.PENDING.label, "state=pending"),
        PresetView(ProposalState.APPROVED.label, "state=approved"),
        PresetView(ProposalState.REFUSED.label, "state=refused"),
        PresetView(pgettext_lazy("proposed moves", "All decided"), _DECIDED),
    )
    bulk_actions = (
        BulkAction(Act.APPROVE.label, "tiering-approve-moves", "check", "approvals.view"),
        BulkAction(Act.RETURN.label, "tiering-return-moves", "corner-up-left", "approvals.view"),
        BulkAction(Act.REFUSE.label, "tiering-refuse-moves", "x", "approvals.view"),
    )

    def decorate(self, rows: list[Any]) -> list[Any]:
        return queries.proposals_in_words(rows)

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
