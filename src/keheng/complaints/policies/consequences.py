"""What follows from a complaint, as a version of the rules says it (A7): points, appeal, compensation, flag. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from keheng.complaints.enums import Channel, ConclusionState, Degree, Grade, RiskReason
from keheng.complaints.errors import RulesError


@dataclass(frozen=True, slots=True)
class ConsequenceRules:
    """One version.

    Attributes:
        points: below zero, by grade and degree of responsibility; inspected too where ``inspected`` has the degree.
        appeal_days: calendar days in which the person may appeal after they were told.
        compensation: the most that may be paid for one complaint altogether, by grade, in CNY.
        flag_days: how long whoever meets the customer is told of the complaint after it was closed.
        care_within_days: in so many days after the end whoever answers for the customer calls on them.
        risk_within_days: in so many days they meet a customer who may leave; versions from before there was such a
            rule say as many as for the call.
    """

    points: Mapping[tuple[Grade, Degree], Decimal]
    inspected: frozenset[Degree]
    appeal_days: int
    compensation: Mapping[Grade, Decimal]
    flag_days: int
    care_within_days: int
    risk_within_days: int
    sources: Mapping[str, str]

    def points_of(self, grade: Grade, degree: Degree) -> Decimal:
        """What a degree of responsibility costs at a grade; zero where it costs nothing."""
        return self.points.get((grade, degree), Decimal(0))

    def appeal_until(self, told_on: date) -> date:
        """The last day on which an appeal is taken."""
        return told_on + timedelta(days=self.appeal_days)

    def left_to_pay(self, grade: Grade, already: Decimal) -> Decimal:
        """How much more may be asked for at this grade."""
        return max(self.compensation[grade] - already, Decimal(0))


def read(definition: Mapping[str, Any]) -> ConsequenceRules:
    """Read a version's JSON.

    Raises:
        RulesError: with the place and what is wrong there.
    """
    try:
        limits = definition["compensation"]
        rules = ConsequenceRules(
            points={
                (Grade[grade.upper()], Degree(degree)): Decimal(str(points))
                for grade, row in definition["points"].items()
                for degree, points in row.items()
            },
            inspected=frozenset(Degree(degree) for degree in definition.get("inspected", ())),
            appeal_days=int(definition["appeal_days"]),
            compensation={Grade[grade.upper()]: Decimal(str(most)) for grade, most in limits.items()},
            flag_days=int(definition["flag_days"]),
            care_within_days=int(definition["care_within_days"]),
            risk_within_days=int(definition.get("risk_within_days", definition["care_within_days"])),
            sources=dict(definition.get("sources", {})),
        )
    except KeyError as error:
        raise RulesError(f"The rules lack {error}.") from error
    except (ArithmeticError, TypeError, ValueError, AttributeError) as error:
        raise RulesError(str(error)) from error
    if any(points > 0 for points in rules.points.values()) or set(rules.compensation) != set(Grade):
        raise RulesError("Points are zero or below, and every grade has its limit of compensation.")
    days = (rules.appeal_days, rules.flag_days, rules.care_within_days, rules.risk_within_days)
    if min(days) < 0 or min(rules.compensation.values()) < 0:
        raise RulesError("Days and amounts are zero or above.")
    return rules


_CONCLUDED: Mapping[tuple[ConclusionState, str], ConclusionState] = {
    (ConclusionState.TOLD, "accept"): ConclusionState.FINAL,
    (ConclusionState.TOLD, "lapse"): ConclusionState.FINAL,
    (ConclusionState.TOLD, "appeal"): ConclusionState.APPEALED,
    (ConclusionState.APPEALED, "uphold"): ConclusionState.FINAL,
    (ConclusionState.APPEALED, "overturn"): ConclusionState.OVERTURNED,
}


def concluded(state: ConclusionState, act: str) -> ConclusionState | None:
    """Where an act leads a conclusion; ``None``: it cannot be done now."""
    return _CONCLUDED.get((state, act))


def at_risk(*, grade: Grade, channel: str, is_repeat: bool, satisfied: bool | None) -> tuple[str, ...]:
    """Why a customer may leave over a complaint, as ``RiskReason``; nothing where it ended well.

    Args:
        satisfied: what the closing talk said; ``None`` before it, and where nobody could be reached.
    """
    if satisfied:
        return ()
    reasons = {
        RiskReason.UNSATISFIED: satisfied is False,
        RiskReason.MAJOR: grade == Grade.MAJOR,
        RiskReason.REGULATOR: channel == Channel.REGULATOR,
        RiskReason.REPEATED: is_repeat,
    }
    return tuple(reason.value for reason, holds in reasons.items() if holds)
