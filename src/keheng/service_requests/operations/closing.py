"""How a request ends: done, told to the customer, rated, or taken up again."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keheng.approvals.operations import ask
from keheng.org.models import Staff
from keheng.service_requests import permissions
from keheng.service_requests.enums import ClockKind, InviteBy, Stage, State, StepKind
from keheng.service_requests.models import ServiceRequest
from keheng.service_requests.operations import clocks
from keheng.service_requests.operations.parts import led_to, locked, told
from keheng.service_requests.policies.states import Act
from keheng.service_requests.queries.hours import hours_for
from keheng.service_requests.rating import holds_until

CLOSING = "service_requests.closing"
_WORK = [ClockKind.RESPONSE, ClockKind.ON_SITE, ClockKind.HANDLING]


def missing_before_closing(request: ServiceRequest) -> list[str]:
    """What still has to be done or handed in, in words; nothing when the request may be finished."""
    about, language = request.about, get_language() or ""
    open_checks = [found.told(language) for found in about.checks if found.code not in request.checked]
    held = set(request.attachments.values_list("document", flat=True))
    lacking = [found.told(language) for found in about.documents if about.evidence and found.code not in held]
    missing = [_("Check: %(what)s") % {"what": name} for name in open_checks]
    missing += [_("Document: %(what)s") % {"what": name} for name in lacking]
    if about.evidence and not about.documents and not held:
        missing.append(_("Evidence of what was done"))
    if request.children.open().exclude(state=State.RESOLVED).exists():
        missing.append(_("Parts of it that are still open"))
    return missing


@transaction.atomic
def resolve(*, request: ServiceRequest, resolution: str, actor: Staff, at: datetime) -> ServiceRequest:
    """Say what was done. Where the business asks for a second person, the clock runs until they have approved."""
    request = locked(request)
    permissions.check_handle(actor, request)
    approval = request.about.approval
    state = led_to(request, Act.ASK if approval else Act.RESOLVE)
    if not resolution.strip():
        raise ValidationError({"resolution": _("Say what was done.")})
    missing = missing_before_closing(request)
    if missing:
        raise ValidationError({"resolution": _("Before it is done: %(missing)s.") % {"missing": "；".join(missing)}})
    request.resolution, request.stage = resolution.strip(), Stage.EXECUTION
    request.state = state
    if approval:
        ask(
            kind=CLOSING,
            subject=request,
            title=_("Close %(number)s %(business)s") % {"number": request, "business": request.business_name},
            branch=request.branch,
            actor=actor,
            reason=_("Checks and documents are complete."),
            at=at,
        )
        told(request, StepKind.ASKED, actor=actor, at=at)
        return request
    return _done(request, actor, at)


@transaction.atomic
def decide_closing(*, request: ServiceRequest, approved: bool, actor: Staff | None, at: datetime) -> None:
    """Carry out what the second person decided: done, or back into the hands of whoever had it."""
    request = locked(request)
    if request.state != State.APPROVAL:
        return
    request.state = led_to(request, Act.APPROVE if approved else Act.RETURN)
    if approved:
        _done(request, actor, at)
    else:
        told(request, StepKind.RETURNED, actor=actor, at=at)


def _done(request: ServiceRequest, actor: Staff | None, at: datetime) -> ServiceRequest:
    clocks.stop(request, _WORK, at)
    request.stage, request.resolved_at = Stage.FEEDBACK, at
    clocks.start(request, [ClockKind.FEEDBACK], at)
    told(request, StepKind.RESOLVED, actor=actor, at=at)
    return request


@transaction.atomic
def reply(*, request: ServiceRequest, words: str, actor: Staff, at: datetime) -> ServiceRequest:
    """Tell the customer, and close: the fourth node. The customer may rate it afterwards."""
    request = locked(request)
    permissions.check_handle(actor, request)
    request.state = led_to(request, Act.CLOSE)
    if not words.strip():
        raise ValidationError({"words": _("Write what the customer was told.")})
    clocks.stop(request, [ClockKind.FEEDBACK], at)
    request.reply, request.closed_at = words.strip(), at
    told(request, StepKind.REPLIED, actor=actor, at=at)
    return request


@transaction.atomic
def reopen(*, request: ServiceRequest, reason: str, actor: Staff, at: datetime) -> ServiceRequest:
    """Take up again what the customer does not find done; only so often, and only within some working days."""
    request = locked(request)
    permissions.check_handle(actor, request)
    state, catalogue = led_to(request, Act.REOPEN), request.catalogue
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is opened again.")})
    if request.reopened >= catalogue.reopens:
        raise ValidationError(
            _("It has been reopened %(times)d times already. Take in a new request.") % {"times": catalogue.reopens}
        )
    if request.resolved_at is not None:
        until = hours_for(request).add_days_of_service(request.resolved_at, catalogue.reopen_days)
        if at > until:
            raise ValidationError(
                _("It was done more than %(days)d working days ago. Take in a new request.")
                % {"days": catalogue.reopen_days}
            )
    clocks.drop(request, at)
    request.state, request.stage = state, Stage.ANALYSIS
    request.assignee = request.assignee or actor
    request.reopened += 1
    request.resolved_at = request.closed_at = None
    clocks.start(request, [ClockKind.HANDLING], at)
    told(request, StepKind.REOPENED, actor=actor, at=at, note=reason)
    return request


@transaction.atomic
def ask_rating(*, request: ServiceRequest, by: InviteBy, actor: Staff, at: datetime) -> ServiceRequest:
    """Note that the customer is sent the link to rate; programs that send messages are told with the link.

    Raises:
        ValidationError: there is nothing to rate (any more), or the customer does not want to be disturbed.
    """
    request = locked(request)
    permissions.check_handle(actor, request)
    until = holds_until(request)
    if request.rating is not None or until is None or at > until:
        raise ValidationError(_("This request has been rated already, or is not done yet, or too long ago."))
    if request.customer.do_not_disturb:
        raise ValidationError(_("The customer does not want to be disturbed. Do not ask for a rating."))
    told(request, StepKind.INVITED, actor=actor, at=at, by=by)
    return request


@transaction.atomic
def rate(*, request: ServiceRequest, rating: int, note: str, at: datetime) -> None:
    """The customer rates what was done, once, through the link they were sent."""
    request = locked(request)
    if request.state not in (State.RESOLVED, State.CLOSED) or request.rating is not None:
        raise ValidationError(_("This request has been rated already, or is not done yet."))
    if not 1 <= rating <= 5:
        raise ValidationError({"rating": _("Choose one to five.")})
    request.rating, request.rating_note, request.rated_at = rating, note.strip()[:500] or None, at
    told(request, StepKind.RATED, actor=None, at=at, rating=rating)
