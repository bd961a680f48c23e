"""A million customers and four readers with different scopes, and what they wait for: shared by several programs."""

import argparse
import os
import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import polars as pl

from bench.database import own_database

OUTLETS = 14
MANAGERS = 200
GIVEN = (
    "伟芳娜敏静秀丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华慧巧美黛玉莲真环雪荣爱妹香月"
    "莺媛瑞凡佳嘉琼勤珍贞莉叶璧璐娅琦晶妍茜秋珊莎锦青倩婷宁蓓婉荷昌志达海成康光天安河"
)
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏"
    "吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严"
)


def fill(customers: int, rng: np.random.Generator) -> dict[str, Any]:
    """Make the organisation and the customers; return the four readers."""
    from django.db import connection

    from keheng.common.copying import copy_frame, rebuilding_indexes
    from keheng.common.keys import key_ring
    from keheng.common.pinyin import spell
    from keheng.org.enums import BranchKind
    from keheng.org.models import Branch, Role, Staff
    from keheng.org.operations import load_presets

    load_presets()
    root = Branch.objects.get(parent=None)
    branches = [
        Branch.objects.create(code=f"B{n}", name=f"支行{n}", kind=BranchKind.BRANCH, parent=root, path=f"HO/B{n}/")
        for n in range(4)
    ]
    outlets = [
        Branch.objects.create(
            code=f"W{n}",
            name=f"网点{n}",
            kind=BranchKind.OUTLET,
            parent=branches[n % 4],
            path=f"{branches[n % 4].path}W{n}/",
        )
        for n in range(OUTLETS)
    ]
    roles = {role.code: role for role in Role.objects.all()}

    def staff(username: str, role: str, branch: Branch) -> Staff:
        return Staff.objects.create(username=username, name=username, role=roles[role], branch=branch)

    managers = [staff(f"rm{n}", "relationship-manager", outlets[n % OUTLETS]) for n in range(MANAGERS)]
    readers = {
        "head office": staff("head", "head-office-manager", root),
        "branch head": staff("branch", "branch-head", branches[0]),
        "outlet head": staff("outlet", "outlet-head", outlets[0]),
        "manager": managers[0],
    }

    weights = 1 / np.arange(1, len(SURNAMES) + 1) ** 0.7
    surname = rng.choice(list(SURNAMES), customers, p=weights / weights.sum())
    first, second = rng.choice(list(GIVEN), customers), rng.choice([*GIVEN, ""], customers)
    names = np.char.add(np.char.add(surname, first), second)
    unique, place = np.unique(names, return_inverse=True)
    spelt = np.array([spell(name) for name in unique])
    company = rng.random(customers) < 0.07
    names = np.where(company, np.char.add(np.char.add("温州", names), "贸易有限公司"), names)
    aum = np.round(np.exp(rng.normal(9.5, 2.2, customers)), 2)
    limits = np.array([1e3, 5e4, 2e5, 5e5, 3e6])
    tier = np.searchsorted(limits, aum, side="right")
    outlet = rng.integers(0, OUTLETS, customers)
    owned = aum >= 2e5
    owner = np.array([manager.pk for manager in managers])[
        (rng.integers(0, MANAGERS // OUTLETS, customers) * OUTLETS + outlet)
    ]
    ring = key_ring()
    phones = [f"139{n:08d}" for n in rng.integers(0, 10**8, customers)]
    frame = pl.DataFrame(
        {
            "id": np.arange(1, customers + 1),
            "number": [f"C{n:09d}" for n in range(customers)],
            "kind": np.where(company, "company", "person"),
            "status": "active",
            "name": names,
            "pinyin": np.where(company, np.char.add("wenzhou", spelt[place, 0]), spelt[place, 0]),
            "initials": np.where(company, np.char.add("wz", spelt[place, 1]), spelt[place, 1]),
            "branch_id": np.array([branch.pk for branch in outlets])[outlet],
            "owner_id": pl.Series(owner).set(pl.Series(~owned), None),
            "id_kind": "",
            "sex": "",
            "occupation": "",
            "education": "",
            "marital": "",
            "confidentiality": 1,
            "do_not_disturb": False,
            "source": "bench",
            "tier": [f"T{n}" for n in tier],
            "tier_rank": tier,
            "aum": aum,
        }
    )
    contacts = pl.DataFrame(
        {
            "customer_id": np.arange(1, customers + 1),
            "kind": "mobile",
            "value": ring.encrypt_many(phones, "customers.contact"),
            "value_index": [ring.blind_index(phone, "customers.contact") for phone in phones],
            "value_tail": [ring.blind_tail(phone, "customers.contact") for phone in phones],
            "is_primary": True,
            "preferred_time": "",
            "source": "bench",
        }
    )
    with connection.cursor() as cursor, rebuilding_indexes(cursor, "customers_customer", "customers_contactpoint"):
        copy_frame(cursor, "customers_customer", frame)
        copy_frame(cursor, "customers_contactpoint", contacts)
    with connection.cursor() as cursor:
        cursor.execute("vacuum (analyze) customers_customer, customers_contactpoint")
    return readers


def readers_of() -> dict[str, Any]:
    """The four readers of a database that :func:`fill` has filled before."""
    from keheng.org.models import Staff

    names = {"head office": "head", "branch head": "branch", "outlet head": "outlet", "manager": "rm0"}
    return {title: Staff.objects.get(username=username) for title, username in names.items()}


def measure(answer: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Median and 95th percentile of so many answers, in milliseconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        answer()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def measure_ways(about: str | None, ways: Mapping[str, str], answer: Callable[[Any, str], None], limit_ms: int) -> None:
    """Let each reader go each way so often; print the times, and end the process with an error where one is late.

    Args:
        ways: what is asked for, by title.
        answer: the whole answer of the server to a reader who asks for it.
        limit_ms: the aim of the 95th percentile.
    """
    options = argparse.ArgumentParser(description=about)
    options.add_argument("--customers", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=40)
    options.add_argument("--keep", action="store_true")
    asked = options.parse_args()
    with own_database("keheng_bench_list", keep=asked.keep) as is_new:
        from keheng.customers.models import Customer

        readers = fill(asked.customers, np.random.default_rng(1)) if is_new else readers_of()
        keys = list(range(1, 21))
        bare, _ = measure(lambda: list(Customer.objects.filter(pk__in=keys)), 200)
        print(
            f"bare limit: 20 rows by primary key {bare:.2f} ms; {asked.customers:,} customers; {os.cpu_count()} cores"
        )
        failed = False
        for title, staff in readers.items():
            for way, wanted in ways.items():
                answer(staff, wanted)  # templates compiled, pages in memory
                median, high = measure(lambda staff=staff, wanted=wanted: answer(staff, wanted), asked.rounds)
                verdict = "LATE" if high > limit_ms else ""
                failed |= bool(verdict)
                times = f"p50 {median:7.1f} ms  p95 {high:7.1f} ms  {high / bare:6.1f}x"
                print(f"{title:12} {way:24} {times} {verdict}")
        raise SystemExit(failed)
