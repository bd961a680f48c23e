"""Writes of the goals of a scheme."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from keheng.audit import operations as audit
from keheng.common.clock import SHANGHAI
from keheng.org.models import Staff
from keheng.tiering.models import Goals, Scheme
from keheng.tiering.permissions import check_maintain
from keheng.tiering.policies.goals import GoalTable, faults
from keheng.tiering.queries.goals import goals_in_force
from keheng.tiering.queries.schemes import labels_of


@transaction.atomic
def save_goals(*, scheme: Scheme, table: GoalTable, note: str, actor: Staff, at: datetime) -> Goals:
    """Make a new version of a scheme's goals; pages measure by it at once, earlier versions stay to be read.

    Raises:
        PermissionDenied: the actor may not.
        ValidationError: the table contradicts itself, equals the one in force, or nothing says why it changes.
    """
    check_maintain(actor)
    Scheme.objects.select_for_update().get(pk=scheme.pk)
    told = faults(table, labels_of(scheme), at.astimezone(SHANGHAI).date())
    before = goals_in_force(scheme)
    if not note.strip():
        told["note"] = [_("Say what changes and why.")]
    elif before is not None and before.table == table:
        told["note"] = [_("Nothing differs from the version in force.")]
    if told:
        raise ValidationError(told)
    made = Goals.objects.create(
        scheme=scheme,
        number=(scheme.goals.aggregate(last=Max("number"))["last"] or 0) + 1,
        definition=table.model_dump(mode="json"),
        note=note.strip(),
        made_by=actor,
        made_at=at,
    )
    audit.record("tiering.goals", actor=actor, at=at, target=scheme, reason=made.note, detail={"version": made.number})
    return made
