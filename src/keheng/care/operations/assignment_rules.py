"""Changing the rules of assignment: always a new version, whole and checked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from keheng.care.models import AssignmentVersion
from keheng.care.permissions.ownership import check_rules
from keheng.care.policies.assignment import AssignmentRules
from keheng.care.queries.assignment import RULES
from keheng.org.models import Role, Staff
from keheng.versions.operations import change


def change_rules(*, content: Mapping[str, Any], reason: str, actor: Staff, at: datetime) -> AssignmentVersion | None:
    """Put a new version in force at once; ``None`` where nothing differs.

    Raises:
        ValidationError: no reason, a role nobody has heard of, or rules that contradict themselves.
    """
    check_rules(actor)
    action = "care.change_assignment_rules"
    return change(RULES, content=content, reason=reason, action=action, actor=actor, at=at, check=_check_roles)


def _check_roles(rules: AssignmentRules) -> None:
    named = {role for rule in rules.tiers for one in (rule.owner, *rule.beside) for role in one.roles}
    unknown = (named | set(rules.capacity) | set(rules.adoption.roles)) - set(
        Role.objects.values_list("code", flat=True)
    )
    if unknown:
        raise ValidationError(_("No role is called %(role)s.") % {"role": ", ".join(sorted(unknown))})
