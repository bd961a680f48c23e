"""What makes the archives of a real bank imperfect: gaps, mistyped numbers, dead phones, one customer opened twice."""

import polars as pl
from django.db.backends.utils import CursorWrapper

from keheng.demo.plan import Plan

_GAPS = {"occupation": 0.14, "education": 0.2, "marital": 0.2}
_NO_DOCUMENT, _MISTYPED, _OTHER_BIRTHDAY = 0.02, 0.003, 0.002
_DEAD_PHONE = 0.01
_TWINS_IN = 200
_TWIN_NUMBER = 88_000_000
_SHARED_BY = 30


def with_gaps(archive: pl.DataFrame, plan: Plan, topic: str) -> pl.DataFrame:
    """Leave out what nobody asked for, and mistype what somebody wrote down."""
    random = plan.random(f"gaps-{topic}")
    count = archive.height
    for column, share in _GAPS.items():
        if column in archive.columns:
            flags = pl.Series(random.random(count) < share)
            archive = archive.with_columns(pl.when(flags).then(pl.lit("")).otherwise(pl.col(column)).alias(column))
    lot = random.random(count)
    without, mistyped = pl.Series(lot < _NO_DOCUMENT), pl.Series((lot >= 0.5) & (lot < 0.5 + _MISTYPED))
    number = pl.col("id_number")
    swapped = number.str.slice(0, 15) + number.str.slice(16, 1) + number.str.slice(15, 1) + number.str.slice(17)
    archive = archive.with_columns(
        id_number=pl.when(without).then(None).when(mistyped).then(swapped).otherwise(number),
        id_kind=pl.when(without).then(pl.lit("")).otherwise(pl.col("id_kind")),
    )
    if "birth_date" in archive.columns:
        moved = pl.Series(random.random(count) < _OTHER_BIRTHDAY)
        born = pl.col("birth_date")
        archive = archive.with_columns(birth_date=pl.when(moved).then(born.dt.offset_by("-1mo")).otherwise(born))
    return archive


def with_dead_phones(points: pl.DataFrame, plan: Plan, topic: str) -> pl.DataFrame:
    """Cut the last digit off some mobile numbers."""
    cut = pl.Series(plan.random(f"phones-{topic}").random(points.height) < _DEAD_PHONE)
    value = pl.col("value")
    is_mobile = pl.col("kind") == "mobile"
    return points.with_columns(value=pl.when(pl.lit(cut) & is_mobile).then(value.str.slice(0, 10)).otherwise(value))


def write_twins(cursor: CursorWrapper, plan: Plan) -> None:
    """Open some customers a second time, as another counter would: with or without the document, with the phone."""
    cursor.execute(
        """
        create temporary table demo_twins on commit drop as
        select chosen.id as origin, nextval(pg_get_serial_sequence('customers_customer', 'id')) as id,
               row_number() over (order by chosen.id) as place
          from (select c.id, count(*) over () as known,
                       row_number() over (order by hashtextextended(c.number, %(seed)s)) as lot
                  from customers_customer c
                 where c.kind = 'person' and c.status = 'active' and c.id_tail is not null
                   and c.birth_date is not null) chosen
         where chosen.lot * %(in)s < chosen.known + %(in)s
        """,
        {"seed": plan.seed, "in": _TWINS_IN},
    )
    cursor.execute(
        """
        insert into customers_customer (id, number, kind, status, name, pinyin, initials, branch_id, owner_id, id_kind,
               id_number, id_index, id_tail, sex, birth_date, occupation, education, marital, confidentiality,
               do_not_disturb, opened_on, source, tier, tier_rank, aum, created_at, updated_at)
        select twin.id, (%(number)s + twin.place)::text, c.kind, 'active', c.name, c.pinyin, c.initials, c.branch_id,
               case when twin.place %% 3 = 0 then c.owner_id end,
               case when twin.place %% 3 = 1 then c.id_kind else '' end,
               case when twin.place %% 3 = 1 then c.id_number end, case when twin.place %% 3 = 1 then c.id_index end,
               case when twin.place %% 3 = 1 then c.id_tail end, c.sex,
               case when twin.place %% 3 <> 2 then c.birth_date end, '', c.education, '', 1, false,
               least(c.opened_on + 400, %(today)s::date), c.source, '', -1, 800 + 37 * (twin.place %% 90), %(at)s,
               %(at)s
          from demo_twins twin join customers_customer c on c.id = twin.origin
        """,
        {"number": _TWIN_NUMBER, "today": plan.today, "at": plan.at},
    )
    cursor.execute(
        """
        insert into customers_contactpoint (customer_id, kind, value, value_index, value_tail, is_primary,
               preferred_time, source, updated_at)
        select twin.id, point.kind, point.value, point.value_index, point.value_tail, true, '', point.source, %(at)s
          from demo_twins twin join customers_contactpoint point on point.customer_id = twin.origin
         where point.kind = 'mobile'
        """,
        {"at": plan.at},
    )
    cursor.execute(
        """
        insert into portfolio_currentfigures (customer_id, as_of, aum, aum_average, product_count)
        select id, %(today)s, aum, aum, 1
          from (select id, 800 + 37 * (place %% 90) as aum from demo_twins) held
        """,
        {"today": plan.today},
    )


def share_a_phone(cursor: CursorWrapper, plan: Plan) -> None:
    """Let one agent's telephone stand in many archives of one outlet."""
    cursor.execute(
        """
        with agent as materialized (
            select p.value, p.value_index, p.value_tail, c.branch_id, p.customer_id
              from customers_contactpoint p join customers_customer c on c.id = p.customer_id
             where p.kind = 'mobile' and c.kind = 'person' and c.status = 'active' and length(p.value) > 20
             order by hashtextextended(c.number, %(seed)s + 1) limit 1
        ), sharing as materialized (
            select p.id, agent.value, agent.value_index, agent.value_tail
              from agent
              join customers_customer c on c.branch_id = agent.branch_id and c.id <> agent.customer_id
              join customers_contactpoint p on p.customer_id = c.id
             where p.kind = 'mobile' and c.kind = 'person' and c.status = 'active' and c.tier_rank < 2
             order by hashtextextended(c.number, %(seed)s + 2) limit %(count)s
        )
        update customers_contactpoint point
           set value = sharing.value, value_index = sharing.value_index, value_tail = sharing.value_tail
          from sharing where point.id = sharing.id
        """,
        {"seed": plan.seed, "count": _SHARED_BY},
    )
