"""CSV, TSV and their kin, read in blocks of bytes: flat in memory whatever the size of the file."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from keheng.ingest.faults import fault
from keheng.ingest.reading.chunk import ROW, TORN, Chunk, Known, heading_row, unique
from keheng.ingest.reading.encoding import detect_encoding
from keheng.ingest.reading.structure import Rows, cut, cut_plain

_BLOCK = 5 << 20
_LONGEST = 1 << 20  # bytes of one row
_HEAD = 256 << 10
_HEAD_ROWS = 20
_DELIMITERS = ",;\t|"
_UTF8 = ("utf-8", "utf-8-sig")


class DelimitedFile:
    """A text file whose rows are lines and whose fields stand between delimiters."""

    def __init__(self, path: Path, *, delimiter: str | None, encoding: str | None, known: Known) -> None:
        self._path = path
        self._encoding = encoding or detect_encoding(path)
        self.size = path.stat().st_size
        head = self._head()
        self._old_line_ends = "\r" in head and "\n" not in head
        self._delimiter = delimiter or _likeliest(head, known)
        rows = _rows(head, self._delimiter)
        if not any(cell.strip() for row in rows for cell in row):
            raise fault("empty", file=path.name)
        self._skip = heading_row(rows, known) + 1
        self.headings = unique(rows[self._skip - 1])

    @property
    def first_row(self) -> int:
        return self._skip + 1

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows below the headings, block by block."""
        recode = self._recoder()
        rest, row, done, skip, ended = b"", 1, 0, self._skip, False
        with self._path.open("rb") as file:
            while not ended:
                raw = file.read(_BLOCK)
                ended = not raw
                done += len(raw)
                block = rest + recode(raw, row)
                if not block:
                    break
                rows, frame = self._cut(block, row, skip, last=ended)
                rest = block[rows.used :]
                if len(rest) > _LONGEST:
                    raise fault("long_row", row=row + rows.count, file=self._path.name, limit="1 MB")
                yield self._chunk(rows, frame, row, done)
                row, skip = row + rows.count, max(skip - rows.count, 0)

    def _cut(self, block: bytes, first: int, skip: int, *, last: bool) -> tuple[Rows, pl.DataFrame]:
        width = len(self.headings)
        rows = cut_plain(block, self._delimiter, width, skip=skip, last=last) if width > 1 else None
        if rows is not None:
            try:
                return rows, self._parse(rows, first)
            except pl.exceptions.PolarsError:
                pass  # not so plain after all
        rows = cut(block, self._delimiter, width, skip=skip, last=last)
        return rows, self._parse(rows, first)

    def _parse(self, rows: Rows, first: int) -> pl.DataFrame:
        names = self.headings
        if not rows.places.size:
            return pl.DataFrame(schema={**dict.fromkeys(names, pl.String), ROW: pl.Int64})
        self._check_utf8(rows.content, first)
        frame = pl.read_csv(
            rows.content,
            has_header=False,
            infer_schema=False,
            separator=self._delimiter,
            quote_char='"' if b'"' in rows.content else None,
            new_columns=names,
        ).with_columns(pl.Series(ROW, rows.places + first, dtype=pl.Int64))
        return frame.remove(pl.all_horizontal(pl.col(names).is_null()))

    def _chunk(self, rows: Rows, frame: pl.DataFrame, first: int, done: int) -> Chunk:
        torn = [(first + row.place, row.flaw, row.found, len(self.headings)) for row in rows.torn]
        return Chunk(frame, done, pl.DataFrame(torn, schema=TORN, orient="row"))

    def _check_utf8(self, content: bytes, first: int) -> None:
        try:
            content.decode()
        except UnicodeDecodeError as error:
            row = first + content.count(b"\n", 0, error.start)
            raise fault("encoding", file=self._path.name, row=row) from error

    def _head(self) -> str:
        with self._path.open("rb") as file:
            raw = file.read(_HEAD)
        text = codecs.getincrementaldecoder(self._encoding)("replace").decode(raw)
        return text[: text.rindex("\n") + 1] if len(raw) == _HEAD and "\n" in text else text

    def _recoder(self) -> Callable[[bytes, int], bytes]:
        """Return what turns the next bytes of the file into UTF-8 with ordinary line ends."""
        decoder = codecs.getincrementaldecoder(self._encoding)()
        plain = self._encoding == "utf-8"

        def recode(raw: bytes, row: int) -> bytes:
            try:
                text = raw if plain else decoder.decode(raw, final=not raw).encode()
            except UnicodeDecodeError as error:
                bad = row + error.object[: error.start].count(b"\n")
                raise fault("encoding", file=self._path.name, row=bad) from error
            return text.replace(b"\r", b"\n") if self._old_line_ends else text

        return recode


def _rows(head: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    return [row for row, _ in zip(reader, range(_HEAD_ROWS), strict=False)]


def _likeliest(head: str, known: Known) -> str:
    """The delimiter that shows most known headings, then the one that cuts most rows alike, then the widest."""

    def score(delimiter: str) -> tuple[int, int, int]:
        rows = _rows(head, delimiter)
        if not rows:
            return 0, 0, 0
        headings = rows[heading_row(rows, known)]
        alike = sum(len(row) == len(headings) for row in rows) if len(headings) > 1 else 0
        return sum(map(known, headings)), alike, len(headings)

    return max(_DELIMITERS, key=score)
