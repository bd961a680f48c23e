"""Reads of risk assessments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from keheng.customers.models import Assessment, Customer, Questionnaire
from keheng.customers.policies.risk import NEAR_DAYS, Definition, days_left


@dataclass(frozen=True)
class Standing:
    """A customer's risk grade today: what the head strip shows and suitability asks."""

    assessment: Assessment
    days_left: int

    @property
    def grade(self) -> str:
        return self.assessment.grade

    @property
    def is_valid(self) -> bool:
        return self.days_left >= 0

    @property
    def tone(self) -> str:
        """``met``, ``near`` in the last days, ``over`` once expired."""
        if not self.is_valid:
            return "over"
        return "near" if self.days_left <= NEAR_DAYS else "met"


def risk_of(customer: Customer, today: date) -> Standing | None:
    """The current assessment; ``None`` where there has never been one. One query."""
    return risk_among([customer.pk], today).get(customer.pk)


def risk_among(customer_ids: Iterable[int], today: date) -> dict[int, Standing]:
    """The current assessments of customers, by customer; one query."""
    rows = Assessment.objects.filter(customer_id__in=list(customer_ids), is_current=True)
    return {row.customer_id: Standing(row, days_left(row.valid_until, today)) for row in rows}


def assessments_of(customer: Customer) -> list[Assessment]:
    """Every assessment, the newest first; one query."""
    return list(Assessment.objects.filter(customer=customer).select_related("by", "questionnaire"))


def questionnaire_for(kind: str, day: date) -> Questionnaire | None:
    """The version in force on a day; one query."""
    return Questionnaire.objects.filter(kind=kind, valid_from__lte=day).order_by("-valid_from", "-number").first()


def questions_of(questionnaire: Questionnaire) -> Definition:
    """What a version asks."""
    return Definition.model_validate(questionnaire.definition)
