"""The figures of a customer group in a month, and the words that its analysis begins with (A4 [002] 5.4)."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from keheng.common.clock import month_end, month_ends
from keheng.common.money import in_wan
from keheng.customers.models import Customer
from keheng.org.models import Staff
from keheng.ui.templatetags.keheng import count, plain_signed_percent

NAMED = 5
_AMOUNTS = ("aum", "deposits", "wealth", "funds", "inflow", "outflow")


def group_figures(staff: Staff, month: date) -> dict[str, Any]:
    """What the customers of somebody did in a month against the month before: counts, sums, the largest movers.

    Amounts are whole CNY; ``falls`` and ``rises`` hold keys of customers and amounts, names are looked up when shown.
    Lost: under a tenth of the highest of the six months before (decision 18), or closed. Two statements.
    """
    end, before = month_end(month), month.replace(day=1)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            with own as (select id from customers_customer where owner_id = %(staff)s),
            sums as (
                select f.month_end, count(*) as customers, sum(coalesce(f.aum_average, f.aum, 0)) as aum,
                       sum(f.deposits) as deposits, sum(f.wealth) as wealth, sum(f.funds) as funds,
                       sum(f.product_count) as products, sum(f.lots) as lots
                  from portfolio_monthendfigures f join own on own.id = f.customer_id
                 where f.month_end in (%(end)s, %(last)s) group by 1
            )
            select month_end = %(end)s, customers, aum::bigint, deposits::bigint, wealth::bigint, funds::bigint,
                   products, lots from sums
            """,
            {"staff": staff.pk, "end": end, "last": _last_end(before)},
        )
        names = ("customers", "aum", "deposits", "wealth", "funds", "products", "lots")
        held = {row[0]: dict(zip(names, (int(value or 0) for value in row[1:]), strict=True)) for row in cursor}
        cursor.execute(
            """
            with own as (select id, status from customers_customer where owner_id = %(staff)s),
            moved as (
                select own.id, own.status, coalesce(now.aum_average, now.aum, 0) as aum,
                       coalesce(was.aum_average, was.aum, 0) as before,
                       (select max(coalesce(p.aum_average, p.aum)) from portfolio_monthendfigures p
                         where p.customer_id = own.id and p.month_end = any(%(six)s)) as peak
                  from own left join portfolio_monthendfigures now on now.customer_id = own.id
                                                                   and now.month_end = %(end)s
                  left join portfolio_monthendfigures was on was.customer_id = own.id and was.month_end = %(last)s
            )
            select (select json_agg(json_build_array(id, (aum - before)::bigint)) from
                      (select * from moved where aum < before order by aum - before limit %(named)s) f),
                   (select json_agg(json_build_array(id, (aum - before)::bigint)) from
                      (select * from moved where aum > before order by before - aum limit %(named)s) r),
                   count(*) filter (where peak > 0 and aum < peak / 10 and before >= peak / 10),
                   count(*) filter (where before = 0 and aum > 0),
                   (select json_build_array(coalesce(sum(inflow), 0)::bigint, coalesce(sum(outflow), 0)::bigint,
                                            coalesce(sum(own_transactions), 0)::bigint)
                      from portfolio_monthactivity a join own on own.id = a.customer_id where a.month_end = %(end)s),
                   (select count(distinct customer_id) from care_contact c
                     where c.staff_id = %(staff)s and c.counts and c.withdrawn_at is null
                       and c.at >= %(begin)s::timestamp at time zone 'Asia/Shanghai'
                       and c.at < (%(end)s::date + 1)::timestamp at time zone 'Asia/Shanghai'),
                   (select count(*) from customers_customer where owner_id = %(staff)s and opened_on between %(begin)s
                       and %(end)s)
              from moved
            """,
            {
                "staff": staff.pk,
                "end": end,
                "last": _last_end(before),
                "six": month_ends(_last_end(before), 6),
                "begin": before,
                "named": NAMED,
            },
        )
        falls, rises, lost, returned, flows, reached, opened = cursor.fetchone()
    none = dict.fromkeys(names, 0)
    inflow, outflow, trades = flows or (0, 0, 0)
    return {
        "now": held.get(True, none),
        "before": held.get(False, none),
        "falls": falls or [],
        "rises": rises or [],
        "lost": lost,
        "returned": returned,
        "opened": opened,
        "inflow": inflow,
        "outflow": outflow,
        "trades": trades,
        "reached": reached,
    }


def draft_sections(figures: Mapping[str, Any]) -> dict[str, str]:
    """The sections as they begin: sentences of the figures. Causes, lessons and what changes are the writer's."""
    now, before = figures["now"], figures["before"]
    names = names_of(figures)
    return {
        "funds": _("AUM (month average) %(aum)s, %(change)s on the month before; deposits %(deposits)s.")
        % {
            "aum": in_wan(now["aum"]),
            "change": plain_signed_percent(_ratio(now["aum"], before["aum"])),
            "deposits": in_wan(now["deposits"]),
        }
        + " "
        + _("In %(inflow)s, out %(outflow)s.")
        % {"inflow": in_wan(figures["inflow"]), "outflow": in_wan(figures["outflow"])},
        "trades": _("%(trades)s movements by customers themselves; %(lots)s lots.")
        % {"trades": count(figures["trades"]), "lots": count(now["lots"])},
        "holdings": _(
            "Wealth products %(wealth)s (%(wealth_change)s), funds and securities %(funds)s (%(funds_change)s)."
        )
        % {
            "wealth": in_wan(now["wealth"]),
            "wealth_change": plain_signed_percent(_ratio(now["wealth"], before["wealth"])),
            "funds": in_wan(now["funds"]),
            "funds_change": plain_signed_percent(_ratio(now["funds"], before["funds"])),
        },
        "churn": _("%(customers)s customers; %(opened)d new, %(lost)d lost, %(returned)d came back.")
        % {**figures, "customers": count(now["customers"])},
        "causes": "\n".join(
            [
                *_moves(_("Fell most"), figures["falls"], names),
                *_moves(_("Rose most"), figures["rises"], names),
            ]
        ),
        "lessons": _("%(reached)d customers were reached.") % figures,
        "ahead": "",
    }


def names_of(figures: Mapping[str, Any]) -> dict[int, str]:
    """The names of the customers that figures point to; one query."""
    keys = [key for key, _amount in [*figures["falls"], *figures["rises"]]]
    return dict(Customer.objects.filter(pk__in=keys).values_list("pk", "name"))


def _moves(head: str, moves: Sequence[tuple[int, int]], names: Mapping[int, str]) -> list[str]:
    told = "、".join(f"{names[key]} {in_wan(amount)}" for key, amount in moves if key in names)
    return [f"{head}{_(': ')}{told}"] if told else []


def _ratio(now: int, before: int) -> Decimal | None:
    return Decimal(now - before) / before if before else None


def _last_end(first: date) -> date:
    return month_end(date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1))
