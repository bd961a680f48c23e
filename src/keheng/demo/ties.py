"""Families and the ties of companies in the demo: spouses, children, representatives, shareholders, guarantors (A1)."""

import polars as pl
from django.db.backends.utils import CursorWrapper

from keheng.common.copying import copy_frame
from keheng.customers.enums import RelationKind
from keheng.customers.models import Relation
from keheng.demo.dossiers import owned_companies
from keheng.demo.plan import Plan

TABLES = [Relation._meta.db_table]
_LEAST_AUM = 50_000
_AGE_APART = 8 * 365
_GENERATION = (21 * 365, 42 * 365)


def write_ties(cursor: CursorWrapper, plan: Plan) -> None:
    """Write the relations by one COPY. People marry within an outlet, at about one age; children bear the name."""
    people = _people(cursor)
    couples = _couples(people)
    frames = [couples, _children(people, couples), *_of_companies(cursor, people)]
    writer = _anybody(cursor)
    if writer is None:
        return
    columns = ["customer_id", "kind", "other_id", "share"]
    ties = pl.concat([frame.select(columns) for frame in frames]).with_columns(
        outsider=pl.lit(""),
        note=pl.lit(""),
        changed_by_id=pl.lit(writer),
        changed_at=pl.lit(plan.at),
    )
    copy_frame(cursor, TABLES[0], ties.unique(["customer_id", "other_id", "kind"], maintain_order=True))


def _people(cursor: CursorWrapper) -> pl.DataFrame:
    cursor.execute(
        "select id, branch_id, sex, birth_date, left(name, 1), marital, occupation from customers_customer"
        " where kind = 'person' and status <> 'closed' and birth_date is not null and aum >= %s order by id",
        [_LEAST_AUM],
    )
    names = ("id", "branch", "sex", "born", "surname", "marital", "occupation")
    types = (pl.Int64, pl.Int64, pl.String, pl.Date, pl.String, pl.String, pl.String)
    return pl.DataFrame(cursor.fetchall(), schema=dict(zip(names, types, strict=True)), orient="row")


def _couples(people: pl.DataFrame) -> pl.DataFrame:
    """Married people of an outlet, men and women in the order of their age: the n-th with the n-th."""
    married = people.filter(pl.col("marital") == "已婚").sort("branch", "born", "id")
    numbered = married.with_columns(place=pl.int_range(pl.len()).over("branch", "sex"))
    men, women = numbered.filter(sex="m"), numbered.filter(sex="f")
    pairs = men.join(women, on=["branch", "place"], suffix="_wife")
    apart = (pl.col("born") - pl.col("born_wife")).dt.total_days().abs()
    return pairs.filter(apart < _AGE_APART).select(
        customer_id=pl.min_horizontal("id", "id_wife"),
        other_id=pl.max_horizontal("id", "id_wife"),
        kind=pl.lit(RelationKind.SPOUSE.value),
        share=pl.lit(None, pl.Decimal(5, 2)),
        father=pl.col("id"),
        branch=pl.col("branch"),
        surname=pl.col("surname"),
        born=pl.col("born"),
    )


def _children(people: pl.DataFrame, couples: pl.DataFrame) -> pl.DataFrame:
    """The eldest of an outlet and name with the eldest son or daughter young enough, both parents each."""
    taken = pl.concat([couples["customer_id"], couples["other_id"]])
    single = people.filter(~pl.col("id").is_in(taken.implode())).sort("born", "id")
    numbered = single.with_columns(place=pl.int_range(pl.len()).over("branch", "surname"))
    fathers = couples.sort("born", "father").with_columns(place=pl.int_range(pl.len()).over("branch", "surname"))
    pairs = numbered.join(fathers, on=["branch", "surname", "place"], suffix="_father")
    apart = (pl.col("born") - pl.col("born_father")).dt.total_days()
    families = pairs.filter(apart.is_between(*_GENERATION))
    return pl.concat(
        families.select(
            customer_id=pl.col("id"),
            other_id=pl.col(parent),
            kind=pl.lit(RelationKind.PARENT.value),
            share=pl.lit(None, pl.Decimal(5, 2)),
        )
        for parent in ("customer_id", "other_id")
    )


def _of_companies(cursor: CursorWrapper, people: pl.DataFrame) -> list[pl.DataFrame]:
    """The wealthier business people represent, hold and control the larger companies; neighbours guarantee."""
    companies = owned_companies(cursor)["customer_id"]
    business = people.filter(pl.col("occupation").str.contains("主|经理|总|商"))["id"]
    number = min(len(companies), len(business))
    firms, owners = companies.head(number), business.head(number)
    frames = [
        _between(firms, owners, RelationKind.REPRESENTATIVE),
        _between(firms, owners, RelationKind.CONTROLLER, "60"),
        _between(firms, owners, RelationKind.SHAREHOLDER, "60"),
    ]
    if number > 1:
        frames.append(_between(firms, owners.shift(1).fill_null(owners[-1]), RelationKind.SHAREHOLDER, "40"))
        frames.append(_between(firms.gather_every(3), firms.shift(-1).gather_every(3), RelationKind.GUARANTOR))
    return frames


def _between(customers: pl.Series, others: pl.Series, kind: RelationKind, share: str | None = None) -> pl.DataFrame:
    frame = pl.DataFrame({"customer_id": customers, "other_id": others.alias("other_id")}).drop_nulls()
    percent = pl.lit(share).cast(pl.Decimal(5, 2))
    return frame.filter(pl.col("customer_id") != pl.col("other_id")).with_columns(
        kind=pl.lit(kind.value), share=percent
    )


def _anybody(cursor: CursorWrapper) -> int | None:
    cursor.execute("select min(owner_id) from customers_customer where owner_id is not null")
    found: int | None = cursor.fetchone()[0]
    return found
