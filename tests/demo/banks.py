"""Banks that are invented without a database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import polars as pl

from keheng.demo import history, invention
from keheng.demo.organisation import Organisation
from keheng.demo.plan import Plan, table

TODAY = date(2026, 11, 22)


@dataclass(frozen=True)
class Invented:
    """Persons and companies with the days of each, today first."""

    plan: Plan
    persons: invention.Group
    companies: invention.Group
    days: dict[str, list[history.Day]]


def invented(plan: Plan) -> Invented:
    persons, companies = invention.invent(plan, paper_organisation())
    return Invented(plan, persons, companies, {"persons": list(persons.days), "companies": list(companies.days)})


def paper_organisation() -> Organisation:
    """The outlets with keys that stand for rows: outlet n has managers 100n and 100n+1."""
    rows = table("organisation")["outlets"]
    places = range(len(rows))
    return Organisation(
        branch_id=1,
        outlets=pl.DataFrame(
            {"id": places, "weight": [row["weight"] for row in rows], "wealth": [row["wealth"] for row in rows]}
        ),
        managers=[[100 * place, 100 * place + 1] for place in places],
        corporate_managers=[[100 * place + 50] for place in places],
    )


@contextmanager
def silent(_title: str) -> Iterator[Callable[[float], None]]:
    yield lambda _share: None
