"""Answering requests: one, or many with one reason."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.approvals import permissions
from keheng.approvals.enums import Act, State
from keheng.approvals.models import Request, RequestQuerySet
from keheng.approvals.operations.closing import close, close_all
from keheng.approvals.policies import DECISIONS, NEEDS_REASON
from keheng.audit import operations as audit
from keheng.org.models import Staff


@dataclass(frozen=True)
class Decided:
    """What a bulk decision did: how many requests it decided, and how many it had to leave, and why.

    Attributes:
        gone: decided by somebody else meanwhile.
        beyond: one's own, or outside the limits or branches of the role.
    """

    done: int
    gone: int
    beyond: int


@transaction.atomic
def decide(*, request: Request, actor: Staff, outcome: Act | State, reason: str, at: datetime) -> Request:
    """Approve, refuse or return a request. Of two people at once the first decides; the other is told.

    Args:
        outcome: ``Act.APPROVE``, ``REFUSE`` or ``RETURN``, or the state that it leads to.

    Raises:
        PermissionDenied: one's own request, or outside the limits of the role.
        ValidationError: decided meanwhile; or a reason is missing.
    """
    act = _act(outcome)
    permissions.check_decide(actor, request)
    _check_reason(act, reason)
    return close(request=request, act=act, actor=actor, reason=reason, at=at)


@transaction.atomic
def decide_many(*, requests: RequestQuerySet, actor: Staff, outcome: Act | State, reason: str, at: datetime) -> Decided:
    """Answer a set of requests with one reason; those that the actor may not decide stay as they are.

    Raises:
        ValidationError: a reason is missing.
    """
    act = _act(outcome)
    _check_reason(act, reason)
    asked = set(requests.order_by().values_list("pk", flat=True))
    done = close_all(
        Request.objects.filter(pk__in=asked).decidable_by(actor), act=act, actor=actor, reason=reason, at=at
    )
    left = asked.difference(done)
    beyond = Request.objects.filter(pk__in=left, state=State.OPEN).count() if left else 0
    if done:
        audit.record(f"approvals.{act.value}", actor=actor, at=at, reason=reason, detail={"count": len(done)})
    return Decided(len(done), len(left) - beyond, beyond)


def _act(outcome: Act | State) -> Act:
    acts = {State.APPROVED: Act.APPROVE, State.REFUSED: Act.REFUSE, State.RETURNED: Act.RETURN}
    act = acts.get(outcome) if isinstance(outcome, State) else outcome
    if act not in DECISIONS:
        raise ValueError(f"{outcome} is no answer to a request")
    return act


def _check_reason(act: Act, reason: str) -> None:
    if act in NEEDS_REASON and not reason.strip():
        raise ValidationError({"reason": _("Say why, so that whoever asked can act on it.")})
