"""The contribution of every customer: weighted percentiles of revenue, volume and AUM (decision 20)."""

from datetime import date

from django.db import connection

from keheng.care.models import Contribution
from keheng.care.queries.rules import contribution_rules
from keheng.portfolio.models import CurrentFigures


def is_stale() -> bool:
    """Tell whether figures or weights are newer than the scores."""
    last = Contribution.objects.order_by("-computed_on").values_list("computed_on", "rules").first()
    if last is None:
        return True
    fed = CurrentFigures.objects.order_by("-as_of").values_list("as_of", flat=True).first()
    return last[1] != contribution_rules().number or (fed is not None and fed > last[0])


def score_contributions(day: date) -> int:
    """Score all customers with some business in one statement; only scores that moved are written. Return how many.

    A percentile is that among the customers who have such business at all; none counts zero. Volume is what moved on
    the accounts in the last known month, else card spend.
    """
    number, rules = contribution_rules()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            with volume as (
                select customer_id, sum(inflow + outflow) as volume from portfolio_monthactivity
                 where month_end = (select max(month_end) from portfolio_monthactivity) group by 1
            ), brought as (
                select f.customer_id, coalesce(f.revenue, 0) as revenue, coalesce(v.volume, f.card_spend, 0) as volume,
                       coalesce(f.aum_average, f.aum, 0) as aum
                  from portfolio_currentfigures f left join volume v using (customer_id)
            ), ranked as (
                select customer_id,
                       case when revenue > 0 then (cume_dist() over (order by revenue)
                            - share_revenue) / nullif(1 - share_revenue, 0) end as revenue,
                       case when volume > 0 then (cume_dist() over (order by volume)
                            - share_volume) / nullif(1 - share_volume, 0) end as volume,
                       case when aum > 0 then (cume_dist() over (order by aum)
                            - share_aum) / nullif(1 - share_aum, 0) end as aum
                  from brought cross join (
                    select avg((revenue <= 0)::int) as share_revenue, avg((volume <= 0)::int) as share_volume,
                           avg((aum <= 0)::int) as share_aum from brought) nothing
            ), scaled as (
                select customer_id, round(1000 * coalesce(revenue, 0))::int as revenue,
                       round(1000 * coalesce(volume, 0))::int as volume, round(1000 * coalesce(aum, 0))::int as aum
                  from ranked where revenue is not null or volume is not null or aum is not null
            )
            insert into care_contribution as known (customer_id, score, revenue, volume, aum, computed_on, rules)
            select customer_id, (%(revenue)s * revenue + %(volume)s * volume + %(aum)s * aum + 50) / 100,
                   revenue, volume, aum, %(day)s, %(number)s
              from scaled
            on conflict (customer_id) do update
               set score = excluded.score, revenue = excluded.revenue, volume = excluded.volume, aum = excluded.aum,
                   computed_on = excluded.computed_on, rules = excluded.rules
             where (known.revenue, known.volume, known.aum, known.score)
                   is distinct from (excluded.revenue, excluded.volume, excluded.aum, excluded.score)
                or known.rules <> excluded.rules
            """,
            {**rules.weights.model_dump(), "day": day, "number": number},
        )
        return int(cursor.rowcount)
