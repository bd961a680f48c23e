"""Where rows begin and end in a block of delimited text, and which of them have the right number of fields.

Most blocks are plain, which counting tells. Others take a few passes of numpy over the bytes. A block with a quote
where none belongs goes row by row through the ``csv`` module, so that a stray quote costs its own row and not the rest.
"""

import csv
import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_NEWLINE, _RETURN, _QUOTE = 10, 13, 34
_LONGEST = 1 << 20  # bytes of one row
_LINES_OF_A_ROW = 30

type Bytes = npt.NDArray[np.uint8]
type Mask = npt.NDArray[np.bool_]
type Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Torn:
    """A row that cannot be cut into the fields of the heading row."""

    place: int
    flaw: str
    found: int


@dataclass(frozen=True)
class Rows:
    """What was cut: the bytes of the good rows and their places, counted from the block's first row; the torn rows;
    how many rows and how many bytes of the block are dealt with."""

    content: bytes
    places: Places
    torn: list[Torn]
    count: int
    used: int


def cut_plain(block: bytes, delimiter: str, width: int, *, skip: int = 0, last: bool = False) -> Rows | None:
    """Cut a block in which every line is a row of the right width, as in nearly all blocks of nearly all files.

    Told by counting alone: as many delimiters as the rows need and no quotes but those of empty fields. ``None`` where
    that does not hold. Rows that are too short and too long by as much would pass: the parser refuses the long one.
    """
    used = len(block) if last else block.rfind(b"\n") + 1
    lines = block.count(b"\n", 0, used) + (last and not block.endswith(b"\n"))
    begin = 0
    for _ in range(skip):
        begin = block.find(b"\n", begin) + 1
    if (
        lines <= skip
        or block.count(delimiter.encode(), 0, used) != lines * (width - 1)
        or block.count(b'"', 0, used) != 2 * block.count(b'""', 0, used)
        or b"\0" in block
    ):
        return None
    return Rows(block[begin:used], np.arange(skip, lines), [], lines, used)


def cut(block: bytes, delimiter: str, width: int, *, skip: int = 0, last: bool = False) -> Rows:
    """Cut a block that begins at a row's beginning.

    Args:
        width: fields of the heading row.
        skip: rows at the beginning that are no data.
        last: the block ends the file, so that its last row needs no line end.
    """
    data = np.frombuffer(block, np.uint8)
    newline: Mask = data == _NEWLINE
    separator: Mask = data == ord(delimiter)
    if b'"' in block:
        quote = data == _QUOTE
        inside: Mask = (np.cumsum(quote, dtype=np.uint8) & 1).view(np.bool_)
        newline &= ~inside
        separator &= ~inside
        tail = int(np.flatnonzero(newline)[-1]) + 1 if newline.any() else 0
        unclosed = bool(inside[-1]) and (last or len(block) - tail > _LONGEST)
        if unclosed or _stray(data, quote, inside, ord(delimiter)):
            return _cut_with_care(block, delimiter, width, skip=skip, last=last)
    ends = np.flatnonzero(newline)
    if last and (not ends.size or ends[-1] != len(block) - 1):
        ends = np.append(ends, len(block))
    fields = np.diff(np.searchsorted(np.flatnonzero(separator), ends), prepend=0) + 1
    return _select(block, ends, fields, width, skip=skip)


def _select(block: bytes, ends: Places, fields: Places, width: int, *, skip: int) -> Rows:
    data = np.frombuffer(block, np.uint8)
    if not ends.size:
        return Rows(b"", ends, [], 0, 0)
    starts = np.concatenate(([0], ends[:-1] + 1))
    returned = (ends > starts) & (data[np.maximum(ends - 1, 0)] == _RETURN)
    blank = ends - starts - returned == fields - 1  # nothing but delimiters
    good = (fields == width) & ~blank
    bad = ~good & ~blank
    flaws = np.where(fields < width, "too_few", "too_many").astype(object)
    if b"\0" in block:
        holding = np.unique(np.searchsorted(ends, np.flatnonzero(data == 0)))
        holding = holding[holding < ends.size]
        good[holding], bad[holding], flaws[holding] = False, True, "control_characters"
    good[:skip] = bad[:skip] = False
    torn = [Torn(int(at), str(flaws[at]), int(fields[at])) for at in np.flatnonzero(bad)]
    used = min(int(ends[-1]) + 1, len(block))
    if good.all():
        content = block[:used]
    else:
        keep = np.repeat(good, np.minimum(ends + 1, len(block)) - starts)
        content = data[:used][keep].tobytes()
    return Rows(content, np.flatnonzero(good), torn, len(ends), used)


def _stray(data: Bytes, quote: Mask, inside: Mask, delimiter: int) -> bool:
    """Tell whether a quote opens elsewhere than at a field's beginning, or closes elsewhere than at its end."""
    at = np.flatnonzero(quote)
    opening, closing = at[inside[at]], at[~inside[at]]
    before = data[opening[opening > 0] - 1]
    after = data[closing[closing < len(data) - 1] + 1]
    return bool(
        (~np.isin(before, (delimiter, _NEWLINE, _QUOTE))).any()
        or (~np.isin(after, (delimiter, _NEWLINE, _RETURN, _QUOTE))).any()
    )


def _cut_with_care(block: bytes, delimiter: str, width: int, *, skip: int, last: bool) -> Rows:
    lines = io.BytesIO(block).readlines()
    if not last and lines and not lines[-1].endswith(b"\n"):
        lines.pop()
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    places: list[int] = []
    torn: list[Torn] = []
    at = count = used = 0
    while at < len(lines):
        fields, taken = _row_at(lines, at, delimiter)
        if fields is None and not last and len(lines) - at < _LINES_OF_A_ROW and used:
            break  # the rest of this row may stand in the next block
        if count >= skip and b"".join(lines[at : at + taken]).strip():
            if fields is None:
                torn.append(Torn(count, "quote", 0))
            elif len(fields) != width:
                torn.append(Torn(count, "too_few" if len(fields) < width else "too_many", len(fields)))
            elif any(fields):
                writer.writerow(fields)
                places.append(count)
        used += sum(map(len, lines[at : at + taken]))
        at += taken
        count += 1
    return Rows(out.getvalue().encode(), np.array(places, dtype=np.int64), torn, count, used)


def _row_at(lines: list[bytes], at: int, delimiter: str) -> tuple[list[str] | None, int]:
    """Read the row that begins at a line: its fields and how many lines it takes; ``None`` for one that never ends."""
    for taken in range(1, min(_LINES_OF_A_ROW, len(lines) - at) + 1):
        text = (line.decode(errors="replace") for line in lines[at : at + taken])
        try:
            return next(csv.reader(text, delimiter=delimiter, strict=True), []), taken
        except csv.Error as error:
            if "unexpected end of data" not in str(error):
                return None, 1
    return None, 1
