"""Changing the rules of assignment: always a new version, whole and checked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _
from pydantic import ValidationError as Malformed

from keheng.audit.operations import record
from keheng.care.models import AssignmentVersion
from keheng.care.permissions.ownership import check_rules
from keheng.care.policies.assignment import AssignmentRules
from keheng.care.queries.assignment import rules_in_force
from keheng.org.models import Role, Staff


@transaction.atomic
def change_rules(*, content: Mapping[str, Any], reason: str, actor: Staff, at: datetime) -> AssignmentVersion | None:
    """Put a new version in force at once; ``None`` where nothing differs.

    Raises:
        ValidationError: no reason, a role nobody has heard of, or rules that contradict themselves.
    """
    check_rules(actor)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the rules change.")})
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('care.assignment_rules'))")
    before = rules_in_force()
    after = _read(content)
    if after == before.rules:
        return None
    named = {role for rule in after.tiers for one in (rule.owner, *rule.beside) for role in one.roles}
    unknown = (named | set(after.capacity) | set(after.adoption.roles)) - set(
        Role.objects.values_list("code", flat=True)
    )
    if unknown:
        raise ValidationError(_("No role is called %(role)s.") % {"role": ", ".join(sorted(unknown))})
    version = AssignmentVersion.objects.create(
        number=before.number + 1,
        content=after.model_dump(mode="json"),
        reason=reason.strip()[:200],
        made_by=actor,
        made_at=at,
    )
    record("care.change_assignment_rules", actor=actor, at=at, target=version, reason=reason.strip())
    return version


def _read(content: Mapping[str, Any]) -> AssignmentRules:
    try:
        return AssignmentRules.model_validate(content)
    except Malformed as error:
        first = error.errors()[0]
        place = " › ".join(str(part) for part in first["loc"])
        raise ValidationError(
            _("The rules do not hold together at “%(place)s”: %(problem)s. Put that right and save again.")
            % {"place": place, "problem": first["msg"].removeprefix("Value error, ")}
        ) from error
