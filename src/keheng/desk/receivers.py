"""What the desk does when modules below have news."""

from keheng.approvals.events import RequestAsked, RequestsAnswered, RequestsAsked, RequestsEscalated
from keheng.common.events import receiver
from keheng.desk import telling


@receiver(RequestAsked)
def _on_request(event: RequestAsked) -> None:
    telling.tell_approvers([event.request_id], event.at)


@receiver(RequestsAsked)
def _on_requests(event: RequestsAsked) -> None:
    telling.tell_approvers(event.request_ids, event.at)


@receiver(RequestsEscalated)
def _on_escalation(event: RequestsEscalated) -> None:
    telling.tell_of_escalation(event.request_ids, event.at)


@receiver(RequestsAnswered)
def _on_answers(event: RequestsAnswered) -> None:
    telling.tell_requesters(event.request_ids, event.outcome, event.at)
