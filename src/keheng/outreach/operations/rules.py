"""Changing the rules of events: always a new version, whole and checked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from keheng.org.models import Staff
from keheng.outreach.models import RuleVersion
from keheng.outreach.permissions import check_rules
from keheng.outreach.queries.rules import RULES, rules_in_force
from keheng.versions.operations import change


def change_rules(*, content: Mapping[str, Any], reason: str, actor: Staff, at: datetime) -> RuleVersion | None:
    """Put a new version in force; ``None`` where nothing differs. Events planned before keep their seats and budget.

    Raises:
        ValidationError: the rules do not hold together; the version in force stays.
    """
    check_rules(actor)
    return change(RULES, content=content, reason=reason, action="outreach.change_rules", actor=actor, at=at)


def change_kind(*, code: str, values: Mapping[str, Any], reason: str, actor: Staff, at: datetime) -> RuleVersion | None:
    """Change one kind of event; the others stay as they are. Raises as :func:`change_rules`."""
    content = rules_in_force().rules.model_dump(mode="json")
    found = next((kind for kind in content["kinds"] if kind["code"] == code), None)
    if found is None:
        raise ValidationError(_("This kind is no longer there. Load the page anew."))
    found |= values
    return change_rules(content=content, reason=reason, actor=actor, at=at)
