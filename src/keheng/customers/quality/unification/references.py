"""Which columns point to a table: found in the models (also keys that the database does not check), not listed by hand;
and which unique indexes a column belongs to: found in the database, conditions and expressions included."""

from collections.abc import Iterator
from dataclasses import dataclass

import pghistory.models
from django.apps import apps
from django.db import connection, models


@dataclass(frozen=True)
class Reference:
    """A column that points to rows of another model."""

    model: type[models.Model]
    column: str

    @property
    def table(self) -> str:
        return self.model._meta.db_table


@dataclass(frozen=True)
class UniqueIndex:
    """What may be there but once: key expressions, and the condition for rows to which it applies."""

    keys: tuple[str, ...]
    condition: str
    nulls_clash: bool


def references_to(target: type[models.Model]) -> Iterator[Reference]:
    """Every foreign key to ``target``, many-to-many tables included; the history keeps its rows as they were."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed or issubclass(model, pghistory.models.Event):
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey) and field.related_model is target:
                yield Reference(model, field.column)


def unique_indexes(table: str, column: str) -> list[UniqueIndex]:
    """The unique indexes of a table that have the column among their keys."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select array(select pg_get_indexdef(indexrelid, place, true) from generate_series(1, indnkeyatts) place),
                   pg_get_expr(indpred, indrelid), indnullsnotdistinct
              from pg_index where indrelid = %s::regclass and indisunique and not indisexclusion
            """,
            [table],
        )
        found = [UniqueIndex(tuple(keys), condition or "true", nulls) for keys, condition, nulls in cursor.fetchall()]
    return [index for index in found if column in {key.strip('"') for key in index.keys}]


def key_columns(model: type[models.Model]) -> list[str]:
    """The columns of the primary key."""
    if isinstance(model._meta.pk, models.CompositePrimaryKey):
        return [str(field.column) for field in model._meta.pk_fields]
    assert model._meta.pk is not None
    return [str(model._meta.pk.column)]
