"""The rules in force: the newest version that people made, else what ships with the product."""

from pathlib import Path
from typing import Any

from keheng.customers.enums import RuleTopic
from keheng.customers.models import RuleVersion
from keheng.customers.policies.consent import PrivacyRules
from keheng.customers.policies.disclosure import ConfidentialityRules
from keheng.versions.queries import OnePersonRules

_PRESETS = Path(__file__).parents[1] / "presets"
_CONFIDENTIALITY = OnePersonRules(
    RuleVersion, ConfidentialityRules, _PRESETS / "confidentiality.yaml", RuleTopic.CONFIDENTIALITY
)
_PRIVACY = OnePersonRules(RuleVersion, PrivacyRules, _PRESETS / "privacy.yaml", RuleTopic.PRIVACY)
RULES: dict[RuleTopic, OnePersonRules[RuleVersion, Any]] = {
    RuleTopic.CONFIDENTIALITY: _CONFIDENTIALITY,
    RuleTopic.PRIVACY: _PRIVACY,
}


def confidentiality_rules() -> ConfidentialityRules:
    """Who is shown how much, and the limits of emergency access and export; one query of one number."""
    return _CONFIDENTIALITY.in_force().rules


def privacy_rules() -> PrivacyRules:
    """Purposes, channels, clocks and retention; one query of one number."""
    return _PRIVACY.in_force().rules


def preset(topic: RuleTopic) -> Any:
    """What ships with the product."""
    return RULES[topic].shipped()
