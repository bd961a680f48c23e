"""Rows are found as the csv module finds them, whatever the block, and a stray quote costs one row."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from keheng.ingest.faults import Fault
from keheng.ingest.reading import ROW, open_table
from keheng.ingest.reading import delimited as reading
from keheng.ingest.reading.structure import cut, cut_plain

cells = st.text(st.sampled_from('ab黄1,;"\n \t|'), max_size=6)
tables = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=12)
)


def written(rows: list[list[str]], ending: str) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator=ending).writerows(rows)
    return out.getvalue().encode()


@given(tables, st.sampled_from(["\n", "\r\n"]))
def test_well_formed_rows_are_all_found(rows: list[list[str]], ending: str) -> None:
    block = written(rows, ending)
    width = len(rows[0]) if rows else 2
    found = cut(block, ",", width, last=True)
    plain = cut_plain(block, ",", width, last=True)
    assert plain is None or (plain.content, plain.count, plain.used) == (block, found.count, found.used)
    assert not found.torn
    assert (found.count, found.used) == (len(rows), len(block))
    assert found.places.tolist() == [place for place, row in enumerate(rows) if any(row)]
    assert list(csv.reader(io.StringIO(found.content.decode(), newline=""))) == [row for row in rows if any(row)]


@given(tables, st.sampled_from(["\n", "\r\n"]), st.integers(1, 40))
@example([["a", "b"], ["1", '"'], ["2", "x\ny"]], "\n", 1)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_blocks_may_end_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[list[str]], ending: str, size: int
) -> None:
    monkeypatch.setattr(reading, "_BLOCK", size)
    width = len(rows[0]) if rows else 2
    headings = [f"h{place}" for place in range(width)]
    path = tmp_path / "file.csv"
    path.write_bytes(written([headings, *rows], ending))
    table = open_table(path, delimiter=",", encoding="utf-8", known=headings.__contains__)
    found = [row for chunk in table.chunks() for row in chunk.frame.rows()]
    expected = [
        (*(cell.replace("\r\n", "\n") for cell in row), place) for place, row in enumerate(rows, start=2) if any(row)
    ]
    assert [tuple(cell or "" if isinstance(cell, str) or cell is None else cell for cell in row) for row in found] == (
        expected
    )


@pytest.mark.parametrize(
    ("text", "good", "torn"),
    [
        ('1,5" pipe\n2,b\n', [["1", '5" pipe'], ["2", "b"]], []),
        ('1,"open\n2,b\n3,c\n', [["2", "b"], ["3", "c"]], [(0, "quote")]),
        ('1,"a" b\n2,c\n', [["2", "c"]], [(0, "quote")]),
        ('1, "a"\n2,c\n', [["1", ' "a"'], ["2", "c"]], []),
        ("1\n2,b\n3,c,d\n", [["2", "b"]], [(0, "too_few"), (2, "too_many")]),
        ("1,a\x00\n2,b\n", [["2", "b"]], [(0, "control_characters")]),
        ('1,"two\nlines"\n2\n', [["1", "two\nlines"]], [(1, "too_few")]),
    ],
)
def test_what_is_torn_costs_one_row(text: str, good: list[list[str]], torn: list[tuple[int, str]]) -> None:
    found = cut(text.encode(), ",", 2, last=True)
    assert list(csv.reader(io.StringIO(found.content.decode(), newline=""))) == good
    assert [(row.place, row.flaw) for row in found.torn] == torn


def test_a_quote_that_never_closes_does_not_swallow_a_long_file(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("a,b\n" + "".join(f"{row},{'x' * 90}\n" for row in range(60_000)).replace("500,x", '500,"x', 1))
    table = open_table(path, known={"a", "b"}.__contains__)
    chunks = list(table.chunks())
    torn = [row for chunk in chunks for row in chunk.torn[ROW]]
    assert torn == [502]
    assert sum(chunk.frame.height for chunk in chunks) == 59_999


def test_a_row_without_an_end_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("a,b\n" + "1,2," * 600_000)
    table = open_table(path, delimiter=",", known={"a", "b"}.__contains__)
    with pytest.raises(Fault) as caught:
        list(table.chunks())
    assert caught.value.code == "long_row"
    assert caught.value.details["row"] == 2
