"""Possible duplicates among all customers: the whole search against a bare self-join, measured in the same run.

    uv run python -m bench.duplicates [--customers 1000000] [--keep]

Makes its customers by ``generate_series`` in a database of its own: 1 in 200 stands there twice, a telephone is shared
by 500. The limit: 60 seconds at 1,000,000 customers; the ratio tells what the blocks and scores cost beside finding
equal telephones alone.
"""

import argparse
from datetime import UTC, datetime

from bench.database import own_database
from bench.retier import execute, timed, told

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
LIMIT = 60.0

BARE = """
    select count(*)
      from customers_contactpoint one
      join customers_contactpoint other
        on (one.value_tail, one.value_index) = (other.value_tail, other.value_index)
       and one.customer_id < other.customer_id
     where one.value_tail <> 0
"""

# Whoever is the double of another has the number, name, birthday and telephone of the customer before.
CUSTOMERS = """
    insert into customers_customer (id, number, kind, status, name, pinyin, initials, branch_id, id_kind, id_number,
        id_index, id_tail, sex, occupation, education, marital, confidentiality, do_not_disturb, source, tier,
        tier_rank, aum, birth_date)
    select n, 'B' || lpad(n::text, 9, '0'), case when n % 14 = 0 then 'company' else 'person' end, 'active',
           '客户' || who % 200000, 'kehu' || who % 200000, 'kh', %(branch)s, 'resident', '\\x00',
           decode(md5(who::text), 'hex'), who % 1000000, 'f', '', '', '', 1, false, 'bench', '', -1, 0,
           date '1950-01-01' + (who % 20000)::int
      from (select n, case when n % 200 = 0 then n - 1 else n end as who from generate_series(1, %(customers)s) n) made
"""

CONTACTS = """
    insert into customers_contactpoint (customer_id, kind, value, value_index, value_tail, is_primary, preferred_time,
        source)
    select n, 'mobile', '\\x00', decode(md5('p' || who), 'hex'), 1 + who % 10000, true, '', 'bench'
      from (select n, case when n <= 500 then 0 when n % 200 = 0 then n - 1 else n end as who
              from generate_series(1, %(customers)s) n) made
"""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--customers", type=int, default=1_000_000)
    arguments.add_argument("--keep", action="store_true", help="leave the database for a second look")
    options = arguments.parse_args()
    with own_database("keheng_bench_duplicates", keep=options.keep) as is_new:
        from keheng.customers.models import CrowdedKey
        from keheng.customers.operations import search_duplicates
        from keheng.org import operations as org
        from keheng.org.models import Branch

        if is_new:
            with told("customers"):
                org.load_presets()
                branch = Branch.objects.get(parent=None).pk
                execute(CUSTOMERS.replace(" % ", " %% "), branch=branch, customers=options.customers)
                execute(CONTACTS.replace(" % ", " %% "), customers=options.customers)
                execute("vacuum analyze customers_customer")
                execute("vacuum analyze customers_contactpoint")
        bare = min(timed(BARE) for _ in range(3))
        with told("search"):
            run = search_duplicates(at=AT)
        crowded = ", ".join(f"{key.block} of {key.customers:,}" for key in CrowdedKey.objects.filter(run=run))
        whole = float(run.seconds or 0)
        print(f"{run.counted:,} customers, {run.found:,} pairs; reported instead of compared: {crowded}")
        print(
            f"bare self-join {bare:.2f} s, whole search {whole:.2f} s, ratio {whole / bare:.2f}"
            f" (limit {LIMIT:.0f} s at 1,000,000 customers)"
        )


if __name__ == "__main__":
    main()
