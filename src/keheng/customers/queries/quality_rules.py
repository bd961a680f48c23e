"""The rules of data quality in force: the newest version, or those that ship with the product."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from keheng.customers.enums import RuleTopic
from keheng.customers.models import RuleVersion
from keheng.customers.policies.quality import Rules, parse

_FOLDER = Path(__file__).parents[1] / "presets" / "quality"


@dataclass(frozen=True)
class InForce:
    """The rules of a topic and the version that they stand in; 0 is what ships with the product."""

    topic: RuleTopic
    version: int
    rules: Any
    since: RuleVersion | None = None


def quality_rules(topic: RuleTopic) -> InForce:
    """The rules of a topic as they are now."""
    newest = RuleVersion.objects.select_related("made_by").filter(topic=topic).order_by("-number").first()
    if newest is None:
        return InForce(topic, 0, shipped_rules(topic))
    return InForce(topic, newest.number, parse(topic, newest.content), newest)


@cache
def shipped_rules(topic: RuleTopic) -> Rules:
    """The rules of a topic that ship with the product (``presets/quality``)."""
    return parse(topic, yaml.safe_load((_FOLDER / f"{topic}.yaml").read_text()))
