"""Risk assessment (A1; decision 22): from answers to a grade C1 to C5, how long it holds, what it lets buy. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from keheng.customers.enums import RiskGrade
from keheng.customers.policies.quality import Rules

GRADES = tuple(RiskGrade)
NEAR_DAYS = 30
_CENT = Decimal("0.01")
_HUNDRED = Decimal(100)
_YEAR = 12

type Dimension = Literal["tolerance", "preference"]


class Option(Rules):
    """An answer. ``minimum``: the lowest tolerance of all; ``cap``: no higher grade than this."""

    text: str = Field(min_length=1, max_length=120)
    text_en: str = Field(default="", max_length=160)
    points: int = Field(ge=0, le=10)
    minimum: bool = False
    cap: RiskGrade | None = None


class Question(Rules):
    code: str = Field(pattern=r"^[a-z][a-z_]*$", max_length=20)
    text: str = Field(min_length=1, max_length=200)
    text_en: str = Field(default="", max_length=200)
    dimension: Dimension
    weight: int = Field(ge=0, le=20)
    options: tuple[Option, ...] = Field(min_length=2)

    @property
    def most(self) -> int:
        """The most points that it gives."""
        return max(option.points for option in self.options)


class Band(Rules):
    """From which score, of 100, a grade begins."""

    grade: RiskGrade
    from_score: Decimal = Field(ge=0, le=100)


class Definition(Rules):
    """One version of a questionnaire."""

    valid_from: date
    valid_months: int = Field(default=_YEAR, ge=1, le=60)
    bands: tuple[Band, ...]
    questions: tuple[Question, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if tuple(band.grade for band in self.bands) != GRADES:
            raise ValueError("bands: C1 to C5, each once, in order")
        edges = [band.from_score for band in self.bands]
        if edges[0] != 0 or edges != sorted(set(edges)):
            raise ValueError("bands: from 0, each edge above the one before")
        codes = [question.code for question in self.questions]
        if len(codes) != len(set(codes)):
            raise ValueError("questions: a code stands twice")
        for dimension in ("tolerance", "preference"):
            if not any(asked.weight and asked.most for asked in self.questions if asked.dimension == dimension):
                raise ValueError(f"questions: none counts for {dimension}")
        return self

    def grade_of(self, score: Decimal) -> RiskGrade:
        """The grade of a score: the lower edge of a band belongs to it."""
        return max((band for band in self.bands if band.from_score <= score), key=lambda band: band.from_score).grade


@dataclass(frozen=True)
class Result:
    """What answers come to; scores of 100."""

    score: Decimal
    tolerance: Decimal
    preference: Decimal
    grade: RiskGrade
    is_minimum: bool


class UnansweredError(ValueError):
    """Questions without an answer, or with one that is not offered; ``codes`` names them."""

    def __init__(self, codes: list[str]) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes


def assess(definition: Definition, answers: Mapping[str, int]) -> Result:
    """Grade answers: the place of the chosen option, from 0, by the code of the question.

    The score decides the band; the grade is no higher than what the tolerance questions alone give, than any cap of a
    chosen option, and C1 where an option means the lowest tolerance.

    Raises:
        UnansweredError: every question must be answered.
    """
    wrong = [asked.code for asked in definition.questions if answers.get(asked.code) not in range(len(asked.options))]
    if wrong:
        raise UnansweredError(wrong)
    chosen = [(asked, asked.options[answers[asked.code]]) for asked in definition.questions]
    score, tolerance, preference = (
        _score([(asked, option) for asked, option in chosen if dimension in (None, asked.dimension)])
        for dimension in (None, "tolerance", "preference")
    )
    is_minimum = any(option.minimum for _asked, option in chosen)
    caps = [option.cap for _asked, option in chosen if option.cap]
    grade = min(definition.grade_of(score), definition.grade_of(tolerance), *caps, key=GRADES.index)
    return Result(score, tolerance, preference, RiskGrade.C1 if is_minimum else grade, is_minimum)


def valid_until(taken_on: date, months: int) -> date:
    """The last day on which an assessment holds: twelve months from 22 November end on 21 November."""
    year, month = divmod(taken_on.year * _YEAR + taken_on.month - 1 + months, _YEAR)
    following = date(year, month + 1, 1)
    days = (date(year + (month + 1) // _YEAR, (month + 1) % _YEAR + 1, 1) - following).days
    return following.replace(day=min(taken_on.day, days)) - timedelta(days=1)


def may_buy(grade: str, product_risk: str, *, is_minimum: bool) -> bool:
    """May a customer of this grade buy a product of this risk? C*n* up to R*n*; the lowest tolerance R1 and no more."""
    bears = 1 if is_minimum else int(grade[1:])
    return int(product_risk[1:]) <= bears


def days_left(valid_until: date, today: date) -> int:
    """How many days an assessment still holds after today; negative: expired so many days ago."""
    return (valid_until - today).days


def _score(chosen: list[tuple[Question, Option]]) -> Decimal:
    counting = [(asked, option) for asked, option in chosen if asked.most]
    got = sum((Decimal(asked.weight) * option.points / asked.most for asked, option in counting), Decimal(0))
    most = sum(asked.weight for asked, _option in counting)
    return (got / most * _HUNDRED).quantize(_CENT, ROUND_HALF_UP)
