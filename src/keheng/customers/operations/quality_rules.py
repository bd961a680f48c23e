"""New versions of the rules of data quality."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.customers import permissions, queries
from keheng.customers.enums import RuleTopic
from keheng.customers.models import RuleVersion
from keheng.customers.policies.quality import parse
from keheng.org.models import Staff


@transaction.atomic
def change_quality_rules(
    *, topic: RuleTopic, content: dict[str, Any], reason: str, actor: Staff, at: datetime
) -> RuleVersion:
    """Put new rules of a topic in force; the former version stays, for what it has produced.

    Raises:
        ValidationError: the rules say what no rule may say, or nothing new, or no reason is given.
    """
    permissions.check_rules(actor)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the rules change.")})
    try:
        rules = parse(topic, content)
    except ValueError as error:
        raise ValidationError(_("These rules cannot be used: %(why)s") % {"why": str(error)}) from error
    with connection.cursor() as cursor:  # of two who change the rules at once, the second sees the first's
        cursor.execute("select pg_advisory_xact_lock(hashtext('customers.quality_rules'))")
    former = queries.quality_rules(topic)
    if former.rules == rules:
        raise ValidationError(_("Nothing was changed."))
    version = RuleVersion.objects.create(
        topic=topic,
        number=former.version + 1,
        content=rules.model_dump(mode="json"),
        reason=reason.strip(),
        made_by=actor,
        made_at=at,
    )
    detail = {"version": version.number}
    record("customers.change_rules", actor=actor, at=at, target=version, reason=reason.strip(), detail=detail)
    return version
