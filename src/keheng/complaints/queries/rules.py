"""The versions of the rules."""

from datetime import date

from keheng.complaints.enums import RuleSet
from keheng.complaints.models import RuleVersion
from keheng.versions import queries as versions


def version_on(rule_set: RuleSet, day: date) -> RuleVersion:
    """The version of a set that is in force on a day."""
    return versions.version_on(RuleVersion, day, rule_set=rule_set)
