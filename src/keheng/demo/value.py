"""What the demo bank knows of companies beyond figures: prospects, fed indicators, the strategic list."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
from django.db.backends.utils import CursorWrapper

from keheng.common.sealing import seal
from keheng.customers.enums import CustomerKind, CustomerStatus, IdentityKind
from keheng.customers.feeds.merge import insert_companies, insert_customers, reserve_ids
from keheng.customers.values.blind import ID_NUMBER
from keheng.demo.documents import credit_codes
from keheng.demo.names import company_names
from keheng.demo.organisation import Organisation
from keheng.demo.plan import Plan, pick, table
from keheng.org.models import Staff
from keheng.tiering.models import StrategicList

_SHARE_OF_PROSPECTS = 0.04
_FIRST_PROSPECT = 9_900_000_001
_SOURCE = "演示数据"


def write_prospects(cursor: CursorWrapper, plan: Plan, organisation: Organisation) -> None:
    """Write target companies: known by name and size, without any business here."""
    count = max(round(plan.companies * _SHARE_OF_PROSPECTS), 12)
    random = plan.random("prospects")
    data = table("companies")
    trades = pick(random, [trade["share"] for trade in data["trades"]], count)
    median = np.array([trade["sales"] for trade in data["trades"]], dtype=float)[trades]
    sales = (np.exp(np.log(median) + 1.6 * random.standard_normal(count)) * 30_000).round(-3)
    ids = reserve_ids(cursor, count)
    codes = seal(pl.Series(credit_codes(random, np.zeros(count, dtype=bool))), ID_NUMBER)
    outlets = organisation.outlets
    frame = company_names(plan.random("prospect names"), trades).with_columns(
        id=ids,
        number=pl.Series(np.arange(_FIRST_PROSPECT, _FIRST_PROSPECT + count)).cast(pl.String),
        kind=pl.lit(CustomerKind.COMPANY.value),
        status=pl.lit(CustomerStatus.ACTIVE.value),
        branch_id=outlets["id"].gather(pick(random, outlets["weight"].to_list(), count)),
        id_kind=pl.lit(IdentityKind.CREDIT_CODE.value),
        id_number=codes.values,
        id_index=codes.indexes,
        id_tail=codes.tails,
    )
    insert_customers(cursor, frame, source=_SOURCE, at=plan.at)
    details = pl.DataFrame(
        {
            "customer_id": ids,
            "industry": pl.Series([trade["industry"] for trade in data["trades"]]).gather(trades),
            "is_borrower": random.random(count) < 0.6,
            "annual_sales": sales,
            "total_assets": (sales * np.exp(0.4 * random.standard_normal(count))).round(-3),
            "credit_target": np.where(random.random(count) < 0.5, (sales * 0.25).round(-5), np.nan),
            "employees": np.maximum(5, sales / 500_000).astype(np.int64),
        }
    )
    insert_companies(cursor, details.with_columns(pl.col("credit_target").fill_nan(None)))


def feed_indicators(cursor: CursorWrapper, plan: Plan, actor: Staff) -> None:
    """Feed what no core system knows, of the companies that people know best; by one statement."""
    cursor.execute(
        _FACTS,
        {"as_of": plan.today - timedelta(days=20), "source": "三季度客户经理走访", "actor": actor.pk, "at": plan.at},
    )


def write_strategic_list(cursor: CursorWrapper, at: datetime, actor: Staff) -> None:
    """Keep the strategic companies of the bank as the list that made them so."""
    made = StrategicList.objects.create(
        number=1,
        file_name="总行战略客户名单.xlsx",
        note="总行下发",
        made_by=actor,
        made_at=at,
        in_force_since=at,
    )
    cursor.execute(_ENTRIES, {"list": made.pk})
    made.groups = made.matched = cursor.rowcount
    made.save()


_FACTS = """
    with drawn as (
        select c.id, c.tier_rank, ('x' || substr(md5(c.id::text || 'value'), 1, 8))::bit(32)::bigint %% 10000 as one,
               ('x' || substr(md5(c.id::text || 'quality'), 1, 8))::bit(32)::bigint %% 10000 as two, c.aum > 0 as here
          from customers_customer c where c.kind = 'company' and c.status <> 'closed')
    insert into tiering_valuefact (customer_id, indicator, value, as_of, source, entered_by_id, entered_at)
    select id, indicator, value, %(as_of)s, %(source)s, %(actor)s, %(at)s
      from drawn cross join lateral (values
           ('wallet_share', case when here and one < 5500 then 5 + (one + two) %% 70 end),
           ('satisfaction', case when one %% 10 < 3 then 60 + two %% 40 end),
           ('executive_vip', case when two %% 10 < 4 then two %% 4 end),
           ('asset_quality', case when here and tier_rank in (1, 3, 4, 5)
                                  then case when two < 8800 then 1 when two < 9600 then 2 else 3 end end)
         ) fact (indicator, value)
     where value is not null
"""

_ENTRIES = """
    insert into tiering_strategicentry (strategic_list_id, row, group_name, name, number, customer_id, flaw)
    select %(list)s, 1 + row_number() over (order by c.id), c.name, c.name, c.number, c.id, ''
      from customers_company company join customers_customer c on c.id = company.customer_id
     where company.is_strategic
"""
