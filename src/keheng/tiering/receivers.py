"""What tiering does on news of its own and of the modules below.

The archives of customers whose tier moved are to be reviewed (A1); a decision about rules publishes them or not (A2).
"""

from keheng.approvals.enums import State
from keheng.approvals.events import RequestDecided, RequestsDecided
from keheng.approvals.models import Request
from keheng.common.events import receiver
from keheng.customers.operations import open_reviews
from keheng.tiering import operations
from keheng.tiering.enums import Direction
from keheng.tiering.events import TiersEvaluated, TiersMoved
from keheng.tiering.models import Move, Run, SchemeVersion
from keheng.tiering.operations.proposals import KINDS
from keheng.tiering.operations.protection import KIND as PROTECT
from keheng.tiering.tasks import settle


@receiver(TiersEvaluated)
def _on_evaluation(event: TiersEvaluated) -> None:
    run = Run.objects.select_related("scheme").get(pk=event.run_id)
    if not run.scheme.is_primary or run.finished_at is None:
        return
    moves = Move.objects.filter(run=run, direction__in=[Direction.UP, Direction.DOWN])
    open_reviews(
        trigger="tier_move", customer_ids=list(moves.values_list("customer_id", flat=True)), at=run.finished_at
    )


@receiver(RequestDecided)
def _on_decision(event: RequestDecided) -> None:
    """Publish the version that a second person approved; give any other back to its editors."""
    if event.kind != operations.PUBLISH:
        return
    request = Request.objects.select_related("decided_by").get(pk=event.request_id)
    version = SchemeVersion.objects.filter(pk=request.subject_id or 0).first()
    if version is None:
        return
    if event.outcome == State.APPROVED and request.decided_by:
        operations.publish(version=version, actor=request.decided_by, at=event.at)
    else:
        operations.reopen_draft(version=version, actor=request.decided_by, reason=request.answer, at=event.at)


@receiver(TiersMoved)
def _on_approved_moves(event: TiersMoved) -> None:
    moves = Move.objects.filter(pk__in=event.move_ids, version__scheme__is_primary=True)
    open_reviews(trigger="tier_move", customer_ids=list(moves.values_list("customer_id", flat=True)), at=event.at)


@receiver(RequestsDecided)
def _on_decisions(event: RequestsDecided) -> None:
    if event.kind == PROTECT:
        operations.settle_protections()
    if event.kind in KINDS.values():
        settle.configure().defer(timestamp=int(event.at.timestamp()))
