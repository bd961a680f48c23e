"""How often whom to contact, by whom and how (A4, decisions 17 and 27): the rules, their periods, the even spread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from keheng.care.enums.contacts import Channel
from keheng.care.enums.ownership import Part as Share
from keheng.care.policies.outcomes import Code, Part
from keheng.care.policies.priority import Percent
from keheng.customers.enums import CustomerKind

type Role = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")]


class Period(StrEnum):
    """The stretch of time in which a contact is owed."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Times(StrEnum):
    """Where the number of contacts comes from when it is not written in the rule."""

    TIER = "tier"  # what the customer's tier entitles to
    OWN = "own"  # the interval agreed with the customer


class Chosen(Part):
    """Which customers a rule is about; what is left out does not matter."""

    kind: CustomerKind | None = None
    aum_from: Decimal | None = Field(default=None, ge=0)
    aum_below: Decimal | None = Field(default=None, gt=0)
    scheme: str = ""
    tiers: tuple[str, ...] = ()
    extra_care: bool = False
    with_projects: bool = False

    @model_validator(mode="after")
    def _band(self) -> Self:
        if self.aum_from is not None and self.aum_below is not None and self.aum_from >= self.aum_below:
            raise ValueError(_("the band ends before it begins"))
        return self


class CadenceRule(Part):
    """One rule: ``times`` contacts in each period, owed by ``owner``, by a named part, or by the nearest of ``roles``.

    A contact counts when the one who owes it made it, or somebody in one of ``roles``, by one of ``channels``.
    ``share`` is a part beside the owner (decision 17): where it is filled, that person owes the contact; with
    ``only_shared`` nobody else does.
    """

    code: Code
    name: str = Field(min_length=1, max_length=60)
    source: str = Field(min_length=1, max_length=120)
    enabled: bool = True
    customers: Chosen
    period: Period = Period.MONTH
    times: int | Times = 1
    owner: bool = False
    share: Share | None = None
    only_shared: bool = False
    roles: tuple[Role, ...] = ()
    channels: tuple[Channel, ...] = ()
    urgency: Percent = 40

    @model_validator(mode="after")
    def _owed_by_somebody(self) -> Self:
        if not (self.owner or self.share or self.roles):
            raise ValueError(f"{self.code}: nobody owes the contact")
        if isinstance(self.times, int) and not 1 <= self.times <= 31:
            raise ValueError(f"{self.code}: between 1 and 31 contacts in a period")
        if self.times == Times.TIER and not self.owner:
            raise ValueError(f"{self.code}: what a tier entitles to is owed by the owner")
        return self

    @property
    def part(self) -> str:
        """Who owes it, as duties tell it."""
        if self.owner:
            return Share.OWNER.value
        return self.share.value if self.share and self.only_shared else self.roles[0]


class QuotaRule(Part):
    """So many visits a day for each of ``roles``, the customers of greatest contribution first (A4, 002)."""

    code: Code
    name: str = Field(min_length=1, max_length=60)
    source: str = Field(min_length=1, max_length=120)
    enabled: bool = True
    roles: tuple[Role, ...] = Field(min_length=1)
    a_day: int = Field(ge=1, le=50)
    rest_days: int = Field(ge=0, le=366)
    channel: Channel | None = None
    urgency: Percent = 50


class FreshRule(Part):
    """Who has just become a customer, or just got another owner, is contacted promptly, even off-plan (A4, A3)."""

    enabled: bool = True
    source: str = Field(min_length=1, max_length=120)
    new_within_days: int = Field(ge=1, le=90)
    assigned_within_days: int = Field(ge=1, le=90)
    aum_from: Decimal = Field(ge=0)
    work_days: int = Field(ge=1, le=20)
    urgency: Percent = 70


class CadenceRules(Part):
    """All rules of cadence."""

    rules: tuple[CadenceRule, ...]
    quotas: tuple[QuotaRule, ...]
    fresh: FreshRule

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(self._names()) < len(self.rules) + len(self.quotas):
            raise ValueError("each code once")
        return self

    def name_of(self, code: str) -> str:
        """The name of a rule; a code that the rules no longer know stands for itself."""
        return self._names().get(code, code)

    def _names(self) -> dict[str, str]:
        return {rule.code: rule.name for rule in self.rules} | {quota.code: quota.name for quota in self.quotas}


def span(period: Period, day: date) -> tuple[date, date]:
    """The first and the last day of the period that a day lies in."""
    match period:
        case Period.WEEK:
            start = day - timedelta(days=day.weekday())
            return start, start + timedelta(days=6)
        case Period.MONTH:
            start = day.replace(day=1)
            months = 1
        case Period.QUARTER:
            start = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
            months = 3
        case Period.YEAR:
            start = day.replace(month=1, day=1)
            months = 12
    following = start.month - 1 + months
    return start, date(start.year + following // 12, following % 12 + 1, 1) - timedelta(days=1)


def slice_of(starts_on: date, ends_on: date, place: int, times: int) -> tuple[date, date]:
    """The part of a period in which its ``place``-th of ``times`` contacts falls; the parts cover the period once.

    Args:
        place: from 0.
    """
    length = (ends_on - starts_on).days + 1
    first = starts_on + timedelta(days=place * length // times)
    last = starts_on + timedelta(days=(place + 1) * length // times - 1)
    return first, max(first, last)


@dataclass(frozen=True)
class Group:
    """So many contacts of one person that fall between two days."""

    staff: int
    first: date
    last: date
    count: int


def level(loads: Sequence[int], count: int) -> list[int]:
    """How many of ``count`` new tasks go to each day so that the days end as even as they can be.

    The emptiest days are filled first; among equals the earlier day takes one more. Nothing that is there moves.
    """
    if not loads:
        raise ValueError("there is no day to spread over")
    order = sorted(range(len(loads)), key=lambda place: (loads[place], place))
    filled, total = 0, 0  # days that take some, and what they hold
    for place in order:
        if filled and loads[place] * filled - total >= count:
            break
        filled, total = filled + 1, total + loads[place]
    height, more = divmod(total + count, filled)
    taking = sorted(order[:filled])
    given = [0] * len(loads)
    for at, place in enumerate(taking):
        given[place] = height - loads[place] + (at < more)
    return given


def spread(
    groups: Sequence[Group], loads: Mapping[tuple[int, date], int], work_days: Mapping[int, Sequence[date]]
) -> list[tuple[Group, date, int, int]]:
    """Put every group on working days: ``(group, day, from, to)`` — its tasks ``from`` to ``to - 1`` fall on the day.

    Args:
        loads: what people have on their days already, by person and day.
        work_days: the working days of each person that may be used, in order.

    A group without a working day left goes to its last day.
    """
    held = dict(loads)
    placed: list[tuple[Group, date, int, int]] = []
    for group in groups:
        days = [day for day in work_days.get(group.staff, ()) if group.first <= day <= group.last] or [group.last]
        given = level([held.get((group.staff, day), 0) for day in days], group.count)
        start = 0
        for day, number in zip(days, given, strict=True):
            if number:
                placed.append((group, day, start, start + number))
                held[group.staff, day] = held.get((group.staff, day), 0) + number
                start += number
    return placed
