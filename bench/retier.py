"""Re-tiering: the whole evaluation against the bare classify-join in SQL, measured in the same run.

    uv run python -m bench.retier [--customers 5000000] [--moving 0.01] [--keep]

Makes its customers by ``generate_series`` in a database of its own (about 6 GB at 5,000,000), evaluates
``bank-retail`` once, which must count what plain SQL counts, lets 1 % of the customers move, and measures: half of them
rise, the other half waits for its grace and is held against its month ends. The limit: at most 4 times the bare join.
"""

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from bench.database import own_database

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
LIMIT = 4.0

BARE = """
    select case when aum >= 3000000 then 'T5'
                when aum >= 500000 or card_grade >= 3 then 'T4'
                when aum >= 200000 or card_grade >= 2 or loans >= 300000 then 'T3'
                when aum >= 50000 or card_spend >= 50000 or margin >= 10000 then 'T2'
                when aum >= 1000 then 'T1' else 'T0' end as tier, count(*)
      from (select coalesce(f.aum_average, f.aum, 0) as aum, card_grade, loans, card_spend, margin
              from customers_customer c left join portfolio_currentfigures f on f.customer_id = c.id
             where c.kind = 'person' and c.status <> 'closed' offset 0) metrics
     group by 1
"""

CUSTOMERS = """
    insert into customers_customer (id, number, kind, status, name, pinyin, initials, branch_id, id_kind, id_number,
        id_index, id_tail, sex, occupation, education, marital, confidentiality, do_not_disturb, source, tier,
        tier_rank, aum, birth_date)
    select n, 'B' || lpad(n::text, 9, '0'), 'person', case when n %% 50 = 0 then 'closed' else 'active' end,
           '客户' || n, 'kehu' || n, 'kh' || n, (%(branches)s::bigint[])[1 + n %% %(count)s], 'resident',
           decode(repeat(md5(n::text), 3), 'hex'), decode(md5(n::text), 'hex'), n %% 1000000, 'f', '职员', '本科',
           '已婚', 1, false, 'bench', '', -1, 0, date '1950-01-01' + (n %% 20000)::int
      from generate_series(1, %(customers)s) as n
"""

FIGURES = """
    insert into portfolio_currentfigures (customer_id, as_of, aum, aum_average, deposits, deposits_average, loans,
        card_spend, card_grade, margin, product_count, revenue)
    select n, date '2026-11-21', aum, aum * 0.98, aum * 0.6, aum * 0.58,
           case when n %% 17 = 0 then 30000 + (n %% 500000) end, case when n %% 5 = 0 then n %% 90000 end,
           case when n %% 40 = 0 then 2 + (n %% 120 = 0)::int else 1 end, case when n %% 90 = 0 then n %% 30000 end,
           1 + n %% 6, n %% 3000
      from (select n, round((exp(9.2 + 1.9 * (random() + random() + random() + random() - 2) * 1.7))::numeric, 2) as aum
              from generate_series(1, %(customers)s) as n) drawn
"""

# Half of the movers rise past the next edge, half fall below their own; who stands by a door may stay.
MOVE = """
    update portfolio_currentfigures f
       set aum_average = case when n.up then edge.above else edge.below end, aum = case when n.up then edge.above
                                                                                      else edge.below end
      from (select customer_id, tier, customer_id %% 2 = 0 as up from tiering_standing
             where mod(hashint8(customer_id)::bigint, (1 / %(moving)s)::bigint) = 0) n
      join (values ('T0', 1500, 0), ('T1', 60000, 500), ('T2', 250000, 20000), ('T3', 600000, 60000),
                   ('T4', 4000000, 300000), ('T5', 5000000, 900000)) as edge (tier, above, below) using (tier)
     where f.customer_id = n.customer_id
"""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--customers", type=int, default=5_000_000)
    arguments.add_argument("--moving", type=float, default=0.0115, help="a door keeps some where they are")
    arguments.add_argument("--keep", action="store_true", help="leave the database for a second look")
    options = arguments.parse_args()
    with own_database("keheng_bench_retier", keep=options.keep) as is_new:
        from keheng.org.queries import system_actor
        from keheng.tiering import operations, queries

        if is_new:
            with told("customers"):
                fill(options.customers)
        scheme, actor = queries.scheme_named("bank-retail"), system_actor()
        with told("first evaluation"):
            first = operations.evaluate(scheme=scheme, as_of=None, actor=actor, at=AT)
        print(f"  {first.evaluated:,} evaluated, {first.new:,} new, {first.distribution}")
        if is_new:  # later evaluations hold those back who wait
            counted = dict(execute(BARE))
            found = {tier: count for tier, count in first.distribution.items() if count}
            print("  as plain SQL counts" if counted == found else f"  plain SQL counts otherwise: {counted}")
        with told(f"let {options.moving:.1%} move"):
            execute(MOVE, moving=options.moving)
            execute("vacuum analyze portfolio_currentfigures")
            execute("vacuum analyze customers_customer")
            execute("vacuum analyze tiering_standing")
        bare = min(timed(BARE) for _ in range(3))
        run = operations.evaluate(scheme=scheme, as_of=None, actor=actor, at=AT)
        whole = float(run.seconds or 0)
        print(f"  {run.evaluated:,} evaluated, {run.up:,} up, {run.down:,} down, {run.waiting:,} wait")
        print(f"bare classify-join {bare:.2f} s, whole run {whole:.2f} s, ratio {whole / bare:.2f} (limit {LIMIT})")


def fill(customers: int) -> None:
    """Make the organisation, the customers and their figures."""
    from django.db import connection, transaction

    from keheng.common.copying import rebuilding_indexes
    from keheng.org import operations as org
    from keheng.org.enums import BranchKind
    from keheng.org.models import Branch
    from keheng.tiering import operations as tiering

    org.load_presets()
    tiering.load_presets()
    root = Branch.objects.get(parent=None)
    outlets = [
        Branch.objects.create(
            code=f"O{n:02}", name=f"网点{n}", kind=BranchKind.OUTLET, parent=root, path=f"{root.path}O{n:02}/"
        )
        for n in range(14)
    ]
    with transaction.atomic(), connection.cursor() as cursor, rebuilding_indexes(cursor, "customers_customer"):
        branches = [outlet.pk for outlet in outlets]
        cursor.execute("set constraints all immediate")  # an index is not built while checks wait
        cursor.execute(CUSTOMERS, {"branches": branches, "count": len(branches), "customers": customers})
    execute(FIGURES, customers=customers)
    execute("vacuum analyze")


def execute(sql: str, **params: Any) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []


def timed(sql: str) -> float:
    started = time.perf_counter()
    execute(sql)
    return time.perf_counter() - started


@contextmanager
def told(title: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    print(f"{title}: {time.perf_counter() - started:.1f} s", flush=True)


if __name__ == "__main__":
    main()
