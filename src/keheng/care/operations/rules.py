"""Changing the rules of care: always a new version, whole and checked."""

from collections.abc import Mapping
from datetime import datetime
from itertools import count
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _
from pydantic import ValidationError as Malformed

from keheng.audit.operations import record
from keheng.care.enums.tasks import RuleTopic
from keheng.care.models import RuleVersion
from keheng.care.permissions.contacts import check_rules
from keheng.care.queries.rules import SCHEMAS, rules_of
from keheng.org.models import Staff


@transaction.atomic
def change_rules(
    *, topic: RuleTopic, content: Mapping[str, Any], reason: str, actor: Staff, at: datetime
) -> RuleVersion | None:
    """Put a new version in force, from the next planning on; ``None`` where nothing differs.

    Raises:
        ValidationError: the rules are incomplete or contradict themselves; the version in force stays.
    """
    check_rules(actor)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the rules change.")})
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"care.rules.{topic}"])
    number, before = rules_of(topic)
    try:
        after = SCHEMAS[topic].model_validate(content)
    except Malformed as error:
        first = error.errors()[0]
        place = " › ".join(str(part) for part in first["loc"]) or str(topic.label)
        raise ValidationError(
            _("The rules do not hold together at “%(place)s”: %(problem)s. Put that right and save again.")
            % {"place": place, "problem": first["msg"].removeprefix("Value error, ")}
        ) from error
    if after == before:
        return None
    version = RuleVersion.objects.create(
        topic=topic,
        number=number + 1,
        content=after.model_dump(mode="json"),
        reason=reason.strip(),
        made_by=actor,
        made_at=at,
    )
    detail = {"version": version.number}
    record("care.change_rules", actor=actor, at=at, target=version, reason=reason.strip(), detail=detail)
    return version


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
