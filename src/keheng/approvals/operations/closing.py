"""What deciding, withdrawing and expiring share: the change of state, its step, its events."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from keheng.approvals import queries
from keheng.approvals.enums import Act, State
from keheng.approvals.events import RequestDecided, RequestsAnswered, RequestsDecided
from keheng.approvals.kinds import kind_of
from keheng.approvals.models import Request, RequestQuerySet
from keheng.approvals.policies import TRANSITIONS, states_before
from keheng.audit import operations as audit
from keheng.common import events
from keheng.org.models import Staff
from keheng.ui.templatetags.keheng import moment


def close(*, request: Request, act: Act, actor: Staff, reason: str, at: datetime) -> Request:
    """Carry one act out that ends a request's waiting; the caller has checked who may.

    Raises:
        ValidationError: somebody else was first, or the state does not allow it.
    """
    if not close_all(Request.objects.filter(pk=request.pk), act=act, actor=actor, reason=reason, at=at):
        raise ValidationError(too_late(request))
    request.refresh_from_db()
    audit.record(f"approvals.{act.value}", actor=actor, at=at, target=request, reason=reason)
    return request


def close_all(requests: RequestQuerySet, *, act: Act, actor: Staff, reason: str, at: datetime) -> list[int]:
    """Carry an act out on all of the requests that allow it, and return their keys: whoever comes second gets none.

    The rows are locked in the order of their keys, so that two people at once neither wait for each other nor both
    decide.
    """
    states = states_before(act)
    outcome = TRANSITIONS[states[0], act]
    held = requests.filter(state__in=states).order_by("pk").select_for_update(of=("self",))
    kinds: dict[str, list[int]] = defaultdict(list)
    for pk, kind in held.values_list("pk", "kind"):
        kinds[kind].append(pk)
    keys = sorted(pk for found in kinds.values() for pk in found)
    if not keys:
        return []
    Request.objects.filter(pk__in=keys).update(state=outcome, decided_at=at, decided_by=actor, answer=reason[:300])
    write_steps(keys, act, actor=actor, reason=reason, at=at)
    for kind, found in kinds.items():
        _tell(kind, found, outcome, at)
    events.publish(RequestsAnswered(tuple(keys), outcome, at))
    return keys


def write_steps(keys: Sequence[int], act: Act, *, actor: Staff, reason: str, at: datetime) -> None:
    """Append the act to the history of all requests, by one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into approvals_step (request_id, act, actor_id, reason, level, at)
               select id, %s, %s, %s, level, %s from approvals_request where id = any(%s)""",
            [act.value, actor.pk, reason[:300], at, list(keys)],
        )


def too_late(request: Request) -> str:
    """Why an act came too late: who did what meanwhile."""
    now = Request.objects.select_related("decided_by").get(pk=request.pk)
    last = request.steps.order_by("-id").select_related("actor").first()
    if now.state == State.OPEN or last is None:
        return _("This request cannot be answered now; it is: %s.") % now.get_state_display()
    return _("%(name)s %(act)s this request (%(moment)s). Nothing was changed.") % {
        "name": last.actor.name,
        "act": queries.act_in_words(last.act),
        "moment": moment(last.at),
    }


def _tell(kind: str, keys: list[int], outcome: State, at: datetime) -> None:
    if kind_of(kind).in_bulk:
        events.publish(RequestsDecided(tuple(keys), kind, outcome, at))
    else:
        for key in keys:
            events.publish(RequestDecided(key, kind, outcome, at))
