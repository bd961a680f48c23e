"""What a feed says of values that people have set: it does not overwrite them, it becomes a suggestion (A1).

All of it works on sets, in the cursor's transaction. Where nobody has set a value of the chunk's customers, which is
nearly always, it costs one indexed look-up.
"""

from datetime import datetime

import polars as pl
from django.db.backends.utils import CursorWrapper

from keheng.common.copying import staged
from keheng.common.keys import key_ring
from keheng.customers.archive.catalogue import ArchiveField, builtin_fields
from keheng.customers.enums import CustomerKind, Source, SuggestionState
from keheng.customers.models import Suggestion

_PURPOSE = "customers.suggestion"
_COMPANIONS = {"name": ("pinyin", "initials"), "id_number": ("id_index", "id_tail")}  # written with the field
_COMPARED = {"id_number": "id_index"}  # each encryption of a number differs
_TOLD = {"customer_id": pl.Int64, "field": pl.String, "value": pl.String}


def withheld(
    cursor: CursorWrapper, rows: pl.DataFrame, *, table: str, key: str, source: str, at: datetime
) -> pl.DataFrame:
    """Return the rows of a feed without what they say of values that people set; what differs is suggested.

    Args:
        rows: columns of ``table``, and ``key``, the customer.
        source: the code of the feed's profile.
    """
    held = _held(cursor, rows[key], [name for name in rows.columns if name != key])
    if not held.height:
        return rows
    known = {field.code: field for kind in CustomerKind for field in builtin_fields(kind)}
    told, agreed = [pl.DataFrame(schema=_TOLD)], [pl.DataFrame(schema=_TOLD)]
    for (name,), group in held.group_by("field"):
        field = known[str(name)]
        said = rows.filter(pl.col(key).is_in(group["customer_id"].implode()) & pl.col(field.code).is_not_null())
        differing, same = _parted(cursor, said, field, table, key)
        told.append(_as_told(differing, field, key))
        agreed.append(same.select(customer_id=key, field=pl.lit(field.code), value=pl.lit(None, dtype=pl.String)))
        columns = [name for name in (field.code, *_COMPANIONS.get(field.code, ())) if name in rows.columns]
        mine = pl.col(key).is_in(group["customer_id"].implode())
        rows = rows.with_columns(pl.when(~mine).then(pl.col(column)).alias(column) for column in columns)
    _suggest(cursor, pl.concat([*told, *agreed]), source=source, at=at)
    return rows


def withheld_contacts(cursor: CursorWrapper, rows: pl.DataFrame, *, source: str, at: datetime) -> pl.DataFrame:
    """The same for contact points: where people set those of a kind, a new one is suggested, not added.

    Args:
        rows: as of :func:`~keheng.customers.feeds.merge.merge_contacts`.
    """
    held = _held(cursor, rows["customer_id"], rows["kind"].unique().to_list())
    if not held.height:
        return rows
    pairs = held.rename({"field": "kind"})
    said = rows.join(pairs, on=["customer_id", "kind"])
    cursor.execute(
        "select customer_id, kind, value_index from customers_contactpoint where customer_id = any(%s)",
        [said["customer_id"].unique().to_list()],
    )
    present = pl.DataFrame(
        [(customer, kind, bytes(index)) for customer, kind, index in cursor.fetchall()],
        schema={"customer_id": pl.Int64, "kind": pl.String, "value_index": pl.Binary},
        orient="row",
    )
    differing = said.join(present, on=["customer_id", "kind", "value_index"], how="anti")
    values = [key_ring().decrypt(value, "customers.contact") for value in differing["value"]]
    told = differing.select("customer_id", field="kind").with_columns(value=pl.Series(values, dtype=pl.String))
    _suggest(cursor, told, source=source, at=at)
    return rows.join(pairs, on=["customer_id", "kind"], how="anti")


def _held(cursor: CursorWrapper, customers: pl.Series, fields: list[str]) -> pl.DataFrame:
    """Which of the fields people have set, by customer."""
    cursor.execute(
        "select customer_id, field from customers_provenance where customer_id = any(%s) and field = any(%s)",
        [customers.unique().to_list(), fields],
    )
    return pl.DataFrame(cursor.fetchall(), schema={"customer_id": pl.Int64, "field": pl.String}, orient="row")


def _parted(
    cursor: CursorWrapper, said: pl.DataFrame, field: ArchiveField, table: str, key: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the rows into those that say something else than the archive and those that say the same."""
    column = _COMPARED.get(field.code, field.code)
    with staged(cursor, said.select(key, column), table, key=key) as stage:
        cursor.execute(
            f"select present.{key} from {table} present join {stage} stage using ({key}) "
            f"where present.{column} is distinct from stage.{column}"
        )
        keys = pl.Series([row[0] for row in cursor.fetchall()], dtype=pl.Int64).implode()
    return said.filter(pl.col(key).is_in(keys)), said.filter(~pl.col(key).is_in(keys))


def _as_told(rows: pl.DataFrame, field: ArchiveField, key: str) -> pl.DataFrame:
    """The values as suggestions keep them: one text each."""
    values = rows[field.code].to_list()
    if field.is_sealed:
        values = [key_ring().decrypt(value, f"customers.{field.code}") for value in values]
    texts = [field.encode(field.clean(value)) for value in values]
    return rows.select(customer_id=key, field=pl.lit(field.code)).with_columns(value=pl.Series(texts, dtype=pl.String))


def _suggest(cursor: CursorWrapper, told: pl.DataFrame, *, source: str, at: datetime) -> None:
    """Keep what the feed says now as open suggestions, once; what it said before and no more is overtaken.

    Args:
        told: ``customer_id``, ``field``, ``value``; a null value: the feed agrees with the archive.
    """
    ring = key_ring()
    texts = told["value"].to_list()
    frame = told.with_columns(
        value=pl.Series(ring.encrypt_many(texts, _PURPOSE), dtype=pl.Binary),
        value_key=pl.Series(ring.blind_index_many(texts, _PURPOSE), dtype=pl.Binary),
    )
    with staged(cursor, frame, Suggestion._meta.db_table, key="customer_id") as stage:
        cursor.execute(
            f"""
            update customers_suggestion old set state = %s, decided_at = %s
              from {stage} stage
             where (old.customer_id, old.field) = (stage.customer_id, stage.field)
               and old.state = %s and old.source = %s and old.value_key is distinct from stage.value_key
            """,
            [SuggestionState.SUPERSEDED, at, SuggestionState.OPEN, Source.FEED],
        )
        cursor.execute(
            f"""
            insert into customers_suggestion (customer_id, field, value, value_key, source, "by", note, at, state)
            select stage.customer_id, stage.field, stage.value, stage.value_key, %s, %s, '', %s, %s
              from {stage} stage
             where stage.value is not null
               and not exists (select from customers_suggestion old
                                where (old.customer_id, old.field) = (stage.customer_id, stage.field)
                                  and old.state = %s and old.source = %s and old.value_key = stage.value_key)
            on conflict do nothing
            """,
            [Source.FEED, source, at, SuggestionState.OPEN, SuggestionState.REJECTED, Source.FEED],
        )
