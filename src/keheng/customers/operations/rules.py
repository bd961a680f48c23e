"""Changing the rules of the archive: always a new version, whole and checked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from keheng.customers.enums import RuleTopic
from keheng.customers.models import RuleVersion
from keheng.customers.permissions.privacy import check_change_rules
from keheng.customers.queries.rules import RULES
from keheng.org.models import Staff
from keheng.versions.operations import change


def change_rules(
    *, topic: RuleTopic, content: Mapping[str, Any], reason: str, actor: Staff, at: datetime
) -> RuleVersion | None:
    """Put a new version in force, from the next request of everybody on; ``None`` where nothing differs.

    Raises:
        ValidationError: the rules are incomplete or contradict themselves; the version in force stays.
    """
    check_change_rules(actor)
    action = "customers.change_privacy_rules"
    return change(RULES[topic], content=content, reason=reason, action=action, actor=actor, at=at)
