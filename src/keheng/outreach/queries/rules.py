"""The rules of events in force: the newest version that people made, else what ships with the product."""

from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import yaml

from keheng.outreach.models import RuleVersion
from keheng.outreach.policies.rules import Rules

_PRESET = Path(__file__).parents[1] / "presets" / "events.yaml"
FIRST = 1
"""The number of the version that ships with the product."""


class InForce(NamedTuple):
    """The rules with the number of their version."""

    number: int
    rules: Rules


def rules_in_force() -> InForce:
    """The rules of events; one query of one number."""
    newest = RuleVersion.objects.order_by("-number").values_list("number", "pk").first()
    return InForce(newest[0], _content(newest[1])) if newest else InForce(FIRST, preset())


@cache
def preset() -> Rules:
    """What ships with the product."""
    return Rules.model_validate(yaml.safe_load(_PRESET.read_text()))


@lru_cache(maxsize=8)
def _content(key: int) -> Rules:
    """By primary key: unlike a number, one that a transaction took back is never given again."""
    return Rules.model_validate(RuleVersion.objects.values_list("content", flat=True).get(pk=key))
