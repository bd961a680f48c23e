"""Forms of the archive in the demo: who took a pushed report up, who has left and is followed up (A1, A5, A8)."""

from django.db.backends.utils import CursorWrapper

from keheng.customers.models import LossContact, LossFile, PushFeedback
from keheng.demo.plan import Plan, table

TABLES = [model._meta.db_table for model in (PushFeedback, LossFile, LossContact)]


def write_losses(cursor: CursorWrapper, plan: Plan) -> None:
    """Write the forms, each table by one statement; part of the build."""
    words = {"at": plan.at, "today": plan.today, "seed": plan.seed, **table("archives")["papers"]}
    cursor.execute(
        """
        insert into customers_pushfeedback
               (customer_id, note, changed_by_id, changed_at, report, pushed_on, channel, acceptance, traded)
        select id, '', owner_id, %(at)s, (%(reports)s::text[])[1 + lot %% cardinality(%(reports)s::text[])],
               %(today)s::date - (lot %% 40)::int,
               (%(channels)s::text[])[1 + lot / 7 %% cardinality(%(channels)s::text[])],
               (%(acceptance)s::text[])[1 + lot / 3 %% cardinality(%(acceptance)s::text[])],
               case when lot / 3 %% cardinality(%(acceptance)s::text[]) = 0 then round(aum / 20, -3) end
          from (select *, abs(hashtextextended(number, %(seed)s) %% 1000003)::int as lot from customers_customer) c
         where kind = 'person' and status = 'active' and owner_id is not null and aum >= 500000 and lot %% 3 = 0
        """,
        words,
    )
    cursor.execute(
        """
        with gone as (
            insert into customers_lossfile
                   (customer_id, note, changed_by_id, changed_at, lost_on, assets, tier, server_id, cause, reason)
            select id, '', coalesce(owner_id, (select min(id) from org_staff)), %(at)s,
                   %(today)s::date - (20 + lot %% 200)::int, 100000 + lot %% 90 * 10000, 'T3', owner_id,
                   case when lot %% cardinality(%(reasons)s::text[]) = 0 then 'subjective' else 'objective' end,
                   (%(reasons)s::text[])[1 + lot %% cardinality(%(reasons)s::text[])]
              from (select *, abs(hashtextextended(number, %(seed)s) %% 1000003)::int as lot from customers_customer) c
             where kind = 'person' and status = 'closed'
             order by id limit 40
            returning id, customer_id, changed_by_id, lost_on
        )
        insert into customers_losscontact
               (customer_id, note, changed_by_id, changed_at, file_id, contacted_on, staff_id, content, reaction)
        select customer_id, '', changed_by_id, %(at)s, id, lost_on + 10, changed_by_id,
               (%(contents)s::text[])[1 + id %% cardinality(%(contents)s::text[])],
               (%(reactions)s::text[])[1 + id %% cardinality(%(reactions)s::text[])]
          from gone
        """,
        words,
    )
