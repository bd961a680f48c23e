"""The rules of data quality as data: what a version of a topic may say. SQL is written by code, never by a rule."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


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


TOPICS: dict[str, type[Rules]] = {"duplicates": DuplicateRules}


def parse(topic: str, definition: dict[str, Any]) -> Rules:
    """Read a stored definition.

    Raises:
        ValueError: it says something that no rule of the topic may say.
    """
    return TOPICS[topic].model_validate(definition)
