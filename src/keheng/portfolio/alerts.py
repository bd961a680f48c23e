"""Files of large movements and corporate actions: what the core and the trading system tell each day (A4, A16)."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import polars as pl
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from keheng.common.copying import staged
from keheng.portfolio.enums import ActionKind
from keheng.portfolio.models import CorporateAction, Product

MOVEMENTS = ("customer_number", "day", "inflow", "outflow")


@transaction.atomic
def record_movements(rows: pl.DataFrame) -> int:
    """Take in the movements of days, one row a customer and day; what is known of a day is replaced.

    Args:
        rows: the columns of :data:`MOVEMENTS`.

    Returns:
        how many rows found their customer.

    Raises:
        ValidationError: a column is missing, or an amount is negative.
    """
    if missing := [name for name in MOVEMENTS if name not in rows.columns]:
        raise ValidationError(_("The file lacks the columns %(names)s.") % {"names": ", ".join(missing)})
    ready = rows.select(
        pl.col("customer_number").cast(pl.String),
        pl.col("day").cast(pl.Date),
        pl.col("inflow").cast(pl.Decimal(18, 2)).fill_null(Decimal(0)),
        pl.col("outflow").cast(pl.Decimal(18, 2)).fill_null(Decimal(0)),
    ).unique(["customer_number", "day"], keep="last")
    if ready.filter((pl.col("inflow") < 0) | (pl.col("outflow") < 0)).height:
        raise ValidationError(_("An amount is negative; inflow and outflow are told apart by their columns."))
    like = "(select ''::text as customer_number, day, inflow, outflow from portfolio_daymovement) one"
    with connection.cursor() as cursor, staged(cursor, ready, like, key="customer_number") as stage:
        cursor.execute(
            f"""
            insert into portfolio_daymovement as known (customer_id, day, inflow, outflow)
            select customer.id, stage.day, stage.inflow, stage.outflow
              from {stage} stage join customers_customer customer on customer.number = stage.customer_number
            on conflict (day, customer_id) do update set inflow = excluded.inflow, outflow = excluded.outflow
            """
        )
        return int(cursor.rowcount)


@transaction.atomic
def record_actions(rows: Iterable[tuple[str, str, date, str]]) -> int:
    """Take in corporate actions: code of the product, kind, day, terms. Known ones keep their row; return how many.

    Raises:
        ValidationError: an unknown product or kind, by the number of its row.
    """
    products = dict(Product.objects.values_list("code", "pk"))
    made = []
    for number, (code, kind, acts_by, terms) in enumerate(rows, start=1):
        if code not in products or kind not in ActionKind.values:
            raise ValidationError(
                _("Row %(number)s: the product %(code)s or the kind %(kind)s is unknown.")
                % {"number": number, "code": code, "kind": kind}
            )
        made.append(CorporateAction(product_id=products[code], kind=kind, acts_by=acts_by, terms=terms))
    CorporateAction.objects.bulk_create(
        made, update_conflicts=True, unique_fields=["product", "kind", "acts_by"], update_fields=["terms"]
    )
    return len(made)
