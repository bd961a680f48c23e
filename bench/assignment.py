"""Batch assignment by rule, and somebody who leaves with 5,000 customers, against a bare update of the same rows.

    uv run python -m bench.assignment [--customers N] [--keep]

Prints seconds and the ratio to ``update … set owner_id`` of as many rows, measured in the same run.
"""

import argparse
from datetime import UTC, datetime
from time import perf_counter

import numpy as np
import polars as pl

from bench.database import own_database

OUTLETS, TELLERS, MANAGERS = 200, 20, 10
LEAVER = 5_000


def fill(customers: int) -> None:
    """Make outlets with tellers and managers, and customers of tiers T1 to T4 whom nobody owns."""
    from django.db import connection

    from keheng.common.copying import copy_frame
    from keheng.org.enums import BranchKind
    from keheng.org.models import Branch, Role, Staff
    from keheng.org.operations import load_presets
    from keheng.tiering.operations import load_presets as load_schemes

    load_presets()
    load_schemes()
    root = Branch.objects.get(parent=None)
    above = Branch.objects.create(code="B", name="支行", kind=BranchKind.BRANCH, parent=root, path="HO/B/")
    outlets = Branch.objects.bulk_create(
        Branch(code=f"W{n}", name=f"网点{n}", kind=BranchKind.OUTLET, parent=above, path=f"HO/B/W{n}/")
        for n in range(OUTLETS)
    )
    roles = {role.code: role for role in Role.objects.all()}
    posts = [("teller", "高柜柜员", TELLERS), ("teller", "低柜柜员", TELLERS), ("relationship-manager", "", MANAGERS)]
    posts += [("lobby-manager", "", 2), ("rm-supervisor", "", 1), ("outlet-head", "", 1)]
    Staff.objects.bulk_create(
        Staff(username=f"{place.code}-{role}-{title}-{n}", name=f"员工{n}", role=roles[role], title=title, branch=place)
        for place in outlets
        for role, title, number in posts
        for n in range(number)
    )
    random = np.random.default_rng(7)
    rank = random.choice([1, 2, 3, 4], customers, p=[0.6, 0.25, 0.1, 0.05])
    frame = pl.DataFrame(
        {
            "number": [f"B{n:09d}" for n in range(customers)],
            "kind": pl.repeat("person", customers, eager=True),
            "status": pl.repeat("active", customers, eager=True),
            "name": pl.repeat("某某", customers, eager=True),
            "branch_id": random.choice([outlet.pk for outlet in outlets], customers),
            "tier": [f"T{one}" for one in rank],
            "tier_rank": rank,
            "aum": (10.0 ** (rank + 2)).round(2),
        }
    ).with_columns(
        pl.lit("").alias(name)
        for name in ("pinyin", "initials", "id_kind", "sex", "occupation", "education", "marital", "source")
    )
    frame = frame.with_columns(pl.lit(0).alias("confidentiality"), pl.lit(value=False).alias("do_not_disturb"))
    with connection.cursor() as cursor:
        copy_frame(cursor, "customers_customer", frame)
        cursor.execute("analyze customers_customer")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--keep", action="store_true")
    given = parser.parse_args()
    with own_database("assignment", keep=given.keep):
        from django.db import connection, transaction
        from django.urls import reverse

        from keheng.care.operations.assigning import assign, carry_out, preview
        from keheng.care.operations.handing_over import release
        from keheng.customers.models import Customer
        from keheng.org.models import Staff
        from keheng.org.queries import system_actor

        fill(given.customers)
        actor, at = system_actor(), datetime(2026, 11, 22, 1, tzinfo=UTC)
        with transaction.atomic(), connection.cursor() as cursor:
            began = perf_counter()
            cursor.execute("update customers_customer set owner_id = %s", [actor.pk])
            bare = perf_counter() - began
            transaction.set_rollback(True)
        reverse("customers")  # the addresses are read once a process
        run = preview(customers=Customer.objects.all(), reason="", actor=actor, at=at)
        began = perf_counter()
        done = carry_out(run=run, at=at)
        took = perf_counter() - began
        print(f"bare update        {bare:7.2f} s")
        print(f"assignment by rule {took:7.2f} s  ×{took / bare:.1f}  {done.placed:,} placed")
        leaver = Staff.objects.filter(role__code="relationship-manager").first()
        assert leaver is not None
        some = Customer.objects.filter(pk__in=list(Customer.objects.values_list("pk", flat=True)[:LEAVER]))
        assign(customers=some, owner=leaver, reason="试", actor=actor, at=datetime(2026, 11, 23, 1, tzinfo=UTC))
        number = Customer.objects.filter(owner=leaver).count()
        began = perf_counter()
        release(member=leaver, to=None, reason="离职", actor=actor, at=datetime(2026, 11, 24, 1, tzinfo=UTC))
        print(f"leaving            {perf_counter() - began:7.2f} s  {number:,} customers moved by rule")


if __name__ == "__main__":
    main()
