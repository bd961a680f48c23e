"""What somebody can do to a complaint now: the table of states, and who may."""

from keheng.complaints import permissions
from keheng.complaints.enums import Grade, SignatureRole, State
from keheng.complaints.models import Complaint
from keheng.complaints.operations.forms import can_sign
from keheng.complaints.policies.flow import Act, acts_in
from keheng.org.models import Staff

_LEADING = frozenset(
    {
        Act.CLASSIFY,
        Act.DECLINE,
        Act.JOIN,
        Act.ISSUE,
        Act.SETTLE,
        Act.VISIT,
        Act.REPLY,
        Act.CLOSE,
        Act.WITHDRAW,
        Act.REOPEN,
    }
)
_WORKING = frozenset({Act.CONTAIN, Act.FIND_CAUSE, Act.PLAN, Act.SUBMIT})
_JUDGING = frozenset({Act.ACCEPT, Act.RETURN, Act.CONFIRM, Act.FAIL})
_DECIDING = frozenset({Act.UPHOLD, Act.OVERTURN})


def acts_for(actor: Staff, complaint: Complaint) -> list[Act]:
    """The acts that the actor can do now, in the order of the table; consent is given under approvals."""
    leads = permissions.can_handle(actor, complaint)
    works = leads or permissions.can_respond(actor, complaint)
    judges = permissions.can_review(actor, complaint)
    allowed: set[Act] = set()
    allowed |= _LEADING if leads else frozenset()
    allowed |= _WORKING if works else frozenset()
    allowed |= _JUDGING if judges else frozenset()
    if judges and actor.pk != complaint.handler_id:
        allowed |= _DECIDING
    if actor.can(permissions.REGISTER):
        allowed.add(Act.ASK_REVIEW)
    if complaint.replied_at is not None:
        allowed.discard(Act.REPLY)
    if complaint.grade != Grade.MINOR:
        allowed.discard(Act.SETTLE)
    if complaint.state == State.WITHDRAWN and not complaint.path:
        allowed.discard(Act.REOPEN)
    allowed |= _of_form(actor, complaint)
    return [act for act in acts_in(State(complaint.state)) if act in allowed]


def _of_form(actor: Staff, complaint: Complaint) -> set[Act]:
    """Signing belongs to posts and units, not to who leads."""
    if complaint.state not in (State.SIGNING, State.INVESTIGATING):
        return set()
    form = complaint.forms.order_by("-number").first()
    if form is None:
        return set()
    if complaint.state == State.SIGNING:
        return {Act.SIGN, Act.RETURN_FORM} if can_sign(actor, complaint, form) else set()
    received = form.signatures.filter(role=SignatureRole.RECEIVER).exists()
    return {Act.RECEIVE} if not received and permissions.can_respond(actor, complaint) else set()
