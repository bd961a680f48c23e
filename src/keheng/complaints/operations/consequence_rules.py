"""Changing the rules of consequences: one person proposes, another puts them into force (A7, A15)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.approvals.models import Request
from keheng.approvals.operations import ask
from keheng.audit.operations import record
from keheng.common.clock import SHANGHAI
from keheng.complaints import permissions
from keheng.complaints.errors import RulesError
from keheng.complaints.models import ConsequenceVersion
from keheng.complaints.operations.parts import needed
from keheng.complaints.policies.consequences import read
from keheng.org.models import Staff

CONSEQUENCES = "complaints.consequences"


@transaction.atomic
def propose_consequences(*, definition: Mapping[str, Any], reason: str, actor: Staff, at: datetime) -> Request:
    """Ask a second person to put other rules of consequences into force.

    Raises:
        ValidationError: the rules cannot be so, nothing would change, or the reason is missing.
    """
    permissions.check_settings(actor)
    reason = needed(reason, "reason", _("Say why, or where it is decided."))
    try:
        wanted = read(definition)
    except RulesError as error:
        raise ValidationError(str(error)) from error
    last = ConsequenceVersion.objects.latest("number")
    if last.rules == wanted:
        raise ValidationError(_("Nothing has changed: the rules stay as they are."))
    request = ask(
        kind=CONSEQUENCES,
        subject=last,
        title=_("Rules of consequences of complaints"),
        branch=actor.branch,
        payload={"version": last.number, "definition": dict(definition)},
        url="/complaints/settings/letters/",
        actor=actor,
        reason=reason,
        at=at,
    )
    record("complaints.propose_consequences", actor=actor, at=at, target=last, reason=reason)
    return request


@transaction.atomic
def put_consequences_into_force(*, request: Request, actor: Staff, at: datetime) -> ConsequenceVersion | None:
    """Make the version that was approved, from today on; what was concluded keeps its own.

    Nothing where the rules have changed since it was proposed.
    """
    last = ConsequenceVersion.objects.select_for_update().latest("number")
    if last.number != request.payload["version"]:
        return None
    made = ConsequenceVersion.objects.create(
        number=last.number + 1,
        valid_from=at.astimezone(SHANGHAI).date(),
        definition=request.payload["definition"],
        note=request.reason[:200],
        proposed_by=request.requester,
        set_by=actor,
    )
    record("complaints.set_consequences", actor=actor, at=at, target=made, reason=request.reason)
    return made
