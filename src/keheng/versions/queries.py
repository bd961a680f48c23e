"""What is in force, what waits for a second person, and the versions as a page lists them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from django.db.models import QuerySet, TextChoices
from pydantic import BaseModel

from keheng.approvals.enums import State
from keheng.approvals.models import Request
from keheng.versions.models import RulesByOne, VersionByTwo

FIRST = 1
"""The number of the version that ships with the product."""


class InForce[R](NamedTuple):
    """Rules with the number of their version, which results keep."""

    number: int
    rules: R


@dataclass(frozen=True, eq=False)
class OnePersonRules[V: RulesByOne, R: BaseModel]:
    """Rules that one person changes: the newest version that people made, else what ships with the product.

    Attributes:
        model: the table of versions.
        shape: what a version says.
        preset: the file that ships.
        topic: which rules of the table, where it holds several.
        first: the number of what ships, which stands in no row.
    """

    model: type[V]
    shape: type[R]
    preset: Path
    topic: TextChoices | None = None
    first: int = FIRST

    @property
    def own(self) -> dict[str, Any]:
        """The columns that tell these rules from others of the table."""
        return {} if self.topic is None else {"topic": self.topic}

    def in_force(self) -> InForce[R]:
        """The rules as they are now; one query of one number, the rest is kept in the process."""
        versions = self.model._default_manager.filter(**self.own)
        newest = versions.order_by("-number").values_list("pk", "number").first()
        return InForce(newest[1], _version(self, newest[0])) if newest else InForce(self.first, self.shipped())

    def shipped(self) -> R:
        """What ships with the product."""
        rules: R = _shipped(self)
        return rules

    def history(self, most: int = 20) -> "History":
        """The versions, and below them what ships with the product."""
        versions = self.model._default_manager.filter(**self.own)
        return history(versions, first=self.first, most=most, named=False)


@cache
def _shipped(about: OnePersonRules[Any, Any]) -> Any:
    return about.shape.model_validate(yaml.safe_load(about.preset.read_text()))


@lru_cache(maxsize=256)
def _version(about: OnePersonRules[Any, Any], pk: int) -> Any:
    """By primary key: unlike a number, one that a transaction took back is never given again."""
    return about.shape.model_validate(about.model._default_manager.values_list("content", flat=True).get(pk=pk))


def version_on[V: VersionByTwo](model: type[V], day: date, **own: Any) -> V:
    """The version that two people put into force, or that ships, as of a day; ``own`` as the table has several rules.

    Raises:
        LookupError: there is none: presets have not been loaded.
    """
    versions = model._default_manager.filter(valid_from__lte=day, **own).order_by("-valid_from", "-number")
    pk = versions.values_list("pk", flat=True).first()
    if pk is None:
        raise LookupError(f"There is no {model._meta.label} of {own or day}; run `keheng migrate`.")
    return model.kept(pk)


def waiting(kind: str) -> "QuerySet[Request]":
    """The proposals of a kind of approval that wait for a second person (``versions/waiting.html``)."""
    return Request.objects.filter(kind=kind, state=State.OPEN).select_related("requester").order_by("pk")


@dataclass(frozen=True)
class History:
    """Versions of either shape, the newest first (``versions/history.html``).

    Attributes:
        shipped: the number of what ships with the product where it stands in no row; ``None``: it has one, or the
            list ends before it.
        named: rows say which rules they are of; else their number is enough.
    """

    rows: Sequence[Any]
    by_two: bool
    shipped: int | None
    named: bool


def history(versions: "QuerySet[Any]", *, first: int = FIRST, most: int = 20, named: bool = True) -> History:
    """The last versions of a table, or of what has been chosen of it; one query."""
    by_two = issubclass(versions.model, VersionByTwo)
    people, content = (("proposed_by", "set_by"), "definition") if by_two else (("made_by",), "content")
    rows = list(versions.select_related(*people).defer(content).order_by("-pk")[:most])
    return History(rows, by_two, None if by_two or len(rows) == most else first, named)
