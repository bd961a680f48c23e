"""The plan of a day for the whole bank: duties, occasions, tasks, spread over the working days of everybody.

    uv run python -m bench.daily_plan [--customers N] [--staff N] [--keep]

Prints seconds by step, and the ratio to one ``insert … select`` of the same tasks into a table with the same indexes,
measured in the same run; then the same day again, and the next morning.
"""

import argparse
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from time import perf_counter

import numpy as np
import polars as pl

from bench.database import own_database

DAY = date(2026, 3, 2)  # a Monday; the plans of March begin
POSTS = (("teller", 10), ("relationship-manager", 8), ("wealth-manager", 3), ("lobby-manager", 1))
HEADS = ("outlet-head", "rm-supervisor", "corporate-manager")
AN_OUTLET = sum(number for _role, number in POSTS) + len(HEADS)
SHARES = {"T0": 0.3, "T1": 0.35, "T2": 0.2, "T3": 0.1, "T4": 0.04, "T5": 0.01}
AUM = {"T0": 500, "T1": 20_000, "T2": 100_000, "T3": 300_000, "T4": 1_200_000, "T5": 5_000_000}


def fill(customers: int, staff: int) -> None:
    """Make outlets, their people, customers with owners, and what gives them occasions: days, holdings, movements."""
    from django.db import connection

    from keheng.care.operations.ownership import follow_owners
    from keheng.care.operations.presets import load_presets as load_care
    from keheng.common.copying import copy_frame
    from keheng.org.enums import BranchKind
    from keheng.org.models import Branch, Role, Staff
    from keheng.org.operations import load_presets
    from keheng.tiering.operations import load_presets as load_schemes

    load_presets()
    load_schemes()
    load_care()
    root = Branch.objects.get(parent=None)
    above = Branch.objects.create(code="B", name="分行", kind=BranchKind.BRANCH, parent=root, path="HO/B/")
    outlets = Branch.objects.bulk_create(
        Branch(code=f"W{n}", name=f"网点{n}", kind=BranchKind.OUTLET, parent=above, path=f"HO/B/W{n}/")
        for n in range(max(1, staff // AN_OUTLET))
    )
    roles = {role.code: role for role in Role.objects.all()}
    posts = [*POSTS, *((role, 1) for role in HEADS)]
    Staff.objects.bulk_create(
        Staff(username=f"{place.code}-{role}-{n}", name=f"员工{n}", role=roles[role], branch=place)
        for place in outlets
        for role, number in posts
        for n in range(number)
    )
    random = np.random.default_rng(5)
    tier = random.choice(list(SHARES), customers, p=list(SHARES.values()))
    born, opened = random.integers(0, 20_000, customers), random.integers(0, 3_650, customers)
    with connection.cursor() as cursor:
        frame = pl.DataFrame(
            {
                "number": [f"B{n:09d}" for n in range(customers)],
                "kind": pl.repeat("person", customers, eager=True),
                "status": pl.repeat("active", customers, eager=True),
                "name": pl.repeat("某某", customers, eager=True),
                "branch_id": random.choice([outlet.pk for outlet in outlets], customers),
                "tier": tier,
                "tier_rank": [int(one[1]) for one in tier],
                "aum": [AUM[one] for one in tier],
                "birth_date": pl.Series([DAY - timedelta(days=7_000)] * customers)
                - pl.Series(born).cast(pl.Duration("ms")) * 86_400_000,
                "opened_on": pl.Series([DAY] * customers) - pl.Series(opened).cast(pl.Duration("ms")) * 86_400_000,
            }
        ).with_columns(
            *(
                pl.lit("").alias(name)
                for name in ("pinyin", "initials", "id_kind", "sex", "occupation", "education", "marital", "source")
            ),
            pl.lit(0).alias("confidentiality"),
            pl.lit(value=False).alias("do_not_disturb"),
        )
        copy_frame(cursor, "customers_customer", frame)
        for statement in _BUSINESS:
            cursor.execute(statement, {"day": DAY})
    follow_owners(at=datetime(2025, 1, 1, tzinfo=UTC))
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")


_BUSINESS = (
    """update customers_customer c set owner_id = people.ids[1 + c.id %% cardinality(people.ids)]
         from (select s.branch_id, r.code, array_agg(s.id order by s.id) as ids
                 from org_staff s join org_role r on r.id = s.role_id group by 1, 2) people
        where people.branch_id = c.branch_id
          and people.code = case when c.tier_rank < 2 then 'teller' when c.tier_rank = 2 then 'wealth-manager'
                                 when c.tier_rank < 5 then 'relationship-manager' else 'outlet-head' end""",
    """insert into portfolio_currentfigures (customer_id, as_of, aum, revenue, card_spend)
       select id, %(day)s::date - 1, aum, aum / 200 * (id %% 7), aum / 50 * (id %% 3) from customers_customer""",
    """insert into portfolio_product (code, name, kind, risk, is_active)
       values ('P', '理财', 'wealth', 'R2', true)""",
    """insert into portfolio_holding (customer_id, product_id, amount, starts_on, matures_on, as_of)
       select c.id, p.id, c.aum / 2, %(day)s::date - 180, %(day)s::date + (c.id %% 180)::int, %(day)s::date - 1
         from customers_customer c, portfolio_product p where c.tier_rank > 1 and c.id %% 3 = 0""",
    """insert into portfolio_daymovement (customer_id, day, inflow, outflow)
       select id, %(day)s::date - 1, 150000, 0 from customers_customer where tier_rank > 2 and id %% 100 = 0""",
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--staff", type=int, default=5_000)
    parser.add_argument("--keep", action="store_true")
    given = parser.parse_args()
    with own_database("daily_plan", keep=given.keep) as is_new:
        from django.db import connection

        from keheng.care.models import Task

        if is_new:
            fill(given.customers, given.staff)
        first = _planned(DAY)
        with connection.cursor() as cursor:
            cursor.execute("create table bare (like care_task including all)")
            began = perf_counter()
            cursor.execute("insert into bare overriding system value select * from care_task")
            bare = perf_counter() - began
            cursor.execute("drop table bare")
        again, next_day = _planned(DAY), _planned(DAY + timedelta(days=1))
        print(f"bare insert of {Task.objects.count():,} tasks {bare:7.2f} s")
        for name, took in (("first day of the month", first), ("the same day again", again), ("next day", next_day)):
            print(f"{name:<24} {took:7.2f} s  ×{took / bare:.1f}")


def _planned(day: date) -> float:
    """Plan a day; print what each step made and how long it took, and return the seconds of all."""
    from keheng.care.operations.planning import run
    from keheng.org.queries import system_actor

    took: dict[str, float] = {}
    real = run._steps

    def timed(name: str, step: Callable[[], int]) -> Callable[[], int]:
        def measured() -> int:
            began = perf_counter()
            made = step()
            took[name] = perf_counter() - began
            return made

        return measured

    run._steps = lambda day, at: [(name, timed(name, step)) for name, step in real(day, at)]  # type: ignore[assignment]
    began = perf_counter()
    try:
        made = run.plan_day(day=day, actor=system_actor(), at=datetime(day.year, day.month, day.day, tzinfo=UTC))
    finally:
        run._steps = real
    seconds = perf_counter() - began
    print(day, "  ".join(f"{name} {made.counts[name]:,} in {took[name]:.2f} s" for name in took))
    return seconds


if __name__ == "__main__":
    main()
