"""What is done to a request while it is open, up to the reply to the customer."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keheng.approvals.operations import ask
from keheng.audit.operations import record
from keheng.files.operations import examine, store
from keheng.notices.operations import tell
from keheng.org.models import Staff
from keheng.service_requests import permissions
from keheng.service_requests.enums import ClockKind, InviteBy, Stage, State, StepKind
from keheng.service_requests.models import Attachment, Link, ServiceRequest, Step
from keheng.service_requests.operations import clocks
from keheng.service_requests.operations.parts import led_to, locked, told
from keheng.service_requests.policies.states import Act
from keheng.service_requests.queries.hours import hours_for
from keheng.service_requests.rating import holds_until

CLOSING = "service_requests.closing"
_WORK = [ClockKind.RESPONSE, ClockKind.ON_SITE, ClockKind.HANDLING]


@transaction.atomic
def claim(*, request: ServiceRequest, actor: Staff, at: datetime) -> ServiceRequest:
    """Take a request that waits; of two who claim at once one gets it, the other is told who has it."""
    permissions.check_claim(actor, request)
    request = locked(request)
    if request.assignee_id not in (None, actor.pk) or request.state != State.WAITING:
        raise ValidationError(
            _("%(name)s already handles %(number)s.") % {"name": request.assignee or "—", "number": request}
            if request.is_open and request.assignee_id
            else _("%(number)s no longer waits.") % {"number": request}
        )
    return _begin(request, actor, at)


@transaction.atomic
def claim_next(*, candidates: Sequence[int], actor: Staff, at: datetime) -> ServiceRequest | None:
    """Take the first of the candidates that nobody else takes at this moment; ``None`` when all are gone."""
    free = (
        ServiceRequest.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(pk__in=candidates, state=State.WAITING, assignee=None)
        .order_by("-is_priority", "due_at", "pk")
        .first()
    )
    if free is None:
        return None
    permissions.check_claim(actor, free)
    return _begin(locked(free), actor, at)


def _begin(request: ServiceRequest, actor: Staff, at: datetime) -> ServiceRequest:
    request.state = led_to(request, Act.CLAIM)
    request.assignee, request.stage = actor, Stage.ANALYSIS
    clocks.stop(request, [ClockKind.RESPONSE], at)
    told(request, StepKind.CLAIMED, actor=actor, at=at)
    return request


@transaction.atomic
def assign(*, request: ServiceRequest, to: Staff, actor: Staff, at: datetime) -> ServiceRequest:
    """Put a request into somebody's hands; a supervisor does, over anybody's head."""
    request = locked(request)
    permissions.check_supervise(actor, request.branch)
    if not to.can(permissions.HANDLE):
        raise ValidationError({"to": _("%(name)s does not handle service requests.") % {"name": to}})
    request.state = led_to(request, Act.ASSIGN)
    before, request.assignee = request.assignee_id, to
    told(request, StepKind.ASSIGNED, actor=actor, at=at, before=before, to=to.name)
    tell(
        staff_ids=[to.pk],
        kind="service_requests.given",
        title=_("%(number)s %(business)s has been assigned to you")
        % {"number": request, "business": request.business_name},
        url=request.get_absolute_url(),
        at=at,
    )
    return request


@transaction.atomic
def advance(*, request: ServiceRequest, stage: Stage, note: str, actor: Staff, at: datetime) -> ServiceRequest:
    """Go on to the next of the four steps, saying what was found."""
    request = locked(request)
    permissions.check_handle(actor, request)
    if request.state not in (State.WORKING, State.PAUSED):
        led_to(request, Act.PAUSE)
    order = list(Stage)
    if order.index(stage) <= order.index(Stage(request.stage)):
        raise ValidationError({"stage": _("Choose a later step: what is done stays done.")})
    request.stage = stage
    if stage == Stage.EXECUTION:
        clocks.stop(request, [ClockKind.ON_SITE], at)
    told(request, StepKind.STAGE, actor=actor, at=at, note=note, stage=stage)
    return request


@transaction.atomic
def check(*, request: ServiceRequest, codes: Sequence[str], actor: Staff, at: datetime) -> ServiceRequest:
    """Keep which checks are done."""
    request = locked(request)
    permissions.check_handle(actor, request)
    known = [found.code for found in request.about.checks]
    done = [code for code in known if code in codes]
    if done != request.checked:
        request.checked = done
        told(request, StepKind.CHECKED, actor=actor, at=at, checks=done)
    return request


@transaction.atomic
def add_note(*, request: ServiceRequest, note: str, actor: Staff, at: datetime) -> Step:
    """Write down something for colleagues; customers never see it."""
    if not permissions.can_see(actor, request):
        raise PermissionDenied(_("This request is outside of what you may see."))
    if not note.strip():
        raise ValidationError({"note": _("Write something.")})
    return Step.objects.create(request=request, kind=StepKind.NOTE, actor=actor, at=at, note=note.strip())


def attach(*, request: ServiceRequest, upload: "File[Any]", document: str, actor: Staff, at: datetime) -> Attachment:
    """Put a document or evidence on file.

    Raises:
        RefusedFile: what was handed in is not taken, with the reason.
    """
    permissions.check_handle(actor, request)
    if document and document not in {found.code for found in request.about.documents}:
        raise ValidationError({"document": _("Choose a document of this business.")})
    examined = examine(upload=upload, actor=actor, at=at)
    with transaction.atomic():
        file = store(examined=examined, actor=actor, at=at)
        kept = Attachment.objects.create(request=request, file=file, document=document, added_by=actor, added_at=at)
        told(locked(request), StepKind.ATTACHED, actor=actor, at=at, document=document)
    return kept


def open_attachment(*, kept: Attachment, actor: Staff, at: datetime) -> None:
    """Note in the trail that somebody opens a file of a request; whoever sees the request may."""
    if not permissions.can_see(actor, kept.request):
        raise PermissionDenied(_("This request is outside of what you may see."))
    record("service_requests.open_file", actor=actor, at=at, target=kept.request)


@transaction.atomic
def pause(*, request: ServiceRequest, reason: str, note: str, actor: Staff, at: datetime) -> ServiceRequest:
    """Let the clocks stand still for a reason of the catalogue, as long as it allows at most."""
    request = locked(request)
    permissions.check_handle(actor, request)
    found = request.catalogue.pauses.get(reason)
    if found is None:
        raise ValidationError({"reason": _("Choose a reason.")})
    if request.steps.filter(kind=StepKind.PAUSED, detail__reason=reason).exists():
        raise ValidationError({"reason": _("It has been paused for this reason already. Once is enough.")})
    request.state = led_to(request, Act.PAUSE)
    request.pause_reason, request.paused_at = reason, at
    request.pause_ends = found.limit.due(hours_for(request), at)
    clocks.pause(request, at)
    told(request, StepKind.PAUSED, actor=actor, at=at, note=note, reason=reason)
    return request


@transaction.atomic
def resume(*, request: ServiceRequest, actor: Staff, at: datetime, lapsed: bool = False) -> ServiceRequest:
    """Let the clocks run on. The worker does it by itself once the pause has lasted as long as it may."""
    request = locked(request)
    permissions.check_handle(actor, request)
    request.state = led_to(request, Act.RESUME)
    since, ends = request.paused_at, request.pause_ends
    assert since is not None
    assert ends is not None
    request.paused_at = request.pause_ends = None
    clocks.run_on(request, since, min(at, ends))
    request.pause_reason = ""
    told(request, StepKind.RESUMED, actor=actor, at=at, lapsed=lapsed)
    return request


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
def cancel(*, request: ServiceRequest, reason: str, actor: Staff, at: datetime) -> ServiceRequest:
    """The customer takes it back."""
    request = locked(request)
    permissions.check_handle(actor, request)
    request.state = led_to(request, Act.CANCEL)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    _end(request, at)
    told(request, StepKind.CANCELLED, actor=actor, at=at, note=reason)
    return request


@transaction.atomic
def merge(*, request: ServiceRequest, into: ServiceRequest, actor: Staff, at: datetime) -> ServiceRequest:
    """Let one of two requests about the same thing go into the other."""
    first, second = sorted((request, into), key=lambda found: found.pk)  # one order for everybody: no deadlock
    held = {found.pk: found for found in (locked(first), locked(second))}
    request, into = held[request.pk], held[into.pk]
    permissions.check_handle(actor, request)
    if request.pk == into.pk or request.customer_id != into.customer_id or not into.is_open:
        raise ValidationError({"into": _("Choose another open request of the same customer.")})
    request.state, request.merged_into = led_to(request, Act.MERGE), into
    _end(request, at)
    told(request, StepKind.MERGED, actor=actor, at=at, into=into.number)
    told(into, StepKind.LINKED, actor=actor, at=at, other=request.number)
    return into


@transaction.atomic
def link(*, request: ServiceRequest, other: ServiceRequest, actor: Staff, at: datetime) -> None:
    """Say that two requests belong together."""
    permissions.check_handle(actor, request)
    if request.pk == other.pk or not permissions.can_see(actor, other):
        raise ValidationError({"other": _("Choose another request that you may see.")})
    first, second = sorted((request, other), key=lambda found: found.pk)
    _link, made = Link.objects.get_or_create(first=first, second=second)
    if made:
        told(locked(request), StepKind.LINKED, actor=actor, at=at, other=other.number)


@transaction.atomic
def escalate(*, request: ServiceRequest, reason: str, actor: Staff, at: datetime) -> None:
    """Ask the supervisors of the branch to look at a request."""
    permissions.check_handle(actor, request)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    request = locked(request)
    above = [
        member.pk
        for member in Staff.objects.people().filter(is_active=True).exclude(pk=actor.pk)
        if request.branch.path.startswith(member.branch.path) and permissions.can_supervise(member, request.branch)
    ]
    tell(
        staff_ids=above,
        kind="service_requests.escalated",
        title=_("%(name)s asks you to look at %(number)s %(business)s")
        % {"name": actor, "number": request, "business": request.business_name},
        url=request.get_absolute_url(),
        at=at,
    )
    told(request, StepKind.ESCALATED, actor=actor, at=at, note=reason, told=len(above))


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


@transaction.atomic
def change_priority(
    *, request: ServiceRequest, is_priority: bool, cause: str, actor: Staff | None, at: datetime
) -> ServiceRequest:
    """Give a request the limits of priority customers, or the usual ones; what runs is computed anew."""
    if actor is not None:
        permissions.check_supervise(actor, request.branch)
    request = locked(request)
    if request.is_priority != is_priority and request.is_open:
        request.is_priority = is_priority
        clocks.recompute(request, at, cause=cause)
        told(request, StepKind.PRIORITY, actor=actor, at=at, priority=is_priority, cause=cause)
    return request


def _end(request: ServiceRequest, at: datetime) -> None:
    clocks.drop(request, at)
    request.paused_at = request.pause_ends = None
    request.pause_reason, request.closed_at = "", max(at, request.opened_at + timedelta())
