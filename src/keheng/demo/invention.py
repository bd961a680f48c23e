"""The bank's customers with all that they have, invented from the plan before anything is written."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
import polars as pl

from keheng.demo import contracts, history, wealth
from keheng.demo.companies import make_companies
from keheng.demo.crowd import Crowd
from keheng.demo.organisation import Organisation
from keheng.demo.people import make_people
from keheng.demo.plan import Plan, where

OWNED_FROM = 200_000  # A3: the core system knows a manager from 20万 on; caring.py follows the rules of assignment


@dataclass(frozen=True)
class Group:
    """Customers of one kind. ``days`` begins with ``today`` and goes back; ``owner_ids`` is null where nobody owns.

    ``first_number`` is the customer number of the first; ``details`` are the columns of the company table.
    """

    title: str
    first_number: int
    crowd: Crowd
    today: history.Day
    days: Iterator[history.Day]
    contracts: contracts.Contracts
    owner_ids: pl.Series
    details: pl.DataFrame | None = None


def invent(plan: Plan, organisation: Organisation) -> tuple[Group, Group]:
    """Invent persons and companies."""
    return _persons(plan, organisation), _companies(plan, organisation)


def _persons(plan: Plan, organisation: Organisation) -> Group:
    crowd = make_people(plan, organisation)
    owns = wealth.personal_wealth(plan, crowd)
    days = history.days(plan, "persons", crowd, owns, history.personal_paths(plan))
    today = next(days)
    return Group(
        title="Persons",
        first_number=1_000_000_001,
        crowd=crowd,
        today=today,
        days=chain([today], days),
        contracts=contracts.personal_contracts(plan, crowd, owns, today),
        owner_ids=_owners(plan, crowd, today, organisation.managers, OWNED_FROM),
    )


def _companies(plan: Plan, organisation: Organisation) -> Group:
    crowd, details = make_companies(plan, organisation)
    owns = wealth.corporate_wealth(plan, crowd, details["is_borrower"].to_numpy())
    days = history.days(plan, "companies", crowd, owns, history.corporate_paths(plan))
    today = next(days)
    return Group(
        title="Companies",
        first_number=2_000_000_001,
        crowd=crowd,
        today=today,
        days=chain([today], days),
        contracts=contracts.corporate_contracts(plan, crowd, owns, today),
        owner_ids=_owners(plan, crowd, today, organisation.corporate_managers, 0),
        details=details,
    )


def _owners(plan: Plan, crowd: Crowd, today: history.Day, staff: list[list[int]], owned_from: float) -> pl.Series:
    """Assign whoever has at least ``owned_from`` on month average to the managers of the outlet, at random."""
    everybody = np.array([key for keys in staff for key in keys])
    sizes = np.array([len(keys) for keys in staff])
    starts = np.cumsum(sizes) - sizes
    luck = plan.random(f"owners {owned_from}").random(crowd.count)
    chosen = everybody[starts[crowd.outlet] + (luck * sizes[crowd.outlet]).astype(np.int64)]
    owned = ~crowd.life.has_left & (today.figures["aum_average"].to_numpy() >= owned_from)
    return where(owned, pl.Series(chosen))
