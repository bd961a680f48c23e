"""Customers in bulk: rows of a feed become new customers, or change known ones where they differ.

Every function works on frames whose columns are columns of the tables, in the cursor's transaction, set by set. A null
in a frame says "unknown": it never erases. A row that tells nothing new is not written. New customers are copied
straight into their tables; known ones go through a temporary table. What people have set stays: there, rows become
suggestions (``withholding``). Callers check permission and keep the trail.
"""

from collections.abc import Sequence
from datetime import datetime

import polars as pl
from django.db import models
from django.db.backends.utils import CursorWrapper

from keheng.common.copying import copy_frame, staged
from keheng.customers.feeds.withholding import withheld, withheld_contacts
from keheng.customers.models import Company, ContactPoint, Customer
from keheng.customers.operations.reviews import open_reviews

TABLES = tuple(model._meta.db_table for model in (Customer, ContactPoint, Company))
_SEALED = {"id_number", "id_index", "id_tail"}  # compared by the index: each encryption of a number differs


def known_customers(cursor: CursorWrapper, numbers: pl.Series) -> pl.DataFrame:
    """Return ``number`` and ``customer_id`` of those numbers that customers have, or had before a merge."""
    cursor.execute(
        """
        select number, id from customers_customer where number = any(%(numbers)s)
        union all select number, customer_id from customers_numberalias where number = any(%(numbers)s)
        """,
        {"numbers": numbers.to_list()},
    )
    return pl.DataFrame(cursor.fetchall(), schema={"number": pl.String, "customer_id": pl.Int64}, orient="row")


def united_customers(cursor: CursorWrapper) -> pl.DataFrame:
    """Return ``customer_id``, ``number`` and ``present`` (the number it bears now) of customers made one by a merge.

    The core system goes on delivering a row for each of their numbers.
    """
    cursor.execute(
        """
        select alias.customer_id, alias.number, customer.number
          from customers_numberalias alias join customers_customer customer on customer.id = alias.customer_id
        union select customer.id, customer.number, customer.number
          from customers_numberalias alias join customers_customer customer on customer.id = alias.customer_id
        """
    )
    schema = {"customer_id": pl.Int64, "number": pl.String, "present": pl.String}
    return pl.DataFrame(cursor.fetchall(), schema=schema, orient="row")


def reserve_ids(cursor: CursorWrapper, count: int) -> pl.Series:
    """Draw ids for new customers."""
    cursor.execute("select pg_get_serial_sequence('customers_customer', 'id')")
    sequence = cursor.fetchone()[0]
    cursor.execute("select array_agg(nextval(%s::regclass)) from generate_series(1, %s)", [sequence, count])
    return pl.Series("id", cursor.fetchone()[0], dtype=pl.Int64)


def insert_customers(cursor: CursorWrapper, rows: pl.DataFrame, *, source: str, at: datetime) -> None:
    """Copy new customers in. ``id``, ``number``, ``kind``, ``name`` and ``branch_id`` are needed in every row."""
    stamped = rows.with_columns(pl.lit(source).alias("source"), *_stamps(at, "created_at", "updated_at"))
    copy_frame(cursor, "customers_customer", _completed(stamped, Customer))


def update_customers(cursor: CursorWrapper, rows: pl.DataFrame, *, source: str, at: datetime) -> list[int]:
    """Bring known customers (``id``) to what the rows say; return the ids of those that changed."""
    rows = rows.drop("number", strict=False)
    rows = withheld(cursor, rows, table="customers_customer", key="id", source=source, at=at)
    fields = [name for name in rows.columns if name not in {"id", *_SEALED}]
    pairs = [(f"coalesce(stage.{name}, customer.{name})", f"customer.{name}") for name in fields]
    sets = [f"{name} = coalesce(stage.{name}, customer.{name})" for name in fields]
    if "id_index" in rows.columns:
        pairs.append(("coalesce(stage.id_index, customer.id_index)", "customer.id_index"))
        new = "stage.id_index is not null and stage.id_index is distinct from customer.id_index"
        sets += [f"{name} = case when {new} then stage.{name} else customer.{name} end" for name in sorted(_SEALED)]
    if not pairs:
        return []
    with staged(cursor, rows, "customers_customer", key="id") as stage:
        cursor.execute(
            f"""
            update customers_customer customer set {", ".join(sets)}, updated_at = %s
              from {stage} stage
             where stage.id = customer.id
               and ({", ".join(new for new, _ in pairs)}) is distinct from ({", ".join(old for _, old in pairs)})
            returning customer.id
            """,
            [at],
        )
        return _ids(cursor)


def insert_contacts(cursor: CursorWrapper, rows: pl.DataFrame, *, source: str, at: datetime) -> None:
    """Copy contact points of new customers in; columns as of :func:`merge_contacts`."""
    stamped = rows.sort("customer_id", "kind").with_columns(pl.lit(source).alias("source"), *_stamps(at, "updated_at"))
    copy_frame(cursor, "customers_contactpoint", _completed(stamped, ContactPoint))


def merge_contacts(cursor: CursorWrapper, rows: pl.DataFrame, *, source: str, at: datetime) -> list[int]:
    """Add contact points that known customers do not have yet; return the ids of the customers that got one.

    A new value becomes the first choice of its kind; the earlier ones stay, as further choices. A value that the
    customer has already is left as people have set it.

    Args:
        rows: ``customer_id``, ``kind``, ``value``, ``value_index``, ``value_tail``.
    """
    rows = withheld_contacts(cursor, rows, source=source, at=at)
    with staged(cursor, rows, "customers_contactpoint", key="customer_id") as stage:
        cursor.execute(
            f"""
            delete from {stage} stage using customers_contactpoint point
             where (point.customer_id, point.kind, point.value_index)
                   = (stage.customer_id, stage.kind, stage.value_index)
            """
        )
        cursor.execute(
            f"""
            update customers_contactpoint point set is_primary = false, updated_at = %s
              from {stage} stage
             where (point.customer_id, point.kind) = (stage.customer_id, stage.kind) and point.is_primary
            """,
            [at],
        )
        cursor.execute(
            f"""
            insert into customers_contactpoint
                   (customer_id, kind, value, value_index, value_tail, is_primary, preferred_time, source, updated_at)
            select customer_id, kind, value, value_index, value_tail, true, '', %s, %s from {stage}
            returning customer_id
            """,
            [source, at],
        )
        changed = _ids(cursor)
    open_reviews(trigger="contact", customer_ids=changed, at=at)
    return changed


def insert_companies(cursor: CursorWrapper, rows: pl.DataFrame) -> None:
    """Copy what is known of new companies in (``customer_id`` and any columns of ``Company``)."""
    copy_frame(cursor, "customers_company", _completed(rows, Company))


def merge_companies(cursor: CursorWrapper, rows: pl.DataFrame, *, source: str, at: datetime) -> list[int]:
    """Bring known companies (``customer_id``) to what the rows say; return the ids of those that changed."""
    rows = withheld(cursor, rows, table="customers_company", key="customer_id", source=source, at=at)
    fields = [name for name in rows.columns if name != "customer_id"]
    if not fields:
        return []
    with staged(cursor, rows, "customers_company", key="customer_id") as stage:
        cursor.execute(
            f"""
            update customers_company company
               set {", ".join(f"{name} = coalesce(stage.{name}, company.{name})" for name in fields)}
              from {stage} stage
             where stage.customer_id = company.customer_id
               and ({", ".join(f"coalesce(stage.{name}, company.{name})" for name in fields)})
                   is distinct from ({", ".join(f"company.{name}" for name in fields)})
            returning company.customer_id
            """
        )
        return _ids(cursor)


def _stamps(at: datetime, *names: str) -> Sequence[pl.Expr]:
    text = pl.lit(at.isoformat())  # written once, not formatted row by row
    return [text.alias(name) for name in names]


def _completed(rows: pl.DataFrame, model: type[models.Model]) -> pl.DataFrame:
    """Fill what the rows leave open with the defaults of the model's fields."""
    for field in model._meta.concrete_fields:
        if field.primary_key or field.null or field.has_db_default():
            continue
        default = field.get_default()
        if default is None:
            continue
        if field.column not in rows.columns:
            rows = rows.with_columns(pl.lit(default).alias(str(field.column)))
        elif rows[field.column].has_nulls():
            rows = rows.with_columns(pl.col(field.column).fill_null(pl.lit(default)))
    return rows


def _ids(cursor: CursorWrapper) -> list[int]:
    return [row[0] for row in cursor.fetchall()]
