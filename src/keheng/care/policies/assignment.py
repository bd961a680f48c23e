"""Who gets whom: the rules of assignment as data, and the arithmetic of a fair share (A3).

A batch falls into groups of customers whom the same people may look after. Each group goes to the best candidates
(skill, then distance) like water: the one with the fewest customers first, until all stand equally high or are full.
So among candidates who are equally good and have room, loads differ by one at most.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from keheng.care.enums.ownership import Part, Source

type Level = Literal["outlet", "branch", "head"]


class Node(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Position(Node):
    """Where somebody fit for a part is found.

    Attributes:
        roles: of ``org``; any of them.
        posts: words of the post (高柜, VIP柜员); where nobody of the place bears one, anybody of the roles will do.
        level: the customer's outlet, the branch above it, or the head office.
        requires: skills without which nobody is chosen by rule, such as an exam passed [000]; all of them.
    """

    roles: tuple[str, ...] = Field(min_length=1)
    posts: tuple[str, ...] = ()
    level: Level = "outlet"
    requires: tuple[str, ...] = ()


class Beside(Position):
    """A part beside the owner."""

    part: Part

    @model_validator(mode="after")
    def _not_the_owner(self) -> Self:
        if self.part == Part.OWNER:
            raise ValueError("the owner stands by itself, not beside the owner")
        return self


class TierRule(Node):
    """Who looks after the customers of one tier.

    Attributes:
        owner: who owns them; ``older`` owns those beyond ``max_age`` (decision 7).
        beside: named parts beside the owner, filled with each assignment.
        on_request: who joins in when the outlet asks, in words.
        refer_to: the roles to whom a customer who may rise is referred 输送.
        adopt: customers of the tier are open for adoption 领养.
        by_name: each customer of the tier needs one owner by name. Where not, whoever holds the position at the
            outlet serves those whom nobody owns: they are no gap.
    """

    scheme: str
    tier: str
    owner: Position
    max_age: int | None = Field(default=None, ge=1, le=120)
    older: Position | None = None
    beside: tuple[Beside, ...] = ()
    on_request: str = Field(default="", max_length=80)
    refer_to: tuple[str, ...] = ()
    adopt: bool = False
    by_name: bool = True

    @model_validator(mode="after")
    def _age_and_older_go_together(self) -> Self:
        if (self.max_age is None) != (self.older is None):
            raise ValueError("an age limit and who owns the older ones go together")
        return self


class Adoption(Node):
    """Who may adopt, and how many: still owned at a time, and taken within a calendar month."""

    roles: tuple[str, ...]
    most: int = Field(ge=1, le=10_000)
    most_a_month: int = Field(ge=1, le=10_000)


class HandOverRules(Node):
    """Days to accept, days to the first contact after it, and from which rank of tier a second person approves."""

    accept_days: int = Field(ge=1, le=60)
    first_contact_days: int = Field(ge=0, le=60)
    approval_rank: int = Field(ge=0, le=99)


class Leaving(Node):
    """For how many days the head covers the customers of somebody who may no longer sign in, until they pass on."""

    cover_days: int = Field(ge=1, le=366)


class AssignmentRules(Node):
    """The whole of a version.

    Attributes:
        schemes: which scheme decides, by kind of customer.
        capacity: how many customers somebody of a role looks after at most; a role that is not named: no limit.
        kept: owners who came to a customer this way stay: no batch gives the customer to somebody else.
        skills: what customers may need and staff may have, code to name (language, qualification).
    """

    schemes: dict[Literal["person", "company"], str]
    tiers: tuple[TierRule, ...]
    capacity: dict[str, int]
    skills: dict[str, str]
    adoption: Adoption
    hand_over: HandOverRules
    kept: tuple[Source, ...] = (Source.ADOPTED, Source.CHOICE)
    leaving: Leaving = Leaving(cover_days=30)

    @model_validator(mode="after")
    def _each_tier_once(self) -> Self:
        keys = [(rule.scheme, rule.tier) for rule in self.tiers]
        if len(keys) != len(set(keys)):
            raise ValueError("a tier of a scheme stands twice")
        missing = set(self.schemes.values()) - {rule.scheme for rule in self.tiers}
        if missing:
            raise ValueError(f"no rule for the scheme {', '.join(sorted(missing))}")
        positions = [one for rule in self.tiers for one in (rule.owner, rule.older, *rule.beside) if one]
        if unknown := {skill for one in positions for skill in one.requires} - self.skills.keys():
            raise ValueError(f"no skill is called {', '.join(sorted(unknown))}")
        return self

    def rule_for(self, kind: str, tier: str) -> TierRule | None:
        """The rule of a tier of the scheme that decides for a kind of customer."""
        scheme = self.schemes.get(kind)  # type: ignore[call-overload]
        return next((rule for rule in self.tiers if (rule.scheme, rule.tier) == (scheme, tier)), None)


# -- fair shares ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seat:
    """A candidate: how many customers they have, and how many they may have (``None``: no limit)."""

    staff_id: int
    load: int
    capacity: int | None = None

    def room_up_to(self, height: int) -> int:
        top = height if self.capacity is None else min(height, self.capacity)
        return max(top - self.load, 0)


def fill(seats: Sequence[Seat], count: int) -> dict[int, int]:
    """Share ``count`` customers out, the least loaded first; what no seat has room for stays out.

    Afterwards nobody who got one has more than one customer above anybody with room left.
    """
    if not seats or count <= 0:
        return {}
    low = min(seat.load for seat in seats)
    high = max(seat.load for seat in seats) + count
    while low < high:  # the highest water that the customers reach everywhere
        middle = (low + high + 1) // 2
        if sum(seat.room_up_to(middle) for seat in seats) <= count:
            low = middle
        else:
            high = middle - 1
    shares = {seat.staff_id: seat.room_up_to(low) for seat in seats}
    left = count - sum(shares.values())
    for seat in sorted(seats, key=lambda one: (one.load, one.staff_id)):
        if left and seat.room_up_to(low + 1) > shares[seat.staff_id]:
            shares[seat.staff_id] += 1
            left -= 1
    return {staff_id: share for staff_id, share in shares.items() if share}


@dataclass(frozen=True, slots=True)
class Group:
    """Customers whom the same people may look after; ``choices`` are candidates by preference, the best first."""

    key: int
    count: int
    choices: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Shares:
    """How many customers of each group each person gets, and how many of each group nobody has room for."""

    given: Mapping[tuple[int, int], int]
    left: Mapping[int, int]

    def of_staff(self) -> dict[int, int]:
        """The sum by person."""
        sums: dict[int, int] = {}
        for (_group, staff_id), number in self.given.items():
            sums[staff_id] = sums.get(staff_id, 0) + number
        return sums


def share_out(groups: Iterable[Group], loads: Mapping[int, int], capacity: Mapping[int, int]) -> Shares:
    """Share groups out one after the other, those with the fewest candidates first.

    Args:
        loads: the customers that each candidate has already.
        capacity: the most that each may have; who is not named has no limit.
    """
    held, given, left = dict(loads), {}, {}
    for group in sorted(groups, key=lambda one: (sum(map(len, one.choices)), one.key)):
        rest = group.count
        for candidates in group.choices:
            seats = [Seat(key, held.get(key, 0), capacity.get(key)) for key in candidates]
            for staff_id, number in fill(seats, rest).items():
                given[group.key, staff_id] = number
                held[staff_id] = held.get(staff_id, 0) + number
                rest -= number
        if rest:
            left[group.key] = rest
    return Shares(given, left)
