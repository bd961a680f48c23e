"""Changing the rules: one person proposes, another puts them into force (A15)."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from keheng.approvals.models import Request
from keheng.common.clock import SHANGHAI
from keheng.common.limits import BadLimitError, Limit
from keheng.complaints import permissions
from keheng.complaints.enums import RuleSet, State
from keheng.complaints.models import RuleVersion
from keheng.complaints.policies.flow import OPTIONAL
from keheng.complaints.policies.rules import read
from keheng.complaints.queries.rules import version_on
from keheng.org.models import Staff
from keheng.versions import operations as versions

RULES = versions.TwoPersonRules(
    kind="complaints.rules",
    model=RuleVersion,
    read=read,
    url="/complaints/settings/",
    propose="complaints.propose_rules",
    put="complaints.set_rules",
    each="rule_set",
)
NUMBERS = ("check_after_days", "repeat_days", "review_within_days", "representatives", "keep_years")
"""The single figures of the rules that people may change."""


def propose(
    *,
    rule_set: RuleSet,
    limits: Mapping[str, str],
    numbers: Mapping[str, int],
    paths: Mapping[str, list[str]] | None = None,
    note: str,
    actor: Staff,
    at: datetime,
) -> Request:
    """Ask a second person to put changed rules into force; complaints that run keep theirs.

    Args:
        limits: clock → limit as people write it; what is left out stays. ``numbers`` likewise.
        paths: path → the optional states that it has.

    Raises:
        ValidationError: a limit cannot be read, nothing would change, or the reason is missing.
    """
    permissions.check_settings(actor)
    before = version_on(rule_set, at.astimezone(SHANGHAI).date())
    return versions.propose(
        RULES,
        held=before,
        definition=changed(before.definition, limits, numbers, paths or {}),
        title=_("Rules of complaints: %(set)s") % {"set": before.get_rule_set_display()},
        reason=note,
        actor=actor,
        at=at,
    )


def changed(
    definition: Mapping[str, Any], limits: Mapping[str, str], numbers: Mapping[str, int], paths: Mapping[str, list[str]]
) -> dict[str, Any]:
    """A definition with other limits, figures and paths.

    Raises:
        ValidationError: with the field that cannot be read.
    """
    made: dict[str, Any] = deepcopy(dict(definition))
    for row in made["clocks"]:
        text = limits.get(row["kind"], row["limit"]).strip()
        try:
            row["limit"] = str(Limit.read(text))
        except BadLimitError as error:
            words = _("“%(text)s” is not a limit. Write minutes, hours or days, such as 30m, 4h or 1d.")
            raise ValidationError({f"limit-{row['kind']}": words % {"text": text}}) from error
    for name, number in numbers.items():
        if name in NUMBERS and name in made:
            if number < 0:
                raise ValidationError({name: _("Write a number that is not below zero.")})
            made[name] = number
    for row in made.get("paths", ()):
        if row["code"] in paths:
            row["states"] = [
                state for state in State.values if state in paths[row["code"]] and State(state) in OPTIONAL
            ]
    return made
