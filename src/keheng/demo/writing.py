"""The invented bank into the tables, by COPY."""

from collections.abc import Callable, Iterator

import numpy as np
import polars as pl
from django.db import models
from django.db.backends.utils import CursorWrapper

from keheng.common.copying import copy_frame
from keheng.common.sealing import seal
from keheng.customers.feeds.merge import insert_companies, insert_contacts, insert_customers
from keheng.customers.models import Customer
from keheng.customers.values.blind import CONTACT, ID_NUMBER
from keheng.demo.blemishes import with_dead_phones, with_gaps
from keheng.demo.documents import account_numbers
from keheng.demo.invention import Group
from keheng.demo.organisation import Organisation
from keheng.demo.plan import Plan, table
from keheng.portfolio.models import Account, CurrentFigures, Holding, MonthEndFigures, Product
from keheng.portfolio.operations import ensure_months

type Report = Callable[[float], None]

SOURCE = "演示数据"
ACCOUNT = "portfolio.account"
_CHUNK = 50_000


def write_products() -> pl.DataFrame:
    """Write the catalogue; return ``product`` (code) and ``product_id``."""
    rows = Product.objects.bulk_create(
        Product(
            code=row["code"],
            name=row["name"],
            kind=row["kind"],
            risk=row.get("risk", ""),
            term_days=row.get("term_days"),
        )
        for row in table("products")
    )
    return pl.DataFrame({"product": [row.code for row in rows], "product_id": [row.pk for row in rows]})


class Writer:
    """Writes groups of customers in the cursor's transaction; ``place`` in their frames becomes a key."""

    def __init__(self, cursor: CursorWrapper, plan: Plan, organisation: Organisation, products: pl.DataFrame) -> None:
        self._cursor, self._plan, self._products = cursor, plan, products
        self._outlets = organisation.outlets["id"].to_numpy()
        self._accounts = 0

    def reserve(self, count: int) -> int:
        """Take ``count`` keys of the customer table; return the first."""
        self._cursor.execute(
            "select setval(pg_get_serial_sequence(%s, 'id'), nextval(pg_get_serial_sequence(%s, 'id')) + %s)",
            [Customer._meta.db_table, Customer._meta.db_table, count - 1],
        )
        return int(self._cursor.fetchone()[0]) - count + 1

    def customers(self, group: Group, first: int, report: Report) -> None:
        """Write the archive, the contact points and, for companies, what is known of them."""
        crowd = group.crowd
        frame = crowd.archive.with_columns(
            id=np.arange(first, first + crowd.count),
            number=pl.Series(np.arange(group.first_number, group.first_number + crowd.count)).cast(pl.String),
            branch_id=self._outlets[crowd.outlet],
            owner_id=group.owner_ids,
            confidentiality=1 + (crowd.rank > 0.97).astype(np.int64) + (crowd.rank > 0.997),
            aum=group.today.figures["aum_average"],
        )
        frame = with_gaps(frame, self._plan, group.title)
        points = with_dead_phones(crowd.contacts, self._plan, group.title).select(
            pl.exclude("place"), customer_id=pl.col("place") + first
        )
        half = frame.height / (frame.height + points.height)
        for part, share in _chunks(frame):
            numbers = seal(part["id_number"], ID_NUMBER)
            sealed = part.with_columns(id_number=numbers.values, id_index=numbers.indexes, id_tail=numbers.tails)
            insert_customers(self._cursor, sealed, source=SOURCE, at=self._plan.at)
            report(half * share)
        for part, share in _chunks(points):
            values = seal(part["value"], CONTACT)
            sealed = part.with_columns(value=values.values, value_index=values.indexes, value_tail=values.tails)
            insert_contacts(self._cursor, sealed, source=SOURCE, at=self._plan.at)
            report(half + (1 - half) * share)
        if group.details is not None:
            insert_companies(self._cursor, group.details.with_columns(customer_id=frame["id"]))

    def contracts(self, group: Group, first: int, report: Report) -> None:
        """Write accounts and holdings."""
        outlets = pl.Series(self._outlets[group.crowd.outlet])
        for part, share in _chunks(group.contracts.accounts):
            numbers = seal(account_numbers(part.height, self._accounts), ACCOUNT)
            accounts = part.join(self._products, on="product", how="left", maintain_order="left").select(
                pl.exclude("place", "product"),
                customer_id=pl.col("place") + first,
                branch_id=outlets.gather(part["place"]),
                number=numbers.values,
                number_index=numbers.indexes,
                number_tail=numbers.tails,
                currency=pl.lit("CNY"),
            )
            self._copy(Account, accounts)
            self._accounts += part.height
            report(share)
        if group.contracts.holdings is not None:
            self._copy(
                Holding,
                group.contracts.holdings.join(self._products, on="product", how="left", maintain_order="left").select(
                    pl.exclude("place", "product"),
                    customer_id=pl.col("place") + first,
                    as_of=pl.lit(self._plan.today),
                ),
            )

    def figures(self, groups: list[tuple[Group, int]], report: Report) -> None:
        """Write the current figures and the month ends."""
        ends = self._plan.month_ends
        ensure_months(ends)
        for place, days in enumerate(zip(*(group.days for group, _ in groups), strict=True)):
            frame = pl.concat(
                day.figures.with_columns(customer_id=np.arange(first, first + day.figures.height))
                for day, (_, first) in zip(days, groups, strict=True)
            )
            if days[0].date == self._plan.today:
                self._copy(CurrentFigures, frame.with_columns(as_of=pl.lit(self._plan.today)))
            if days[0].date in ends:
                present = pl.concat(day.is_here for day in days)
                self._copy(MonthEndFigures, frame.filter(present).with_columns(month_end=pl.lit(days[0].date)))
            report((place + 1) / (len(ends) + 1))

    def _copy(self, model: type[models.Model], frame: pl.DataFrame) -> None:
        copy_frame(self._cursor, model._meta.db_table, frame)


def _chunks(frame: pl.DataFrame) -> Iterator[tuple[pl.DataFrame, float]]:
    """Slices of the frame, each with the share that is done once it is written."""
    done = 0
    for part in frame.iter_slices(_CHUNK):
        done += part.height
        yield part, done / frame.height
