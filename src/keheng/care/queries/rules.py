"""The rules of care in force: the newest version that people made, else what ships with the product."""

from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from keheng.care.enums.tasks import RuleTopic
from keheng.care.models import RuleVersion
from keheng.care.policies.cadence import CadenceRules
from keheng.care.policies.lobby import LobbyRules
from keheng.care.policies.occasions import MessageRules, OccasionRules
from keheng.care.policies.outcomes import OutcomeRules, Part
from keheng.care.policies.priority import ContributionRules
from keheng.care.policies.quick_log import QuickLogRules
from keheng.care.policies.supervision import SupervisionRules

_PRESETS = Path(__file__).parents[1] / "presets"
FIRST = 1
"""The number of the version that ships with the product."""

SCHEMAS: dict[RuleTopic, type[Part]] = {
    RuleTopic.OUTCOMES: OutcomeRules,
    RuleTopic.CONTRIBUTION: ContributionRules,
    RuleTopic.CADENCE: CadenceRules,
    RuleTopic.OCCASIONS: OccasionRules,
    RuleTopic.MESSAGES: MessageRules,
    RuleTopic.SUPERVISION: SupervisionRules,
    RuleTopic.QUICK_LOG: QuickLogRules,
    RuleTopic.LOBBY: LobbyRules,
}


class InForce[R: Part](NamedTuple):
    """The rules with the number of their version, which results keep."""

    number: int
    rules: R


def outcome_rules() -> InForce[OutcomeRules]:
    """The outcome codes; one query of one number."""
    return _in_force(RuleTopic.OUTCOMES)


def contribution_rules() -> InForce[ContributionRules]:
    """The weights and urgencies that order the day."""
    return _in_force(RuleTopic.CONTRIBUTION)


def cadence_rules() -> InForce[CadenceRules]:
    """Who is contacted how often, by whom and how."""
    return _in_force(RuleTopic.CADENCE)


def occasion_rules() -> InForce[OccasionRules]:
    """Which occasions there are, who acts, when and how."""
    return _in_force(RuleTopic.OCCASIONS)


def message_rules() -> InForce[MessageRules]:
    """The templates of messages."""
    return _in_force(RuleTopic.MESSAGES)


def supervision_rules() -> SupervisionRules:
    """How much is checked, by when it is written, who is told of what is late or missing."""
    rules: SupervisionRules = _in_force(RuleTopic.SUPERVISION).rules
    return rules


def quick_log_rules() -> QuickLogRules:
    """What the quick log offers, and how many customers everybody talks with a day."""
    rules: QuickLogRules = _in_force(RuleTopic.QUICK_LOG).rules
    return rules


def lobby_rules() -> LobbyRules:
    """When a wait in the lobby is long, and from when nobody overtakes."""
    rules: LobbyRules = _in_force(RuleTopic.LOBBY).rules
    return rules


def rules_of(topic: RuleTopic) -> InForce[Any]:
    """The rules of any topic."""
    return _in_force(topic)


def recent_versions() -> list[RuleVersion]:
    """The last versions of any topic that people made, the newest first."""
    return list(RuleVersion.objects.select_related("made_by").order_by("-made_at", "-pk")[:20])


@cache
def preset(topic: RuleTopic) -> Any:
    """What ships with the product."""
    return SCHEMAS[topic].model_validate(yaml.safe_load((_PRESETS / f"{topic.value}.yaml").read_text()))


def _in_force(topic: RuleTopic) -> InForce[Any]:
    newest = RuleVersion.objects.filter(topic=topic).order_by("-number").values_list("pk", "number").first()
    return InForce(newest[1], _version(newest[0], topic)) if newest else InForce(FIRST, preset(topic))


@lru_cache(maxsize=32)
def _version(key: int, topic: RuleTopic) -> Any:
    """A version never changes, so reading it once a process is enough."""
    return SCHEMAS[topic].model_validate(RuleVersion.objects.values_list("content", flat=True).get(pk=key))
