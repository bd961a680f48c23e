"""Histories from files: what is read, and what is refused with row, field and remedy."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from keheng.workforce.files import HistoryError, read_history


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "calls.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_a_file_becomes_days_and_intervals(tmp_path: Path) -> None:
    found = read_history(
        written(
            tmp_path,
            "\ufeffQueue,DateTime,Calls\nA,2026-11-02 09:00:00,5\nA,2026-11-02T09:15,7\nA,2026/11/03 9:00,4\n\n",
        )
    )
    assert (found.step, list(found.dates), found.starts.tolist()) == (
        15,
        [date(2026, 11, 2), date(2026, 11, 3)],
        [540, 555],
    )
    assert found.calls[0].tolist() == [5, 7]
    assert found.calls[1, 0] == 4
    assert np.isnan(found.calls[1, 1])


def test_days_without_rows_on_open_weekdays_are_told(tmp_path: Path) -> None:
    rows = "".join(f"2026-11-{day:02d} 09:00,1\n2026-11-{day:02d} 09:30,1\n" for day in (2, 3, 9, 16, 17))
    assert read_history(written(tmp_path, "DateTime,Calls\n" + rows)).closed_days() == [date(2026, 11, 10)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "has no column DateTime and no column Calls"),
        ("DateTime,Anrufe\n", "has no column Calls"),
        ("DateTime,Calls\n", "holds no row below its heading"),
        ("DateTime,Calls\n02.11.2026,5\n", "Row 2: DateTime is '02.11.2026'. Write it as"),
        ("DateTime,Calls\n2026-11-02 09:00:30,5\n", "Row 2: .* not a whole minute"),
        ("DateTime,Calls\n2026-11-02 09:00,-5\n", "Row 2: Calls is '-5'. It must be a number, 0 or more"),
        ("DateTime,Calls\n2026-11-02 09:00,many\n", "Row 2: Calls is 'many'"),
        ("DateTime,Calls\n2026-11-02 09:00,\n", "Row 2: Calls is ''"),
        ("DateTime,Calls\n2026-11-02 09:00,1\n2026-11-02 09:00,2\n", "Row 3: .* stands in the file twice"),
        ("DateTime,Calls\n2026-11-02 09:00,1\n", "length of an interval is unknown"),
        ("DateTime,Calls\n2026-11-02 09:00,1\n2026-11-02 09:07,2\n", "7 minutes, which does not divide the hour"),
        ("DateTime,Calls\n2026-11-02 09:05,1\n2026-11-02 09:15,2\n", "one begins at 09:05. Use one grid"),
        ("DateTime,Calls\n" + "2026-11-02 09:00,x\n" * 8, "… and 3 rows more"),
    ],
)
def test_what_is_no_history_is_refused_in_words(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(HistoryError, match=sentence):
        read_history(written(tmp_path, text))


def test_a_file_in_another_encoding_or_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match="not text in UTF-8"):
        read_history(written(tmp_path, "DateTime,Calls,备注\n", "gb18030"))
    with pytest.raises(HistoryError, match="cannot be read"):
        read_history(tmp_path / "absent.csv")
