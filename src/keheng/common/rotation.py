"""Encrypt again, under the current key, what still stands under an older one."""

from collections.abc import Callable, Iterator
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import connection, transaction

from keheng.common.crypto import KeyRing
from keheng.common.fields import EncryptedField


def reencrypt(ring: KeyRing, *, progress: Callable[[str, int], None] | None = None) -> dict[str, int]:
    """Bring every encrypted column, history included, to the ring's current key; safe to stop and run again.

    It changes no meaning, so it leaves no trace in the history of the rows.

    Args:
        ring: must open all values; its current key closes them.
        progress: told ``("customers_customer.id_number", rows so far)`` after every batch.

    Returns:
        How many values of each column were written again.
    """
    counts: dict[str, int] = {}
    for table, key, field in encrypted_columns():
        column = f"{table}.{field.column}"
        counts[column] = 0
        for done in _batches(ring, table, key, field):
            counts[column] += done
            if progress:
                progress(column, counts[column])
    return counts


def encrypted_columns() -> Iterator[tuple[str, str, EncryptedField[Any]]]:
    """Table, key column and field of every encrypted value."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, EncryptedField):
                yield model._meta.db_table, str(model._meta.pk.column), field


def _batches(ring: KeyRing, table: str, key: str, field: EncryptedField[Any]) -> Iterator[int]:
    """Walk the table once by its key, a transaction a batch."""
    last, column = 0, field.column
    while True:
        with transaction.atomic(), connection.cursor() as cursor, pgtrigger.ignore():
            cursor.execute(
                f'select "{key}", "{column}" from "{table}" where "{key}" > %s and get_byte("{column}", 0) <> %s '
                f'order by "{key}" limit {field.rows_at_once} for update',
                [last, ring.current],
            )
            rows = cursor.fetchall()
            if not rows:
                return
            fresh = [ring.seal(ring.unseal(bytes(stored), field.purpose), field.purpose) for _key, stored in rows]
            cursor.execute(
                f'update "{table}" set "{column}" = fresh.value '
                f'from unnest(%s::bigint[], %s::bytea[]) as fresh(key, value) where "{table}"."{key}" = fresh.key',
                [[row_key for row_key, _stored in rows], fresh],
            )
        last = rows[-1][0]
        yield len(rows)
