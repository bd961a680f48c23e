"""What all acts on a request share: the row is locked, the table of states asked, the step and the trail written."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.common.events import publish
from keheng.org.models import Staff
from keheng.service_requests.enums import State, StepKind
from keheng.service_requests.events import RequestChanged
from keheng.service_requests.models import ServiceRequest, Step
from keheng.service_requests.operations import clocks
from keheng.service_requests.policies.states import Act, after
from keheng.service_requests.rating import holds_until, rating_url
from keheng.webhooks.operations import News, announce

CHANGED = "service_requests.changed"


def locked(request: ServiceRequest) -> ServiceRequest:
    """The request as it stands, locked until the transaction ends.

    Two statements: one that waited for the lock would join the row's new keys to what they pointed to before.
    """
    ServiceRequest.objects.select_for_update().only("pk").get(pk=request.pk)
    return ServiceRequest.objects.select_related("branch", "assignee", "opened_by", "customer").get(pk=request.pk)


def led_to(request: ServiceRequest, act: Act) -> State:
    """The state that an act leads to.

    Raises:
        ValidationError: the request has moved on meanwhile; says to which state.
    """
    state = after(State(request.state), act)
    if state is None:
        raise ValidationError(
            _("%(number)s is now “%(state)s”; this cannot be done any more. Reload the page.")
            % {"number": request, "state": request.get_state_display()}
        )
    return state


def told(
    request: ServiceRequest,
    kind: StepKind,
    *,
    actor: Staff | None,
    at: datetime,
    note: str | None = None,
    **detail: Any,
) -> None:
    """Save the request with the copy of its clocks; write the step, the trail and the news."""
    clocks.refresh(request)
    request.save()
    noted(request, kind, actor=actor, at=at, note=note, **detail)


def noted(
    request: ServiceRequest,
    kind: StepKind,
    *,
    actor: Staff | None,
    at: datetime,
    note: str | None = None,
    **detail: Any,
) -> None:
    """Write the step, the trail and the news of a request that has been saved."""
    Step.objects.create(request=request, kind=kind, actor=actor, at=at, note=note or None, detail=detail)
    record(f"service_requests.{kind}", actor=actor, at=at, target=request, detail=detail)
    publish(RequestChanged(request.pk, kind, request.state, at))
    announce(kind=CHANGED, news=[News(_news(request, kind, detail), request.branch.path)], at=at)


def _news(request: ServiceRequest, act: StepKind, detail: Mapping[str, Any]) -> dict[str, Any]:
    """What other programs are told: keys, codes and states; for more they ask the HTTP API.

    Whoever sends messages learns the customer's link to rate once there is something to rate.
    """
    news: dict[str, Any] = {
        "id": request.pk,
        "number": request.number,
        "business": request.business,
        "branch": request.branch.code,
        "customer_id": request.customer_id,
        "act": act.value,
        "state": State(request.state).value,
        "is_late": request.is_late,
    }
    until = holds_until(request)
    if act in (StepKind.REPLIED, StepKind.INVITED) and until and not request.customer.do_not_disturb:
        news["rating"] = {"path": rating_url(request), "until": until.isoformat(), "by": detail.get("by")}
    return news
