"""The rules of data quality as data: what a version of a topic may say. SQL is written by code, never by a rule."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

WHOLE = 100


class Rules(BaseModel):
    """A part of a definition: nothing unknown in it, nothing changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Weight(Rules):
    """What one key counts, in percent."""

    key: str = Field(min_length=1, max_length=40)
    weight: int = Field(ge=0, le=99)


class DuplicateRules(Rules):
    """How possible duplicates are found and judged (A1).

    Attributes:
        listed_from: pairs of a lower score are not kept.
        largest_block: a key that more customers share is reported, not compared.
        company_forms: words that a company's name may carry or leave out.
    """

    listed_from: int = Field(ge=1, le=100)
    largest_block: int = Field(ge=2, le=200)
    evidence: tuple[Weight, ...] = Field(min_length=1)
    doubts: tuple[Weight, ...] = ()
    company_forms: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _once(self) -> Self:
        keys = [weight.key for weight in (*self.evidence, *self.doubts)]
        if len(keys) != len(set(keys)):
            raise ValueError("a key is weighed twice")
        return self


class Profile(Rules):
    """What a complete archive has, for the customers of a kind and, where they are named, of some tiers."""

    code: str = Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=30)
    name: str = Field(min_length=1, max_length=40)
    kind: Literal["person", "company"]
    tiers: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,12}$")], ...] = ()
    weights: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Annotated[int, Field(ge=0, le=100)]]

    @model_validator(mode="after")
    def _hundred(self) -> Self:
        if sum(self.weights.values()) != WHOLE:
            raise ValueError(f"the weights of {self.name} add up to {sum(self.weights.values())}, not to {WHOLE}")
        return self


class CompletenessRules(Rules):
    """How complete archives are judged (A1).

    Attributes:
        complete_from: percent from which an archive counts as complete.
        idle_below, idle_months: with less than so much money (CNY) and no movement in so many months a customer is an
            empty card or a dormant passbook (空卡、睡眠折) and not effective.
    """

    complete_from: int = Field(ge=1, le=100)
    idle_below: Decimal = Field(ge=0)
    idle_months: int = Field(ge=1, le=120)
    profiles: tuple[Profile, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _everybody(self) -> Self:
        if len({profile.code for profile in self.profiles}) != len(self.profiles):
            raise ValueError("a profile stands there twice")
        for kind in ("person", "company"):
            if not any(profile.kind == kind and not profile.tiers for profile in self.profiles):
                raise ValueError(f"no profile takes every {kind}")
        return self


class Check(Rules):
    """One check of validity: how grave a finding is, and its limit where it has one."""

    check: str = Field(min_length=1, max_length=40)
    severity: Literal["error", "warning", "note"]
    limit: int | None = Field(default=None, ge=0, le=1_000_000)


class ValidityRules(Rules):
    """What is checked (A1: invalid and wrong data); a check left out is not made."""

    checks: tuple[Check, ...]

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len({check.check for check in self.checks}) != len(self.checks):
            raise ValueError("a check stands there twice")
        return self


class Sample(Rules):
    """How many customers of each owner are drawn from some tiers; without tiers: from all tiers not named elsewhere."""

    name: str = Field(min_length=1, max_length=40)
    tiers: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,12}$")], ...] = ()
    each: int = Field(ge=0, le=50)


class InspectionRules(Rules):
    """How archives are inspected (A14: weekly Friday file check).

    Attributes:
        weekday: on which the list is drawn, 0 is Monday.
        days: until it must be done.
        fix_days: that an owner has to put a fault right.
        not_again_days: so long a customer is not drawn again.
    """

    weekday: int = Field(ge=0, le=6)
    days: int = Field(ge=1, le=60)
    fix_days: int = Field(ge=1, le=60)
    not_again_days: int = Field(ge=0, le=365)
    samples: tuple[Sample, ...] = Field(min_length=1)


def pair_score(evidence: list[int], doubts: list[int]) -> int:
    """The score of a pair from 0 to 100: evidence adds up as independent chances, each doubt takes its share off.

    The same formula stands in SQL (``queries.duplicates``); a test compares the two.
    """
    missed = left = 1.0
    for weight in evidence:
        missed *= 1 - weight / 100
    for weight in doubts:
        left *= 1 - weight / 100
    return round(100 * (1 - missed) * left)


TOPICS: dict[str, type[Rules]] = {
    "completeness": CompletenessRules,
    "duplicates": DuplicateRules,
    "inspection": InspectionRules,
    "validity": ValidityRules,
}
