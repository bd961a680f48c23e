"""The kinds of events as data (A4): how many guests, who may be invited, what it may cost, what follows."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

type Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,29}$")]
type Amount = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Kind(_Part):
    """One kind of event.

    ``every_months`` is how often it is held; ``least_aum`` what a guest must have at least; ``budget_per_head`` what a
    seat may cost before the budget needs approval, ``approval_from`` the whole budget that always needs one. ``by`` is
    who holds it: each outlet, or each branch; ``counts_as``: one of that kind is held when one of this is.
    """

    code: Code
    name: str = Field(min_length=1, max_length=40)
    source: str = Field(default="", max_length=120)
    capacity: int = Field(ge=1, le=2000)
    least_aum: Amount | None = None
    every_months: int = Field(ge=1, le=60)
    budget_per_head: Amount
    approval_from: Amount
    reply_days: int = Field(ge=0, le=60)
    by: Literal["outlet", "branch"] = "outlet"
    counts_as: str = ""

    def needs_approval(self, budget: Decimal, capacity: int) -> bool:
        """Does a second person approve the budget first?"""
        return budget >= self.approval_from or budget > self.budget_per_head * capacity


class Rules(_Part):
    """All of it.

    ``invited_again_days``: whoever was invited to another event within so many days is left out; ``complaint_days``:
    so is whoever voiced a complaint within them that has not been followed up. ``follow_up_days`` are working for the
    guests who came, ``call_back_days`` for those who had confirmed and did not. Conversion is counted over
    ``conversion_days`` (A4: 30).
    """

    kinds: tuple[Kind, ...] = Field(min_length=1)
    invited_again_days: int = Field(ge=0, le=366)
    complaint_days: int = Field(ge=0, le=366)
    follow_up_days: int = Field(ge=0, le=60)
    call_back_days: int = Field(ge=0, le=60)
    conversion_days: int = Field(ge=1, le=366)
    seats_at_most: int = Field(ge=1, le=20)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({kind.code for kind in self.kinds}) < len(self.kinds):
            raise ValueError("each code once")
        own = {kind.code for kind in self.kinds if not kind.counts_as}
        if lost := {kind.counts_as for kind in self.kinds if kind.counts_as} - own:
            raise ValueError(f"no kind of its own is called {', '.join(sorted(lost))}")
        return self

    def cycles(self) -> list[tuple[Kind, ...]]:
        """The kinds that are held in turn, each with those that count as it."""
        return [
            (kind, *(one for one in self.kinds if one.counts_as == kind.code))
            for kind in self.kinds
            if not kind.counts_as
        ]

    def kind(self, code: str) -> Kind | None:
        """The kind of a code."""
        return next((kind for kind in self.kinds if kind.code == code), None)

    def name_of(self, code: str) -> str:
        """The name of a kind; a code that the rules no longer know stands for itself."""
        found = self.kind(code)
        return found.name if found else code


def period(every_months: int, day: date) -> tuple[date, date]:
    """The first and the last month, by their first days, of the stretch of so many months that a day lies in."""
    first = (day.year * 12 + day.month - 1) // every_months * every_months
    last = first + every_months - 1
    return date(first // 12, first % 12 + 1, 1), date(last // 12, last % 12 + 1, 1)
