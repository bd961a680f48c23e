"""What service requests do on news of their own and of the modules below."""

from typing import Any

from django.db.models import QuerySet

from keheng.approvals.enums import State
from keheng.approvals.events import RequestDecided
from keheng.approvals.models import Request
from keheng.common.events import receiver
from keheng.org.events import CalendarsChanged
from keheng.service_requests.events import LimitsPassed
from keheng.service_requests.models import ServiceRequest
from keheng.service_requests.operations import charging, closing, following
from keheng.service_requests.operations.catalogue import CATALOGUE
from keheng.service_requests.tasks import follow_calendars, follow_tiers
from keheng.tiering.enums import Direction
from keheng.tiering.events import TiersEvaluated, TiersMoved
from keheng.tiering.models import Move


@receiver(LimitsPassed)
def _on_limits_passed(event: LimitsPassed) -> None:
    charging.charge(event_ids=event.event_ids, at=event.at)


@receiver(RequestDecided)
def _on_decision(event: RequestDecided) -> None:
    """Close what a second person approved, give anything else back; put an approved catalogue into force."""
    if event.kind not in (closing.CLOSING, CATALOGUE.kind):
        return
    asked = Request.objects.select_related("decided_by", "requester").get(pk=event.request_id)
    if event.kind == CATALOGUE.kind:
        following.follow_approval(request=asked, approved=event.outcome == State.APPROVED, at=event.at)
        return
    request = ServiceRequest.objects.filter(pk=asked.subject_id or 0).first()
    if request is not None:
        closing.decide_closing(
            request=request, approved=event.outcome == State.APPROVED, actor=asked.decided_by, at=event.at
        )


@receiver(CalendarsChanged)
def _on_calendars(_event: CalendarsChanged) -> None:
    follow_calendars.configure().defer()


@receiver(TiersEvaluated)
def _on_evaluation(event: TiersEvaluated) -> None:
    _follow(Move.objects.filter(run=event.run_id))


@receiver(TiersMoved)
def _on_moves(event: TiersMoved) -> None:
    _follow(Move.objects.filter(pk__in=event.move_ids))


def _follow(moves: "QuerySet[Move]") -> None:
    """Only customers with open requests matter; as a rule hardly any of those who moved, in whichever scheme."""
    moved = moves.filter(direction__in=[Direction.UP, Direction.DOWN])
    concerned = ServiceRequest.objects.open().filter(customer__in=moved.values("customer_id"))
    customers: list[Any] = list(concerned.order_by().values_list("customer_id", flat=True).distinct())
    if customers:
        follow_tiers.configure().defer(customer_ids=customers)
