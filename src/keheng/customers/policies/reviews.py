"""When archives are reviewed (A1): periods by class and tier, occasions that open a review, due dates. Pure."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Self

from pydantic import Field, model_validator

from keheng.customers.enums import ArchiveClass
from keheng.customers.policies.quality import TOPICS, Rules

_HIGHEST = 32_767  # of a tier's rank


class Period(Rules):
    """How often a class is reviewed, for tiers of a rank and above; ``None``: never."""

    archive_class: ArchiveClass
    from_rank: int = Field(ge=-1, le=99)
    months: int | None = Field(default=None, ge=1, le=120)


class Occasion(Rules):
    """What an occasion opens.

    Attributes:
        days: until when the review is due; of an expiry: how long before it the review opens.
        fields: facts of the archive whose change is the occasion; ``contact`` for contact points.
    """

    trigger: str = Field(pattern=r"^[a-z][a-z_]*$", max_length=20)
    archive_class: ArchiveClass
    days: int = Field(ge=1, le=365)
    from_rank: int = Field(default=-1, ge=-1, le=99)
    is_active: bool = True
    fields: tuple[str, ...] = ()


class ReviewRules(Rules):
    """All of it."""

    periods: tuple[Period, ...] = ()
    occasions: tuple[Occasion, ...] = ()

    @model_validator(mode="after")
    def _once(self) -> Self:
        keys = [(period.archive_class, period.from_rank) for period in self.periods]
        triggers = [occasion.trigger for occasion in self.occasions]
        if len(keys) != len(set(keys)) or len(triggers) != len(set(triggers)):
            raise ValueError("a period or an occasion stands twice")
        return self

    def occasion(self, trigger: str) -> Occasion | None:
        """The rule of an occasion, if it is in use."""
        return next((rule for rule in self.occasions if rule.trigger == trigger and rule.is_active), None)

    def touched_by(self, fields: Iterable[str]) -> list[Occasion]:
        """The occasions that a change of these facts is."""
        changed = set(fields)
        return [rule for rule in self.occasions if rule.is_active and changed & set(rule.fields)]

    def months_of(self, archive_class: ArchiveClass, rank: int) -> int | None:
        """How often a customer of this tier is reviewed."""
        rows = [row for row in self.periods if row.archive_class == archive_class and row.from_rank <= rank]
        return max(rows, key=lambda row: row.from_rank).months if rows else None

    def bands(self) -> Iterator[tuple[str, int, int, int]]:
        """Class, first rank, rank after the last, months: of every period in use, for SQL."""
        for row in self.periods:
            if row.months:
                later = [
                    other.from_rank
                    for other in self.periods
                    if other.archive_class == row.archive_class and other.from_rank > row.from_rank
                ]
                yield row.archive_class, row.from_rank, min(later, default=_HIGHEST), row.months


TOPICS["reviews"] = ReviewRules


def is_overdue(due_on: date, today: date) -> bool:
    """Is the review late? On the day itself it is not."""
    return due_on < today
