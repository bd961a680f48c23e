"""What the demo's relationship managers have noted of companies: people, business, rivals, projects, groups (A1)."""

from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
from django.db import models
from django.db.backends.utils import CursorWrapper

from keheng.common.copying import copy_frame
from keheng.common.keys import key_ring
from keheng.customers.archive.rulebook import health_rules
from keheng.customers.enums import CooperationState, DecisionRole, GroupRole, HealthGrade, ProjectState
from keheng.customers.models import (
    CompanyGroup,
    Competitor,
    Cooperation,
    GroupMember,
    HealthCheck,
    KeyContact,
    Project,
)
from keheng.customers.policies.health import next_check
from keheng.demo.documents import mobiles
from keheng.demo.names import person_names
from keheng.demo.plan import Integers, Plan, pick, table

TABLES = [
    model._meta.db_table
    for model in (KeyContact, Cooperation, Competitor, CompanyGroup, GroupMember, Project, HealthCheck)
]
_WITH_PROJECT, _CHECKS, _GROUP_EVERY, _GROUP_SIZE = 0.12, 4, 60, 4


def write_dossiers(cursor: CursorWrapper, plan: Plan) -> None:
    """Write the dossiers of the companies that somebody looks after; each table by one COPY."""
    companies = owned_companies(cursor)
    if companies.is_empty():
        return
    for model, frame in (
        (KeyContact, _contacts(plan, companies)),
        (Cooperation, _cooperation(plan, companies)),
        (Competitor, _competitors(plan, companies)),
    ):
        _copy(cursor, model, _stamped(frame, plan))
    _projects(cursor, plan, companies)
    _groups(cursor, plan, companies)


def owned_companies(cursor: CursorWrapper) -> pl.DataFrame:
    """Companies with an owner, the largest first: ``customer_id``, ``owner_id``, ``name``, ``aum``."""
    cursor.execute(
        "select id, owner_id, name, aum::float8, is_strategic from customers_customer customer"
        "  join customers_company company on company.customer_id = customer.id and not company.is_institution"
        " where status <> 'closed' and owner_id is not null order by aum desc, id"
    )
    schema = {
        "customer_id": pl.Int64,
        "owner_id": pl.Int64,
        "name": pl.String,
        "aum": pl.Float64,
        "is_strategic": pl.Boolean,
    }
    return pl.DataFrame(cursor.fetchall(), schema=schema, orient="row")


def _contacts(plan: Plan, companies: pl.DataFrame) -> pl.DataFrame:
    random, data = plan.random("key contacts"), table("dossiers")
    chosen = _drawn(companies, 1 + pick(random, [5, 3, 1], companies.height))
    count = chosen.height
    years = random.integers(1958, 1996, count)
    roles = [[role.value for role in DecisionRole][place] for place in pick(random, [4, 3, 4, 1, 1], count)]
    posts = [_one(random, data["posts"][role]) for role in roles]
    ring = key_ring()
    return chosen.select("customer_id", "owner_id").with_columns(
        name=person_names(random, years, random.integers(0, 2, count))["name"],
        post=pl.Series(posts),
        decision_role=pl.Series(roles),
        phone=pl.Series(ring.encrypt_many(mobiles(count).to_list(), "customers.key_contact"), dtype=pl.Binary),
        birthday=pl.Series(
            [
                plan.today.replace(year=int(year), month=1, day=1) + timedelta(days=int(day))
                for year, day in zip(years, random.integers(0, 365, count), strict=True)
            ]
        ),
        preference=_sometimes(random, data["preferences"], count, 0.5),
        note=pl.lit(""),
    )


def _cooperation(plan: Plan, companies: pl.DataFrame) -> pl.DataFrame:
    random, data = plan.random("cooperation"), table("dossiers")
    chosen = _drawn(companies, 1 + pick(random, [3, 4, 2, 1], companies.height))
    count = chosen.height
    states = [[state.value for state in CooperationState][place] for place in pick(random, [2, 5, 2], count)]
    expected, past = (np.array(states) == state for state in ("expected", "past"))
    begins = np.where(expected, random.integers(10, 240, count), -random.integers(200, 2_000, count))
    ends = np.where(past, np.minimum(begins + 365, -30), np.maximum(begins, 0) + random.integers(60, 900, count))
    amount = (10 ** random.uniform(5.2, 7.4, count)).round(-4)
    return chosen.select("customer_id", "owner_id").with_columns(
        state=pl.Series(states),
        product=pl.Series([_one(random, data["products"][state]) for state in states]),
        starts_on=_days(plan, begins),
        ends_on=_days(plan, np.maximum(ends, begins)),
        amount=pl.Series(amount).cast(pl.Decimal(18, 2)),
        margin=pl.Series(random.uniform(0.4, 4.2, count).round(2)).cast(pl.Decimal(6, 3)),
        likelihood=pl.Series(np.where(expected, random.integers(3, 10, count) * 10, -1)).replace(-1, None),
        note=pl.lit(""),
    )


def _competitors(plan: Plan, companies: pl.DataFrame) -> pl.DataFrame:
    random, data = plan.random("competitors"), table("dossiers")
    names: list[str] = data["institutions"]
    chosen = _drawn(companies, pick(random, [3, 4, 2], companies.height))
    count = chosen.height
    first = random.integers(0, len(names), companies.height)[chosen["place"].to_numpy()]
    place = (first + chosen["order"].to_numpy()) % len(names)
    return chosen.select("customer_id", "owner_id").with_columns(
        institution=pl.Series(names).gather(place),
        products=pl.Series([_one(random, data["their_products"]) for _ in range(count)]),
        share=pl.Series(random.integers(1, 10, count) * 5).cast(pl.Decimal(5, 2)),
        since=_days(plan, -random.integers(200, 4_000, count)),
        note=pl.lit(""),
    )


def _projects(cursor: CursorWrapper, plan: Plan, companies: pl.DataFrame) -> None:
    random, data = plan.random("projects"), table("dossiers")
    chosen = companies.filter(pl.Series(random.random(companies.height) < _WITH_PROJECT))
    count = chosen.height
    kinds = [data["projects"][place] for place in random.integers(0, len(data["projects"]), count)]
    started, age = random.integers(300, 1_500, count), random.integers(0, 120, count)
    grades = [[grade.value for grade in HealthGrade][place] for place in pick(random, [6, 2, 1], count * _CHECKS)]
    last = [plan.today - timedelta(days=int(days)) for days in age]
    newest = grades[::_CHECKS]
    months = health_rules().months
    due = [next_check(day, HealthGrade(grade), months) for day, grade in zip(last, newest, strict=True)]
    keys = _reserve(cursor, Project, count)
    frame = chosen.select("customer_id", "owner_id").with_columns(
        id=pl.Series(keys),
        name=pl.Series([kind["name"] for kind in kinds], dtype=pl.String),
        place=chosen["name"].str.slice(0, 2) + "厂区",
        content=pl.Series([kind["content"] for kind in kinds], dtype=pl.String),
        state=pl.lit(ProjectState.IN_SERVICE.value),
        amount=pl.Series((10 ** random.uniform(4.6, 6.3, count)).round(-3)).cast(pl.Decimal(18, 2)),
        starts_on=_days(plan, -started),
        accepted_on=_days(plan, -(started - 90)),
        warranty_until=_days(plan, -(started - 90) + 730),
        grade=pl.Series(newest, dtype=pl.String),
        next_check_on=pl.Series(due, dtype=pl.Date),
        note=pl.lit(""),
    )
    _copy(cursor, Project, _stamped(frame, plan))
    checks = [
        (key, owner, day - timedelta(days=91 * step), grades[place * _CHECKS + step], step)
        for place, (key, owner, day) in enumerate(zip(keys, chosen["owner_id"], last, strict=True))
        for step in range(_CHECKS)
    ]
    _copy(
        cursor,
        HealthCheck,
        pl.DataFrame(
            {
                "project_id": [row[0] for row in checks],
                "checked_by_id": [row[1] for row in checks],
                "checked_on": [row[2] for row in checks],
                "grade": [row[3] for row in checks],
                "finding": [_one(random, data["findings"][row[3]]) for row in checks],
                "measures": [_one(random, data["measures"]) if row[3] == "repair" else "" for row in checks],
                "next_check_on": [next_check(row[2], HealthGrade(row[3]), months) for row in checks],
                "recorded_at": [plan.at for _ in checks],
            }
        ),
    )


def _groups(cursor: CursorWrapper, plan: Plan, companies: pl.DataFrame) -> None:
    """Every sixtieth of the larger companies heads a group of four; none of them is on the strategic list."""
    random = plan.random("groups")
    number = max(1, companies.height // _GROUP_EVERY)
    members = companies.filter(~pl.col("is_strategic")).head(number * _GROUP_SIZE)
    if members.height < number * _GROUP_SIZE:
        return
    heads = members["name"].head(number).str.slice(0, 4)
    named = pl.DataFrame({"name": heads}).with_columns(name=pl.col("name") + "集团").unique(maintain_order=True)
    keys = _reserve(cursor, CompanyGroup, named.height)
    groups = named.with_columns(id=pl.Series(keys), is_strategic=pl.lit(value=False), note=pl.lit(""))
    _copy(cursor, CompanyGroup, groups)
    place = np.arange(members.height) % number
    order = np.arange(members.height) // number
    joined = members.select("customer_id", "owner_id").with_columns(
        group_id=pl.Series(place % named.height).map_elements(lambda at: keys[at], return_dtype=pl.Int64),
        order=pl.Series(order),
        head=pl.Series((order == 0) & (place < named.height)),
        share=pl.Series(random.integers(6, 21, members.height) * 5).clip(0, 100).cast(pl.Decimal(5, 2)),
        since=_days(plan, -random.integers(400, 4_000, members.height)),
        note=pl.lit(""),
    )
    roles = joined.select(
        pl.exclude("order", "head"),
        role=pl.when("head").then(pl.lit(GroupRole.HEAD.value)).otherwise(pl.lit(GroupRole.SUBSIDIARY.value)),
    ).with_columns(share=pl.when(pl.col("role") == "head").then(None).otherwise(pl.col("share")))
    _copy(cursor, GroupMember, _stamped(roles, plan))


def _drawn(companies: pl.DataFrame, times: Integers) -> pl.DataFrame:
    """Each company so many times: with its ``place`` and the ``order`` among its own rows."""
    place = np.repeat(np.arange(companies.height), times)
    starts = np.repeat(np.cumsum(times) - times, times)
    order = np.arange(len(place)) - starts
    return companies[place].with_columns(place=pl.Series(place), order=pl.Series(order))


def _stamped(frame: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    return frame.rename({"owner_id": "changed_by_id"}).with_columns(changed_at=pl.lit(plan.at))


def _reserve(cursor: CursorWrapper, model: type[models.Model], count: int) -> list[int]:
    name = model._meta.db_table
    cursor.execute(
        "select array_agg(nextval(pg_get_serial_sequence(%s, 'id'))) from generate_series(1, %s)", [name, count]
    )
    return list(cursor.fetchone()[0] or [])


def _copy(cursor: CursorWrapper, model: type[models.Model], frame: pl.DataFrame) -> None:
    copy_frame(cursor, model._meta.db_table, frame)


def _days(plan: Plan, offsets: Any) -> pl.Series:
    """Days from the plan's day, as dates."""
    return pl.Series(np.datetime64(plan.today, "D") + np.asarray(offsets).astype("timedelta64[D]"))


def _one(random: np.random.Generator, words: list[str]) -> str:
    return words[int(random.integers(0, len(words)))]


def _sometimes(random: np.random.Generator, words: list[str], count: int, share: float) -> pl.Series:
    there, place = random.random(count) < share, random.integers(0, len(words), count)
    return pl.Series([words[at] if told else "" for at, told in zip(place, there, strict=True)], dtype=pl.String)
