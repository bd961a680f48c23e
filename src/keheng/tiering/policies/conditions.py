"""Condition trees as they stand in a scheme's definition.

Five nodes, told apart by their keys, nest freely::

    {metric: loans, op: ">=", value: 300000}        a number against a limit
    {metric: deposits, per: loans, op: ">=", …}     the same of a ratio: deposits for each yuan lent
    {metric: industry, in: [零售业, 餐饮业]}            a word among words
    {metric: is_borrower, is: false}                yes or no
    {all: [...]}   {any: [...]}   {not: ...}        groups

Every node is either true or false of a customer, never unknown: what is not known of a customer satisfies no
comparison (and so satisfies its ``not``).
"""

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag


class Op(StrEnum):
    AT_LEAST = ">="
    ABOVE = ">"
    AT_MOST = "<="
    BELOW = "<"
    EQUAL = "="


class Node(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True, populate_by_name=True)


class Threshold(Node):
    """A number against a limit; amounts in CNY (decision 28). With ``per``, the metric divided by another one."""

    metric: str
    per: str | None = None
    op: Op
    value: Decimal


class Membership(Node):
    """A word among words."""

    metric: str
    among: tuple[str, ...] = Field(alias="in", min_length=1)


class Flag(Node):
    """Yes or no."""

    metric: str
    holds: bool = Field(alias="is")


class AllOf(Node):
    all: tuple["Condition", ...] = Field(min_length=1)


class AnyOf(Node):
    any: tuple["Condition", ...] = Field(min_length=1)


class Not(Node):
    negated: "Condition" = Field(alias="not")


type Comparison = Threshold | Membership | Flag

_KEYS = {"op": "threshold", "in": "membership", "is": "flag", "all": "all", "any": "any", "not": "not"}
_TAGS: dict[type[Any], str] = {
    Threshold: "threshold",
    Membership: "membership",
    Flag: "flag",
    AllOf: "all",
    AnyOf: "any",
    Not: "not",
}


def _tag(value: Any) -> str | None:
    if isinstance(value, dict):
        return next((tag for key, tag in _KEYS.items() if key in value), None)
    return _TAGS.get(type(value))


Condition = Annotated[
    Annotated[Threshold, Tag("threshold")]
    | Annotated[Membership, Tag("membership")]
    | Annotated[Flag, Tag("flag")]
    | Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")],
    Discriminator(
        _tag,
        custom_error_type="condition",
        custom_error_message="a condition is {metric, op, value}, {metric, in}, {metric, is}, {all}, {any} or {not}",
    ),
]

for _group in (AllOf, AnyOf, Not):
    _group.model_rebuild()


def comparisons(condition: Condition) -> Iterator[Comparison]:
    """The leaves of a tree, in the order they are read."""
    match condition:
        case AllOf(all=parts) | AnyOf(any=parts):
            for part in parts:
                yield from comparisons(part)
        case Not(negated=part):
            yield from comparisons(part)
        case Threshold() | Membership() | Flag():
            yield condition


def alternatives(condition: Condition) -> tuple[Condition, ...]:
    """The ways to satisfy a condition that are worth telling apart: the parts of an outer ``any``."""
    return condition.any if isinstance(condition, AnyOf) else (condition,)
