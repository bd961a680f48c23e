"""Every step of making two archives one, written down so that it can be walked backwards.

A row stands in the journal as the database's own JSON of it, as text, so that no amount loses a digit on the way;
sealed values stay sealed. Keys are JSON objects of the primary key's columns: one way of finding a row serves
all tables.
"""

import json
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import connection, models

from keheng.customers.quality.unification.references import key_columns
from keheng.customers.quality.unification.rules import rule_of

type Row = dict[str, Any]
type Step = dict[str, Any]


class NotReversibleError(Exception):
    """A merge cannot be taken back: ``table`` has changed since, ``columns`` where they are known."""

    def __init__(self, table: str, columns: tuple[str, ...] = ()) -> None:
        super().__init__(table)
        self.table, self.columns = table, columns


class Journal:
    """Does steps and writes them down."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    @property
    def rows(self) -> int:
        """How many rows were touched."""
        return sum(len(step["keys"]) if step["do"] == "move" else 1 for step in self.steps)

    def move(self, model: type[models.Model], column: str, origin: int, target: int) -> int:
        """Let every row that points to ``origin`` point to ``target``; return how many there were."""
        table = model._meta.db_table
        moved = _fetch(
            f"update {table} moved set {column} = %s where {column} = %s returning {_key_json(model, 'moved')}::text",
            [target, origin],
        )
        if moved:
            keys = [json.loads(row[0]) for row in moved]
            self.steps.append(
                {"do": "move", "table": table, "column": column, "from": origin, "to": target, "keys": keys}
            )
        return len(moved)

    def change(self, model: type[models.Model], key: Row, sets: dict[str, str], values: dict[str, Any]) -> None:
        """Set columns of one row (``{column: SQL expression}``)."""
        if not sets:
            return
        table = model._meta.db_table
        found, values = _found(model, "known"), {**values, "key": json.dumps(key)}
        before = _fetch(f"select to_jsonb(known)::text from {table} known where {found} for update", values)[0][0]
        changes = ", ".join(f"{column} = {expression}" for column, expression in sets.items())
        after = _fetch(f"update {table} known set {changes} where {found} returning to_jsonb(known)::text", values)[0][
            0
        ]
        if before != after:
            self.steps.append({"do": "change", "table": table, "key": key, "before": before, "after": after})

    def delete(self, model: type[models.Model], where: str, values: dict[str, Any]) -> int:
        """Delete rows, kept in the journal; return how many there were."""
        table = model._meta.db_table
        gone = _fetch(f"delete from {table} gone where {where} returning to_jsonb(gone)::text", values)
        self.steps += [{"do": "delete", "table": table, "row": row[0]} for row in gone]
        return len(gone)

    def delete_row(self, model: type[models.Model], key: Row) -> None:
        """Delete one row, kept in the journal."""
        self.delete(model, _found(model, "gone"), {"key": json.dumps(key)})


def take_back(steps: list[Step]) -> None:
    """Walk a journal backwards.

    Raises:
        NotReversibleError: something it did has been changed since; the caller's transaction must be given up.
    """
    model_of = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    for step in reversed(steps):
        model = model_of.get(step["table"])
        if model is None:
            raise NotReversibleError(step["table"])
        match step["do"]:
            case "move":
                _move_back(model, step)
            case "change":
                _change_back(model, step)
            case "delete":
                _write_row(model, step["row"])


def _move_back(model: type[models.Model], step: Step) -> None:
    table, column = step["table"], step["column"]
    moved = _fetch(
        f"""
        update {table} moved set {column} = %(from)s
          from jsonb_populate_recordset(null::{table}, %(keys)s) known
         where ({_columns(model, "moved")}) = ({_columns(model, "known")}) and moved.{column} = %(to)s
        returning 1
        """,
        {"from": step["from"], "to": step["to"], "keys": json.dumps(step["keys"])},
    )
    if len(moved) != len(step["keys"]):
        raise NotReversibleError(table)


def _change_back(model: type[models.Model], step: Step) -> None:
    table, before, after = step["table"], _parsed(step["before"]), _parsed(step["after"])
    found, values = _found(model, "known"), {"key": json.dumps(step["key"])}
    rows = _fetch(f"select to_jsonb(known)::text from {table} known where {found} for update", values)
    if not rows:
        raise NotReversibleError(table)
    now = _parsed(rows[0][0])
    differing = {name for name in after if now.get(name) != after[name]} - set(rule_of(table).volatile)
    if differing:
        raise NotReversibleError(table, tuple(sorted(differing)))
    columns = [name for name in before if before[name] != now.get(name)]
    if columns:
        names = ", ".join(f'"{name}"' for name in columns)
        old = ", ".join(f'old."{name}"' for name in columns)
        _execute(
            f"update {table} known set ({names}) = row({old})"
            f" from jsonb_populate_record(null::{table}, %(before)s) old where {found}",
            {**values, "before": step["before"]},
        )


def _write_row(model: type[models.Model], row: str) -> None:
    table = model._meta.db_table
    columns = ", ".join(f'"{name}"' for name in _parsed(row))
    _execute(
        f"insert into {table} ({columns}) overriding system value"
        f" select {columns} from jsonb_populate_record(null::{table}, %s)",
        [row],
    )


def _parsed(row: str) -> Row:
    found: Row = json.loads(row, parse_float=Decimal)
    return found


def _found(model: type[models.Model], alias: str) -> str:
    """The condition that finds the row of ``%(key)s``."""
    table = model._meta.db_table
    key = f"select {_columns(model, 'key')} from jsonb_populate_record(null::{table}, %(key)s) key"
    return f"({_columns(model, alias)}) = ({key})"


def _columns(model: type[models.Model], alias: str) -> str:
    return ", ".join(f'{alias}."{column}"' for column in key_columns(model))


def _key_json(model: type[models.Model], alias: str) -> str:
    return f"jsonb_build_object({', '.join(f'\'{name}\', {alias}."{name}"' for name in key_columns(model))})"


def _fetch(sql: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _execute(sql: str, values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
