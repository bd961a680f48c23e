"""How the customers of a quarter developed under those who maintain them: the quarterly statistics of A3 [004b].

The branches count, each quarter, what became of the customers after they were given to somebody: how many are
maintained, who rose and fell, what they own, how many mid- and high-end customers there are, by branch, by the
position that maintains them, and by band. Persons only, as the source. The band of a customer is the tier held on the
day before the quarter, or, of those maintained later, the tier held at its end.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.care.policies.cadence import Period, span
from keheng.care.queries.assignment import rules_in_force
from keheng.common.clock import SHANGHAI
from keheng.common.named_sql import positional
from keheng.customers.enums import CustomerKind
from keheng.customers.models import Customer
from keheng.org.enums import DataScope
from keheng.org.models import Staff
from keheng.tiering.models import Scheme
from keheng.tiering.queries.schemes import TierLabel, labels_of, primary_scheme

NO_TIER = "-"
"""The band of those who have no tier."""


class What(StrEnum):
    """Which customers of a cell: the numbers of the page open their list by it."""

    NOW = "now"
    WAS = "was"
    GIVEN = "given"
    GONE = "gone"
    RISEN = "risen"
    FALLEN = "fallen"
    UPPER = "upper"


TITLES = {
    What.NOW: _("Maintained"),
    What.WAS: _("Maintained before the quarter"),
    What.GIVEN: _("Newly maintained"),
    What.GONE: _("No longer maintained"),
    What.RISEN: _("Risen"),
    What.FALLEN: pgettext_lazy("tier", "Fallen"),
    What.UPPER: _("Mid- and high-end"),
}


@dataclass(frozen=True)
class Quarter:
    """A quarter of the year; ``until`` is the last day that counts: today in the quarter that runs."""

    first: date
    last: date
    until: date

    @property
    def running(self) -> bool:
        return self.until < self.last

    @property
    def code(self) -> str:
        """As addresses and file names write it: ``2026Q4``."""
        return f"{self.first.year}Q{(self.first.month + 2) // 3}"

    @property
    def before(self) -> date:
        """The day before it: the month end with which it is compared."""
        return self.first - timedelta(days=1)


@dataclass(frozen=True)
class Cell:
    """The customers of one branch, position and band.

    ``now`` are maintained at the end, ``was`` before it began; ``given`` are the first without the second, ``gone`` the
    other way round. ``risen``, ``fallen``, amounts and ``upper`` (mid- and high-end: tiers of which each customer needs
    an owner by name) are of those maintained at the end, so that growth is what came of the same customers.
    """

    branch_id: int
    branch: str
    role: str
    tier: str
    now: int
    was: int
    given: int
    gone: int
    risen: int
    fallen: int
    upper: int
    upper_before: int
    aum: Decimal
    aum_before: Decimal


COLUMNS = {
    **{what.value: title for what, title in TITLES.items()},
    "upper_before": _("Mid- and high-end before"),
    "aum": _("AUM"),
    "aum_before": _("AUM before the quarter"),
}
"""The numbers of a cell with their names, in order."""


@dataclass(frozen=True)
class Row:
    """The sums of some cells under one name; ``key`` narrows the lists behind them."""

    key: str
    name: str
    sums: dict[str, Any]

    @property
    def growth(self) -> Decimal:
        """What the customers maintained at the end own more than before the quarter, in CNY."""
        growth: Decimal = self.sums["aum"] - self.sums["aum_before"]
        return growth

    @property
    def upper_growth(self) -> int:
        """So many more of them are mid- and high-end customers than before."""
        more: int = self.sums["upper"] - self.sums["upper_before"]
        return more

    @property
    def upper_signed(self) -> str:
        """The same as it is read: ``+12``, ``-3``, ``0``."""
        return f"{self.upper_growth:+,}" if self.upper_growth else "0"


def quarter_of(code: str, today: date) -> Quarter:
    """The quarter of a code (``2026Q3``); the one that runs where there is no such code, or it lies ahead."""
    first, last = span(Period.QUARTER, today)
    year, _letter, number = code.partition("Q")
    if len(year) == 4 and year.isdecimal() and number in {"1", "2", "3", "4"} and int(year) > 1900:
        asked = date(int(year), 3 * int(number) - 2, 1)
        if asked < first:
            first, last = span(Period.QUARTER, asked)
    return Quarter(first, last, min(last, today))


def last_quarters(today: date, count: int = 8) -> list[Quarter]:
    """The quarter that runs and those before it, the newest first."""
    found = [quarter_of("", today)]
    while len(found) < count:
        first, last = span(Period.QUARTER, found[-1].before)
        found.append(Quarter(first, last, last))
    return found


def development(reader: Staff, quarter: Quarter) -> list[Cell]:
    """The cells of the reader's scope; one statement."""
    scheme = primary_scheme(CustomerKind.PERSON)
    if scheme is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select branch.id, branch.name, role.code, band, {", ".join(_COUNTS)}
              from ({_MAINTAINED}) one
              join org_branch branch on branch.id = one.branch_id
              join org_staff staff on staff.id = one.staff_id join org_role role on role.id = staff.role_id
             group by branch.id, branch.name, branch.path, role.code, role."order", band
             order by branch.path, role."order", role.code, array_position(%(tiers)s::text[], band)
            """,
            _params(reader, quarter, scheme),
        )
        return [Cell(*row) for row in cursor.fetchall()]


def customers_of(
    reader: Staff, quarter: Quarter, what: What, *, branch_id: int | None = None, role: str = "", tier: str = ""
) -> "QuerySet[Customer]":
    """The customers behind a number of the statistics, as far as the reader sees them."""
    seen: QuerySet[Customer] = Customer.objects.visible_to(reader)
    scheme = primary_scheme(CustomerKind.PERSON)
    if scheme is None:
        return seen.none()
    sql = f"""
        select one.customer_id from ({_MAINTAINED}) one
          join org_staff staff on staff.id = one.staff_id join org_role role on role.id = staff.role_id
         where {_CONDITIONS[what]} and (%(branch)s::bigint is null or one.branch_id = %(branch)s)
           and (%(role)s = '' or role.code = %(role)s) and (%(tier)s = '' or band = %(tier)s)
    """
    given = {**_params(reader, quarter, scheme), "branch": branch_id, "role": role, "tier": tier}
    return seen.filter(pk__in=RawSQL(*positional(sql, given)))  # noqa: S611  # written here, its values bound


def grouped(cells: Iterable[Cell], key: Callable[[Cell], tuple[str, str]]) -> list[Row]:
    """The sums by a key and its name, in the order in which they come."""
    groups: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        groups.setdefault(key(cell), []).append(cell)
    return [Row(code, name, summed(found)) for (code, name), found in groups.items()]


def summed(cells: Iterable[Cell]) -> dict[str, Any]:
    """The sum of each number."""
    found = list(cells)
    return {
        name: sum((getattr(cell, name) for cell in found), start=Decimal(0) if "aum" in name else 0) for name in COLUMNS
    }


def labels() -> dict[str, TierLabel]:
    """The tiers of persons by code, the best first."""
    scheme = primary_scheme(CustomerKind.PERSON)
    return labels_of(scheme) if scheme else {}


def _params(reader: Staff, quarter: Quarter, scheme: Scheme) -> dict[str, Any]:
    rules = rules_in_force().rules
    return {
        "branches": None if reader.scope == DataScope.ALL else list(reader.branch_ids),
        "begins": datetime.combine(quarter.first, time(), SHANGHAI),
        "ends": datetime.combine(quarter.until, time.max, SHANGHAI),
        "before": quarter.before,
        "until": quarter.until,
        "running": quarter.running,
        "scheme": scheme.pk,
        "tiers": list(labels_of(scheme)),
        "upper": [rule.tier for rule in rules.tiers if rule.scheme == scheme.code and rule.by_name],
    }


_CONDITIONS = {
    What.NOW: "is_now",
    What.WAS: "was",
    What.GIVEN: "is_now and not was",
    What.GONE: "was and not is_now",
    What.RISEN: "is_now and place_before > place",
    What.FALLEN: "is_now and place_before < place",
    What.UPPER: "is_now and tier = any(%(upper)s)",
}
_COUNTS = (
    *(f"count(*) filter (where {condition})" for condition in _CONDITIONS.values()),
    "count(*) filter (where is_now and tier_before = any(%(upper)s))",
    "coalesce(sum(aum) filter (where is_now), 0)",
    "coalesce(sum(aum_before) filter (where is_now), 0)",
)

_TIER_ON = """
    left join (select distinct on (customer_id) customer_id, from_tier as tier from tiering_move
                where version_id in (select id from tiering_schemeversion where scheme_id = %(scheme)s)
                  and effective_on > %({day})s::date order by customer_id, effective_on, id) {name}
           on {name}.customer_id = c.id
"""
"""The first move after a day tells the tier held on it; whoever did not move since holds it still."""

_MAINTAINED = f"""
    select found.*, array_position(%(tiers)s::text[], tier) as place,
           array_position(%(tiers)s::text[], tier_before) as place_before,
           coalesce(nullif(case when was then tier_before else tier end, ''), '{NO_TIER}') as band
      from (select c.id as customer_id, c.branch_id, coalesce(later.staff_id, earlier.staff_id) as staff_id,
                   earlier.staff_id is not null as was, later.staff_id is not null as is_now,
                   coalesce(moved_since.tier, c.tier) as tier_before, coalesce(moved_after.tier, c.tier) as tier,
                   coalesce(past.aum_average, past.aum, 0) as aum_before,
                   case when %(running)s then c.aum else coalesce(present.aum_average, present.aum, 0) end as aum
              from customers_customer c
              left join care_ownership earlier on earlier.customer_id = c.id and earlier.part = 'owner'
                    and earlier.period @> %(begins)s::timestamptz
              left join care_ownership later on later.customer_id = c.id and later.part = 'owner'
                    and later.period @> %(ends)s::timestamptz and not (%(running)s and c.status = 'closed')
              left join portfolio_monthendfigures past on past.customer_id = c.id and past.month_end = %(before)s
              left join portfolio_monthendfigures present on present.customer_id = c.id
                    and present.month_end = %(until)s and not %(running)s
              {_TIER_ON.format(name="moved_since", day="before")}
              {_TIER_ON.format(name="moved_after", day="until")}
             where c.kind = 'person' and (%(branches)s::bigint[] is null or c.branch_id = any(%(branches)s))
               and (earlier.staff_id is not null or later.staff_id is not null)) found
"""
