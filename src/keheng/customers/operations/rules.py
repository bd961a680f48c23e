"""Changing the rules of the archive: always a new version, whole and checked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _
from pydantic import ValidationError as Malformed

from keheng.audit.operations import record
from keheng.customers.enums import RuleTopic
from keheng.customers.models import RuleVersion
from keheng.customers.permissions.privacy import check_change_rules
from keheng.customers.queries.rules import SCHEMAS, Rules, preset
from keheng.org.models import Staff


@transaction.atomic
def change_rules(
    *, topic: RuleTopic, content: Mapping[str, Any], reason: str, actor: Staff, at: datetime
) -> RuleVersion | None:
    """Put a new version in force, from the next request of everybody on; ``None`` where nothing differs.

    Raises:
        ValidationError: the rules are incomplete or contradict themselves; the version in force stays.
    """
    check_change_rules(actor)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the rules change.")})
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"customers.rules.{topic}"])
    newest = RuleVersion.objects.filter(topic=topic).order_by("-number").first()
    before = SCHEMAS[topic].model_validate(newest.content) if newest else preset(topic)
    after = _read(topic, content)
    if after == before:
        return None
    version = RuleVersion.objects.create(
        topic=topic,
        number=newest.number + 1 if newest else 2,  # the first is what ships with the product
        content=after.model_dump(mode="json"),
        reason=reason.strip(),
        made_by=actor,
        made_at=at,
    )
    told = sorted(differences(before.model_dump(mode="json"), after.model_dump(mode="json")))
    detail = {"version": version.number, "changed": told[:40]}
    record("customers.change_privacy_rules", actor=actor, at=at, target=version, reason=reason.strip(), detail=detail)
    return version


def differences(before: Any, after: Any, path: str = "") -> list[str]:
    """Where two versions differ: ``matrix.contact.2.ordinary: 1 → 2``."""
    if isinstance(before, dict) and isinstance(after, dict):
        keys = before.keys() | after.keys()
        return [line for key in keys for line in differences(before.get(key), after.get(key), f"{path}.{key}")]
    if isinstance(before, list) and isinstance(after, list):
        before, after = ({_name(item, at): item for at, item in enumerate(items)} for items in (before, after))
        if any(isinstance(item, dict) for item in [*before.values(), *after.values()]):
            return differences(before, after, path)
        before, after = list(before.values()), list(after.values())
    return [] if before == after else [f"{path.lstrip('.')}: {before} → {after}"[:200]]


def _name(item: Any, place: int) -> str:
    return str(item.get("code", place)) if isinstance(item, dict) else str(place)


def _read(topic: RuleTopic, content: Mapping[str, Any]) -> Rules:
    try:
        return SCHEMAS[topic].model_validate(content)
    except Malformed as error:
        first = error.errors()[0]
        place = " › ".join(str(part) for part in first["loc"]) or str(topic.label)
        raise ValidationError(
            _("The rules do not hold together at “%(place)s”: %(problem)s. Put that right and save again.")
            % {"place": place, "problem": first["msg"].removeprefix("Value error, ")}
        ) from error
