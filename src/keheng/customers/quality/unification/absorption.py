"""One row takes the place of another: whatever pointed to the one that goes, points to the one that stays."""

import json
from collections.abc import Collection
from typing import Any

from django.db import connection, models

from keheng.customers.quality.unification.journal import Journal, Row
from keheng.customers.quality.unification.references import (
    Reference,
    UniqueIndex,
    key_columns,
    references_to,
    unique_indexes,
)
from keheng.customers.quality.unification.rules import TableRule, rule_of

type Chosen = Collection[str]
_TEXTS = (models.CharField, models.TextField)


def row_of(table: str, *key: Any) -> str:
    """How a single row is named among what is chosen."""
    return f"{table}#{'.'.join(map(str, key))}"


def absorb(journal: Journal, model: type[models.Model], stays: int, goes: int, chosen: Chosen = ()) -> None:
    """Let ``stays`` take over everything that points to ``goes``; the row ``goes`` itself is left to the caller.

    Where two rows meet of which there may be but one, the table's rule makes them one, and what points to the one
    that goes is taken over in its turn.

    Args:
        chosen: columns (``table.column``) whose value is taken from the row that goes, and rows of it
            (:func:`row_of`) that stay instead of those of the archive that stays.
    """
    references = list(references_to(model))
    for reference in references:
        rule = rule_of(reference.table)
        if rule.apart == "leave":
            continue
        if rule.apart == "drop":
            journal.delete(reference.model, f"{reference.column} = %(goes)s", {"goes": goes})
            continue
        _drop_links_between(journal, reference, references, stays, goes)
        if rule.gives_way:
            journal.delete(reference.model, rule.gives_way, {"goes": goes, "stays": stays})
        for index in unique_indexes(reference.table, reference.column):
            for kept, gone in _clashes(reference, index, stays, goes):
                if row_of(reference.table, *gone.values()) in chosen:
                    kept, gone = gone, kept  # noqa: PLW2901  # the row of the archive that goes is the one that stays
                journal.change(reference.model, kept, _sets(reference.model, rule, chosen), {"gone": json.dumps(gone)})
                if rule.retire:
                    journal.change(reference.model, gone, dict(rule.retire), {})
                    continue
                if len(kept) == 1:
                    (stays_here,), (goes_here,) = kept.values(), gone.values()
                    absorb(journal, reference.model, stays_here, goes_here)
                journal.delete_row(reference.model, gone)
        moved = journal.move(reference.model, reference.column, goes, stays)
        if moved and key_columns(reference.model) == [reference.column]:  # its key moved: so do those who point to it
            absorb(journal, reference.model, stays, goes)


def _sets(model: type[models.Model], rule: TableRule, chosen: Chosen) -> dict[str, str]:
    """How the columns of the row that stays follow from both."""
    table = model._meta.db_table
    sets: dict[str, str] = {}
    keys = key_columns(model)
    key = ", ".join(f'key."{name}"' for name in keys)
    found = ", ".join(f'gone."{name}"' for name in keys)
    gone = f"from {table} gone where ({found}) = (select {key} from jsonb_populate_record(null::{table}, %(gone)s) key)"
    for field in model._meta.concrete_fields:
        column = str(field.column)
        if field.primary_key or field.is_relation or column in keys:
            continue
        mine, other = f'known."{column}"', f'(select gone."{column}" {gone})'
        if f"{table}.{column}" in chosen:
            sets[column] = other
        elif column in rule.combine:
            sets[column] = rule.combine[column].format(mine=mine, other=other)
        elif column in rule.add:
            sets[column] = f"case when {mine} is null then {other} else {mine} + coalesce({other}, 0) end"
        elif column in rule.greatest:
            sets[column] = f"greatest({mine}, {other})"
        elif rule.on_clash == "fill" and isinstance(field, _TEXTS):
            sets[column] = f"case when coalesce({mine}, '') = '' then coalesce({other}, {mine}) else {mine} end"
        elif rule.on_clash == "fill" and field.null:
            sets[column] = f"coalesce({mine}, {other})"
    return sets


def _clashes(reference: Reference, index: UniqueIndex, stays: int, goes: int) -> list[tuple[Row, Row]]:
    """Pairs of rows, one of each side, that the index would not let stand side by side."""
    keys = key_columns(reference.model)
    own = {reference.column, f'"{reference.column}"'}
    others = [key for key in index.keys if key not in own]
    equal = "is not distinct from" if index.nulls_clash else "="
    meet = " and ".join(f"kept.other_{place} {equal} gone.other_{place}" for place in range(len(others))) or "true"
    chosen = ", ".join(["*", *(f"({key}) as other_{place}" for place, key in enumerate(others))])
    side = f"(select {chosen} from {reference.table} where {reference.column} = %s and ({index.condition}))"
    columns = ", ".join(f'{alias}."{name}"' for alias in ("kept", "gone") for name in keys)
    with connection.cursor() as cursor:
        cursor.execute(f"select {columns} from {side} kept join {side} gone on {meet}", [stays, goes])
        found = cursor.fetchall()
    return [(_row(keys, cells[: len(keys)]), _row(keys, cells[len(keys) :])) for cells in found]


def _row(keys: list[str], cells: tuple[Any, ...]) -> Row:
    """A key as JSON values: dates become text."""
    plain = (int, str, bool, float, type(None))
    return {name: cell if isinstance(cell, plain) else str(cell) for name, cell in zip(keys, cells, strict=True)}


def _drop_links_between(
    journal: Journal, reference: Reference, references: list[Reference], stays: int, goes: int
) -> None:
    """Two archives that become one are no longer related to each other."""
    for other in references:
        if other.table == reference.table and other.column != reference.column:
            where = f"{reference.column} = %(goes)s and {other.column} = %(stays)s"
            journal.delete(reference.model, where, {"goes": goes, "stays": stays})
