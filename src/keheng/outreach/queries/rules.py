"""The rules of events in force: the newest version that people made, else what ships with the product."""

from pathlib import Path

from keheng.outreach.models import RuleVersion
from keheng.outreach.policies.rules import Rules
from keheng.versions.queries import InForce, OnePersonRules

RULES = OnePersonRules(RuleVersion, Rules, Path(__file__).parents[1] / "presets" / "events.yaml")


def rules_in_force() -> InForce[Rules]:
    """The rules of events."""
    return RULES.in_force()


def preset() -> Rules:
    """What ships with the product."""
    return RULES.shipped()
