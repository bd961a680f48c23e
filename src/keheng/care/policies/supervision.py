"""How people are led (A3, A4): how much is checked, by when it is written, and who is told of what is late or missing.

Numbers of days are days of the calendar unless they say working days.
"""

from typing import Annotated, Self

from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from keheng.care.policies.outcomes import Part

type Days = Annotated[int, Field(ge=0, le=366)]
type Number = Annotated[int, Field(ge=1, le=100)]


class CheckRules(Part):
    """Checks of the contact log: contacts of each person in a daily and a periodic one; days to do and answer."""

    each: Number
    period_each: Number
    due_days: Days
    answer_days: Days


class AnalysisRules(Part):
    """The month group analysis: by which working day of the next month it is written and reviewed."""

    write_within: Annotated[int, Field(ge=1, le=20)]
    review_within: Annotated[int, Field(ge=1, le=20)]
    remind_before: Days

    @model_validator(mode="after")
    def _written_before_it_is_reviewed(self) -> Self:
        if self.review_within < self.write_within:
            raise ValueError(_("an analysis is written before it is reviewed"))
        return self


class LateRules(Part):
    """Late tasks: after how many days the person is reminded, and whoever leads them is told."""

    remind_after: Days
    escalate_after: Days

    @model_validator(mode="after")
    def _first_the_person(self) -> Self:
        if self.escalate_after < self.remind_after:
            raise ValueError(_("the person is reminded before the leader is told"))
        return self


class GapRules(Part):
    """Gaps of care: when the nearest head is told, and when the next head above.

    Attributes:
        cover_ahead: days before an absence begins that nobody covers.
        cover_escalate: days that it has lasted.
        owner_after: days that customers who need an owner by name are without one.
        owner_escalate: the same, for the next head above.
    """

    cover_ahead: Days
    cover_escalate: Days
    owner_after: Days
    owner_escalate: Days

    @model_validator(mode="after")
    def _the_nearest_first(self) -> Self:
        if self.owner_escalate < self.owner_after:
            raise ValueError(_("the nearest head is told before the next one above"))
        return self


class SupervisionRules(Part):
    """All of them."""

    checks: CheckRules
    analysis: AnalysisRules
    tasks: LateRules
    gaps: GapRules
