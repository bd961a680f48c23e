"""The rules in force: the newest version that people made, else what ships with the product."""

from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from keheng.customers.enums import RuleTopic
from keheng.customers.models import RuleVersion
from keheng.customers.policies.consent import PrivacyRules
from keheng.customers.policies.disclosure import ConfidentialityRules

type Rules = ConfidentialityRules | PrivacyRules

_PRESETS = Path(__file__).parents[1] / "presets"
SCHEMAS: dict[RuleTopic, type[Rules]] = {
    RuleTopic.CONFIDENTIALITY: ConfidentialityRules,
    RuleTopic.PRIVACY: PrivacyRules,
}


def confidentiality_rules() -> ConfidentialityRules:
    """Who is shown how much, and the limits of emergency access and export; one query of one number."""
    rules = _in_force(RuleTopic.CONFIDENTIALITY)
    assert isinstance(rules, ConfidentialityRules)
    return rules


def privacy_rules() -> PrivacyRules:
    """Purposes, channels, clocks and retention; one query of one number."""
    rules = _in_force(RuleTopic.PRIVACY)
    assert isinstance(rules, PrivacyRules)
    return rules


def versions(topic: RuleTopic) -> list[RuleVersion]:
    """The versions that people made, the newest first."""
    return list(RuleVersion.objects.filter(topic=topic).select_related("made_by").order_by("-number"))


@cache
def preset(topic: RuleTopic) -> Rules:
    """What ships with the product."""
    return SCHEMAS[topic].model_validate(yaml.safe_load((_PRESETS / f"{topic.value}.yaml").read_text()))


def _in_force(topic: RuleTopic) -> Rules:
    key = RuleVersion.objects.filter(topic=topic).order_by("-number").values_list("pk", flat=True).first()
    return preset(topic) if key is None else _version(key, topic)


@lru_cache(maxsize=16)
def _version(key: int, topic: RuleTopic) -> Rules:
    """A version never changes, so reading it once a process is enough."""
    content: dict[str, Any] = RuleVersion.objects.values_list("content", flat=True).get(pk=key)
    return SCHEMAS[topic].model_validate(content)
