"""The rules of data quality in force: the newest version, or those that ship with the product."""

from functools import cache
from pathlib import Path
from typing import Any

from keheng.customers.enums import RuleTopic
from keheng.customers.models import RuleVersion
from keheng.customers.policies.quality import TOPICS, Rules
from keheng.versions.queries import InForce, OnePersonRules

_FOLDER = Path(__file__).parents[1] / "presets" / "quality"


@cache
def rules_about(topic: RuleTopic) -> OnePersonRules[RuleVersion, Any]:
    """The rules of a topic with their versions; what ships has the number 0."""
    return OnePersonRules(RuleVersion, TOPICS[topic], _FOLDER / f"{topic}.yaml", topic, first=0)


def quality_rules(topic: RuleTopic) -> InForce[Any]:
    """The rules of a topic as they are now."""
    return rules_about(topic).in_force()


def shipped_rules(topic: RuleTopic) -> Rules:
    """The rules of a topic that ship with the product (``presets/quality``)."""
    rules: Rules = rules_about(topic).shipped()
    return rules
