"""New versions of the rules of data quality."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from keheng.customers import permissions
from keheng.customers.enums import RuleTopic
from keheng.customers.models import RuleVersion
from keheng.customers.queries.quality_rules import rules_about
from keheng.org.models import Staff
from keheng.versions.operations import change


def change_quality_rules(
    *, topic: RuleTopic, content: Mapping[str, Any], reason: str, actor: Staff, at: datetime
) -> RuleVersion:
    """Put new rules of a topic in force; the former version stays, for what it has produced.

    Raises:
        ValidationError: the rules say what no rule may say, or nothing new, or no reason is given.
    """
    permissions.check_rules(actor)
    action = "customers.change_rules"
    version = change(rules_about(topic), content=content, reason=reason, action=action, actor=actor, at=at)
    if version is None:
        raise ValidationError(_("Nothing was changed."))
    return version
