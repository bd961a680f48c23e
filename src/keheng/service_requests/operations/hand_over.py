"""Handing a request over: offered, then accepted or declined; until then the giver answers for it."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.notices.operations import tell
from keheng.org.models import Staff
from keheng.service_requests import permissions
from keheng.service_requests.enums import HandOverState, State, StepKind
from keheng.service_requests.models import HandOver, ServiceRequest
from keheng.service_requests.operations.parts import locked, told


@transaction.atomic
def offer(*, request: ServiceRequest, to: Staff, reason: str, actor: Staff, at: datetime) -> HandOver:
    """Ask somebody to take a request over."""
    request = locked(request)
    permissions.check_handle(actor, request)
    if request.state not in (State.WORKING, State.PAUSED) or request.assignee is None:
        raise ValidationError(_("Only a request in hand can be handed over."))
    if to.pk == request.assignee_id or not to.can(permissions.HANDLE):
        raise ValidationError({"to": _("Choose a colleague who handles service requests.")})
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    if request.hand_overs.filter(state=HandOverState.OFFERED).exists():
        raise ValidationError(_("It has been offered to somebody already. Wait for the answer."))
    given = HandOver.objects.create(
        request=request, giver=request.assignee, taker=to, reason=reason.strip(), offered_at=at
    )
    told(request, StepKind.OFFERED, actor=actor, at=at, note=reason, to=to.name)
    _tell(to, _("%(name)s asks you to take over %(number)s") % {"name": actor, "number": request}, request, at)
    return given


@transaction.atomic
def answer(*, offered: HandOver, accept: bool, words: str = "", actor: Staff, at: datetime) -> HandOver:
    """Take the request over, or not; only the one who was asked answers."""
    offered = HandOver.objects.select_for_update(of=("self",)).select_related("request", "giver").get(pk=offered.pk)
    if offered.taker_id != actor.pk:
        raise PermissionDenied(_("You were not asked to take this request over."))
    request = locked(offered.request)
    if offered.state != HandOverState.OFFERED or not request.is_open:
        raise ValidationError(_("This hand-over has been answered already."))
    if not accept and not words.strip():
        raise ValidationError({"words": _("Say why not.")})
    offered.state = HandOverState.ACCEPTED if accept else HandOverState.DECLINED
    offered.answered_at, offered.answer = at, words.strip()[:200]
    offered.save()
    if accept:
        request.assignee = actor
    told(request, StepKind.ACCEPTED if accept else StepKind.DECLINED, actor=actor, at=at, note=words)
    sentence = _("%(name)s has taken over %(number)s") if accept else _("%(name)s does not take over %(number)s")
    _tell(offered.giver, sentence % {"name": actor, "number": request}, request, at)
    return offered


def _tell(staff: Staff, title: str, request: ServiceRequest, at: datetime) -> None:
    tell(staff_ids=[staff.pk], kind="service_requests.given", title=title, url=request.get_absolute_url(), at=at)
