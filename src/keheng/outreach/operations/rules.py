"""Changing the rules of events: always a new version, whole and checked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _
from pydantic import ValidationError as Malformed

from keheng.audit.operations import record
from keheng.org.models import Staff
from keheng.outreach.models import RuleVersion
from keheng.outreach.permissions import check_rules
from keheng.outreach.policies.rules import Rules
from keheng.outreach.queries.rules import rules_in_force


@transaction.atomic
def change_rules(*, content: Mapping[str, Any], reason: str, actor: Staff, at: datetime) -> RuleVersion | None:
    """Put a new version in force; ``None`` where nothing differs. Events planned before keep their seats and budget.

    Raises:
        ValidationError: the rules do not hold together; the version in force stays.
    """
    check_rules(actor)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the rules change.")})
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('outreach.rules'))")
    number, before = rules_in_force()
    try:
        after = Rules.model_validate(content)
    except Malformed as error:
        first = error.errors()[0]
        place = " › ".join(str(part) for part in first["loc"]) or _("rules")
        raise ValidationError(
            _("The rules do not hold together at “%(place)s”: %(problem)s. Put that right and save again.")
            % {"place": place, "problem": first["msg"].removeprefix("Value error, ")}
        ) from error
    if after == before:
        return None
    version = RuleVersion.objects.create(
        number=number + 1, content=after.model_dump(mode="json"), reason=reason.strip(), made_by=actor, made_at=at
    )
    record("outreach.change_rules", actor=actor, at=at, target=version, reason=version.reason)
    return version


def change_kind(*, code: str, values: Mapping[str, Any], reason: str, actor: Staff, at: datetime) -> RuleVersion | None:
    """Change one kind of event; the others stay as they are. Raises as :func:`change_rules`."""
    content = rules_in_force().rules.model_dump(mode="json")
    found = next((kind for kind in content["kinds"] if kind["code"] == code), None)
    if found is None:
        raise ValidationError(_("This kind is no longer there. Load the page anew."))
    found |= values
    return change_rules(content=content, reason=reason, actor=actor, at=at)
