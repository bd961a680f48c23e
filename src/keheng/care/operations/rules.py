"""Changing the rules of care: always a new version, whole and checked."""

from collections.abc import Mapping
from datetime import datetime
from itertools import count
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from keheng.care.enums.tasks import RuleTopic
from keheng.care.models import RuleVersion
from keheng.care.permissions.contacts import check_rules
from keheng.care.queries.rules import RULES, rules_of
from keheng.org.models import Staff
from keheng.versions.operations import change


def change_rules(
    *, topic: RuleTopic, content: Mapping[str, Any], reason: str, actor: Staff, at: datetime
) -> RuleVersion | None:
    """Put a new version in force, from the next planning on; ``None`` where nothing differs.

    Raises:
        ValidationError: the rules are incomplete or contradict themselves; the version in force stays.
    """
    check_rules(actor)
    return change(RULES[topic], content=content, reason=reason, action="care.change_rules", actor=actor, at=at)


def change_rule(
    *,
    topic: RuleTopic,
    among: str = "rules",
    code: str,
    values: Mapping[str, Any],
    reason: str,
    actor: Staff,
    at: datetime,
) -> RuleVersion | None:
    """Change one of the rules, outcomes or festivals that stand ``among`` the rules of a topic; the others stay.

    Args:
        code: of the one that is changed; empty: one more, with a code of its own.

    Raises as :func:`change_rules`.
    """
    content = rules_of(topic).rules.model_dump(mode="json")
    rows = content[among]
    known = {row["code"] for row in rows}
    if not code:
        code = next(own for number in count(1) if (own := f"own-{number}") not in known)
        rows.append({"code": code})
    elif code not in known:
        raise ValidationError(_("This rule is no longer there. Load the page anew."))
    next(row for row in rows if row["code"] == code).update(values)
    return change_rules(topic=topic, content=content, reason=reason, actor=actor, at=at)
