"""The rules of care in force: the newest version that people made, else what ships with the product."""

from pathlib import Path
from typing import Any

from keheng.care.enums.tasks import RuleTopic
from keheng.care.models import RuleVersion
from keheng.care.policies.cadence import CadenceRules
from keheng.care.policies.lobby import LobbyRules
from keheng.care.policies.occasions import MessageRules, OccasionRules
from keheng.care.policies.outcomes import OutcomeRules, Part
from keheng.care.policies.priority import ContributionRules
from keheng.care.policies.quick_log import QuickLogRules
from keheng.care.policies.supervision import SupervisionRules
from keheng.versions.queries import History, InForce, OnePersonRules, history

_PRESETS = Path(__file__).parents[1] / "presets"
_SHAPES: dict[RuleTopic, type[Part]] = {
    RuleTopic.OUTCOMES: OutcomeRules,
    RuleTopic.CONTRIBUTION: ContributionRules,
    RuleTopic.CADENCE: CadenceRules,
    RuleTopic.OCCASIONS: OccasionRules,
    RuleTopic.MESSAGES: MessageRules,
    RuleTopic.SUPERVISION: SupervisionRules,
    RuleTopic.QUICK_LOG: QuickLogRules,
    RuleTopic.LOBBY: LobbyRules,
}
RULES: dict[RuleTopic, OnePersonRules[RuleVersion, Any]] = {
    topic: OnePersonRules(RuleVersion, shape, _PRESETS / f"{topic.value}.yaml", topic)
    for topic, shape in _SHAPES.items()
}


def outcome_rules() -> InForce[OutcomeRules]:
    """The outcome codes; one query of one number."""
    return RULES[RuleTopic.OUTCOMES].in_force()


def contribution_rules() -> InForce[ContributionRules]:
    """The weights and urgencies that order the day."""
    return RULES[RuleTopic.CONTRIBUTION].in_force()


def cadence_rules() -> InForce[CadenceRules]:
    """Who is contacted how often, by whom and how."""
    return RULES[RuleTopic.CADENCE].in_force()


def occasion_rules() -> InForce[OccasionRules]:
    """Which occasions there are, who acts, when and how."""
    return RULES[RuleTopic.OCCASIONS].in_force()


def message_rules() -> InForce[MessageRules]:
    """The templates of messages."""
    return RULES[RuleTopic.MESSAGES].in_force()


def supervision_rules() -> SupervisionRules:
    """How much is checked, by when it is written, who is told of what is late or missing."""
    rules: SupervisionRules = RULES[RuleTopic.SUPERVISION].in_force().rules
    return rules


def quick_log_rules() -> QuickLogRules:
    """What the quick log offers, and how many customers everybody talks with a day."""
    rules: QuickLogRules = RULES[RuleTopic.QUICK_LOG].in_force().rules
    return rules


def lobby_rules() -> LobbyRules:
    """When a wait in the lobby is long, and from when nobody overtakes."""
    rules: LobbyRules = RULES[RuleTopic.LOBBY].in_force().rules
    return rules


def rules_of(topic: RuleTopic) -> InForce[Any]:
    """The rules of any topic."""
    return RULES[topic].in_force()


def preset(topic: RuleTopic) -> Any:
    """What ships with the product."""
    return RULES[topic].shipped()


def recent_versions() -> History:
    """The last versions of any topic."""
    return history(RuleVersion.objects.all())
