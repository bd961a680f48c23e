"""What tiering does on news of its own: the archives of customers whose tier moved are to be reviewed (A1)."""

from keheng.common.events import receiver
from keheng.customers.operations import open_reviews
from keheng.tiering.enums import Direction
from keheng.tiering.events import TiersEvaluated
from keheng.tiering.models import Move, Run


@receiver(TiersEvaluated)
def _on_evaluation(event: TiersEvaluated) -> None:
    run = Run.objects.select_related("scheme").get(pk=event.run_id)
    if not run.scheme.is_primary or run.finished_at is None:
        return
    moves = Move.objects.filter(run=run, direction__in=[Direction.UP, Direction.DOWN])
    open_reviews(
        trigger="tier_move", customer_ids=list(moves.values_list("customer_id", flat=True)), at=run.finished_at
    )
