"""Small lists that people send as a file: rows under headings that are known by several names.

What was looked at first waits for the second step in the database, so that nobody sends a file twice.
"""

import secrets
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from keheng.ingest.faults import Fault
from keheng.ingest.reading import ROW, open_table
from keheng.org.models import Staff
from keheng.tiering.errors import TieringError

MOST_ROWS = 50_000
KEPT_SECONDS = 3600


@dataclass(frozen=True)
class SheetRow:
    """A row of a file: its number as a spreadsheet counts, and the trimmed texts by field."""

    number: int
    values: Mapping[str, str]

    def __getitem__(self, field: str) -> str:
        return self.values.get(field, "")


@dataclass(frozen=True)
class Sheet:
    """A list as it was read; ``key`` finds it again for an hour, for whoever sent it."""

    name: str
    rows: list[SheetRow]
    key: str


def sheet_of(
    upload: "UploadedFile[Any] | None",
    key: str,
    sender: Staff,
    headings: Mapping[str, Sequence[str]],
    *,
    needs: Sequence[str],
) -> Sheet:
    """The list that was sent, else the one that ``key`` names.

    Raises:
        TieringError: as :func:`rows_of_upload`; nothing was sent, or what was looked at is kept no longer.
    """
    if upload is None:
        if (kept := cache.get(_place(sender, key))) is None:
            told = _("The file that you looked at is kept no longer: choose it again.") if key else _("Choose a file.")
            raise TieringError(told)
        return Sheet(kept["name"], [SheetRow(number, values) for number, values in kept["rows"]], key)
    rows = rows_of_upload(upload, headings, needs=needs)
    sheet = Sheet(upload.name or "", rows, secrets.token_urlsafe(16))
    plain = {"name": sheet.name, "rows": [(row.number, dict(row.values)) for row in rows]}
    cache.set(_place(sender, sheet.key), plain, KEPT_SECONDS)
    return sheet


def drop(sheet: Sheet, sender: Staff) -> None:
    """Keep a list no longer: it has been taken in."""
    cache.delete(_place(sender, sheet.key))


def _place(sender: Staff, key: str) -> str:
    return f"tiering.sheet.{sender.pk}.{sha256(key.encode()).hexdigest()}"  # whatever was sent as the key


def rows_of_upload(
    upload: "UploadedFile[Any]", headings: Mapping[str, Sequence[str]], *, needs: Sequence[str]
) -> list[SheetRow]:
    """Read CSV, Excel or Parquet; rows without any value are left out.

    Args:
        headings: the names by which each field's column may go.
        needs: the fields whose column must be there.

    Raises:
        TieringError: it is no table, lacks a column, has no rows or too many.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"upload{Path(upload.name or '').suffix.lower()}"
        with path.open("wb") as target:
            for part in upload.chunks():
                target.write(part)
        try:
            return _rows(path, headings, needs, upload.name or "")
        except Fault as fault:
            told = str(fault).replace(str(path), path.name).replace(path.name, upload.name or "")
            raise TieringError(told) from fault


def _rows(path: Path, headings: Mapping[str, Sequence[str]], needs: Sequence[str], name: str) -> list[SheetRow]:
    fields = {heading.lower(): field for field, names in headings.items() for heading in (field, *names)}
    table = open_table(path, known=lambda heading: heading.strip().lower() in fields)
    columns = {
        heading: fields[heading.strip().lower()] for heading in table.headings if heading.strip().lower() in fields
    }
    if missing := [field for field in needs if field not in columns.values()]:
        raise TieringError(
            _("{file} lacks the column {columns}; its headings are {found}.").format(
                file=name, columns="、".join(headings[field][0] for field in missing), found="、".join(table.headings)
            )
        )
    rows = list(_cut(table.chunks(), columns))
    if not rows:
        raise TieringError(_("{file} has headings and no rows.").format(file=name))
    if len(rows) > MOST_ROWS:
        raise TieringError(_("{file} has more than {most} rows; divide it.").format(file=name, most=f"{MOST_ROWS:,}"))
    return rows


def _cut(chunks: Iterator[Any], columns: Mapping[str, str]) -> Iterator[SheetRow]:
    for chunk in chunks:
        for record in chunk.frame.select(ROW, *columns).iter_rows(named=True):
            values = {field: (record[heading] or "").strip() for heading, field in columns.items()}
            if any(values.values()):
                yield SheetRow(record[ROW], values)
