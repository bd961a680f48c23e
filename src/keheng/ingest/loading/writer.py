"""One checked chunk after the other into the tables, in the transaction of the load."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

import polars as pl
from django.db.backends.utils import CursorWrapper

from keheng.common.copying import copy_frame
from keheng.customers.feeds import merge as customers
from keheng.ingest.checking.rows import Checked
from keheng.ingest.checking.sheet import Reject
from keheng.ingest.faults import row_sentences
from keheng.ingest.loading import united
from keheng.ingest.profiles.model import Profile
from keheng.ingest.reading import ROW
from keheng.portfolio import merge as portfolio

_NEW = "ingest_new"


class Writer:
    """Writes chunks and counts what became of their rows."""

    def __init__(
        self, cursor: CursorWrapper, profile: Profile, *, branch_id: int, fields: Mapping[str, str], at: datetime
    ) -> None:
        """Prepare for one load.

        Args:
            branch_id: of new customers whose row does not say.
            fields: field → heading of the file.
            at: stamped on every customer that is new or changes.
        """
        self._cursor = cursor
        self._profile = profile
        self._branch_id = branch_id
        self._fields = fields
        self._at = at
        self._held: dict[str, Decimal] = {}
        self._created = self._updated = self._unchanged = 0
        self._united = customers.united_customers(cursor)
        self._waiting: list[Checked] = []
        self.older: dict[str, Decimal] = {}
        self.alone = False
        """Set where the tables held no customer and let nobody else in: every row is a new one."""
        cursor.execute(f"create temporary table {_NEW} (customer_id bigint) on commit drop")

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many customers were new, changed, unchanged."""
        return self._created, self._updated, self._unchanged

    def share_of_new(self, checked: Checked) -> float:
        """Which part of a chunk's rows are new customers."""
        return 1 - self._known(checked).height / checked.archive.height if checked.archive.height else 0.0

    def write(self, checked: Checked) -> list[Reject]:
        """Write one chunk; return the rows that only the tables could tell to be wrong.

        Rows of customers who bear several numbers wait for :meth:`finish`.
        """
        known = self._known(checked)
        new = checked.archive.join(known, on="number", how="anti", maintain_order="left")
        rejects = []
        if "name" in new.columns:
            self._insert(checked, new)
        else:
            rejects = [self._unknown(row, number) for row, number in new.select(ROW, "number").iter_rows()]
        several = known.join(self._united, on="number", how="semi")
        if several.height:
            self._waiting.append(united.part_of(checked, several["number"]))
            known = known.join(several, on="number", how="anti")
        if known.height:
            self._merge(checked, known)
        return rejects

    def finish(self) -> None:
        """Write the customers who bear several numbers, each as one, now that all of their rows are there."""
        if not self._waiting:
            return
        rows = sum(part.archive.height for part in self._waiting)
        known = self._united.select(pl.col("present").alias("number"), "customer_id").unique()
        one = united.as_one(self._waiting, self._united)
        known = known.join(one.archive.select("number"), on="number", how="semi")
        self._merge(one, known)
        for name, amount in united.left_out(self._waiting, one).items():
            self.older[name] = self.older.get(name, Decimal(0)) + amount
        self._unchanged += rows - known.height
        self._waiting = []

    def held(self, fields: list[str]) -> Mapping[str, Decimal]:
        """What the tables now hold of the stated figures."""
        if not fields:
            return {}
        new = portfolio.sums_of(self._cursor, fields, among=self._new_ones())
        return {name: new[name] + self._held.get(name, Decimal(0)) for name in fields}

    def count(self) -> int:
        """How many of the customers of the file the tables now have."""
        among = self._new_ones()
        where = f"where id in ({among})" if among else ""
        self._cursor.execute(f"select count(*) from customers_customer {where}")
        new: int = self._cursor.fetchone()[0]
        return new + self._updated + self._unchanged

    def _new_ones(self) -> str:
        """A query of the keys of the new customers; empty: all there are."""
        if self.alone:
            return ""
        self._cursor.execute(f"analyze {_NEW}")  # the planner must know how many they are
        return f"select customer_id from {_NEW}"

    def _known(self, checked: Checked) -> pl.DataFrame:
        numbers = checked.archive["number"]
        return customers.known_customers(self._cursor, numbers.clear() if self.alone else numbers)

    def _insert(self, checked: Checked, rows: pl.DataFrame) -> None:
        if not rows.height:
            return
        rows = rows.drop(ROW).with_columns(
            customers.reserve_ids(self._cursor, rows.height),
            _filled(rows, "kind", self._profile.kind, pl.String),
            _filled(rows, "branch_id", self._branch_id, pl.Int64),
        )
        ids = rows.select("number", pl.col("id").alias("customer_id"))
        figures = ids.join(checked.figures, on="number", how="left", maintain_order="left").drop("number")
        customers.insert_customers(
            self._cursor,
            rows.with_columns(portfolio.headline(figures)),
            source=self._profile.code,
            at=self._at,
        )
        contacts = checked.contacts.join(ids, on="number").drop("number")
        if contacts.height:
            customers.insert_contacts(self._cursor, contacts, source=self._profile.code, at=self._at)
        companies = checked.companies.join(ids, on="number").drop("number")
        if companies.height:
            customers.insert_companies(self._cursor, companies)
        if checked.figures.height:
            portfolio.insert_figures(self._cursor, figures)
        if not self.alone:
            copy_frame(self._cursor, _NEW, ids.select("customer_id"))
        self._created += rows.height

    def _merge(self, checked: Checked, known: pl.DataFrame) -> None:
        changed: set[int] = set()
        current = known
        if checked.figures.height:
            figures = checked.figures.join(known, on="number").drop("number")
            dates = portfolio.figure_dates(self._cursor, known["customer_id"])
            older = figures.join(dates, on="customer_id").filter(pl.col("as_of") < pl.col("known_as_of"))
            current = known.join(older, on="customer_id", how="anti")
            merged = portfolio.merge_figures(self._cursor, figures, at=self._at)
            changed |= merged.changed
            for sums, more in ((self._held, merged.held), (self.older, merged.older)):
                sums.update({name: sums.get(name, Decimal(0)) + amount for name, amount in more.items()})
        archive = checked.archive.drop(ROW).join(current, on="number").rename({"customer_id": "id"})
        changed.update(customers.update_customers(self._cursor, archive, source=self._profile.code, at=self._at))
        contacts = checked.contacts.join(current, on="number").drop("number")
        if contacts.height:
            changed.update(customers.merge_contacts(self._cursor, contacts, source=self._profile.code, at=self._at))
        companies = checked.companies.join(current, on="number").drop("number")
        if companies.height:
            changed.update(customers.merge_companies(self._cursor, companies, source=self._profile.code, at=self._at))
        self._updated += len(changed)
        self._unchanged += known.height - len(changed)

    def _unknown(self, row: int, number: str) -> Reject:
        return Reject(row, self._fields["number"], number, *row_sentences("unknown_customer", {}))


def _filled(rows: pl.DataFrame, name: str, default: str | int, kind: type[pl.DataType]) -> pl.Expr:
    present = pl.col(name) if name in rows.columns else pl.lit(None, dtype=kind)
    return present.fill_null(pl.lit(default, dtype=kind)).alias(name)
