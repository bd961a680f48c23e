"""What is done to a request while it is open; how it ends is in ``closing``."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.files.operations import examine, store
from keheng.notices.operations import tell
from keheng.org.models import Staff
from keheng.service_requests import permissions
from keheng.service_requests.enums import ClockKind, Stage, State, StepKind
from keheng.service_requests.models import Attachment, Link, ServiceRequest, Step
from keheng.service_requests.operations import clocks
from keheng.service_requests.operations.parts import led_to, locked, told
from keheng.service_requests.policies.states import Act
from keheng.service_requests.queries.hours import hours_for


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
