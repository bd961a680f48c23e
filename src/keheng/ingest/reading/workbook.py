"""Excel workbooks, read row by row so that memory stays flat (about 10,000 rows a second)."""

import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl

from keheng.ingest.faults import fault
from keheng.ingest.reading.chunk import CHUNK_ROWS, ROW, TORN, Chunk, Known, heading_row, unique

_HEAD_ROWS = 20
_DAMAGE = (OSError, KeyError, ValueError, zipfile.BadZipFile, SyntaxError)


class Workbook:
    """The first sheet of a workbook that has a known heading, else the first sheet."""

    def __init__(self, path: Path, *, known: Known) -> None:
        self._path = path
        try:
            with warnings.catch_warnings(action="ignore"):  # of features that do not matter for reading values
                self._book = openpyxl.load_workbook(path, read_only=True, data_only=True)
                heads = [_head(sheet) for sheet in self._book.worksheets]
        except _DAMAGE as error:
            raise fault("damaged", file=path.name, problem=error) from error
        chosen = next((at for at, rows in enumerate(heads) if any(known(cell) for row in rows for cell in row)), 0)
        rows = heads[chosen] if heads else []
        if not any(cell for row in rows for cell in row):
            raise fault("empty", file=path.name)
        self._sheet = self._book.worksheets[chosen]
        self._skip = heading_row(rows, known) + 1
        cells = rows[self._skip - 1]
        while not cells[-1]:
            cells.pop()
        self.headings = unique(cells)
        self.size = int(self._sheet.max_row or 0)

    @property
    def first_row(self) -> int:
        return self._skip + 1

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows below the headings."""
        row = self._skip
        cells = self._sheet.iter_rows(min_row=row + 1, values_only=True)
        while True:
            try:
                rows = list(islice(cells, CHUNK_ROWS))
            except _DAMAGE as error:
                raise fault("damaged", file=self._path.name, problem=error) from error
            if not rows:
                self._book.close()
                return
            yield self._chunk([[_text(cell) for cell in one] for one in rows], row + 1)
            row += len(rows)

    def _chunk(self, rows: list[list[str]], first: int) -> Chunk:
        width = len(self.headings)
        good: list[list[str]] = []
        torn = []
        for number, cells in enumerate(rows, start=first):
            if any(cells[width:]):
                found = max(at for at, cell in enumerate(cells, start=1) if cell)
                torn.append((number, "too_many", found, width))
            elif any(cells):
                good.append([*cells[:width], *[""] * (width - len(cells)), str(number)])
        names = [*self.headings, ROW]
        frame = pl.DataFrame(good, schema=dict.fromkeys(names, pl.String), orient="row")
        return Chunk(
            frame.with_columns(pl.col(ROW).cast(pl.Int64)),
            first + len(rows) - 1,
            pl.DataFrame(torn, schema=TORN, orient="row"),
        )


def _head(sheet: Any) -> list[list[str]]:
    return [[_text(cell) for cell in row] for row in sheet.iter_rows(max_row=_HEAD_ROWS, values_only=True)]


def _text(cell: object) -> str:
    """The cell as it would stand in a CSV file."""
    match cell:
        case None:
            return ""
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case datetime():
            return cell.isoformat(" ")
        case date():
            return cell.isoformat()
        case _:
            return str(cell).strip()
