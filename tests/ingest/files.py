"""Files to take in, and what it takes to read them without a database."""

import csv
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from keheng.ingest.checking.rows import Checked, RowChecker
from keheng.ingest.checking.sheet import Layout, Reject
from keheng.ingest.enums import Kind
from keheng.ingest.loading.feed import open_feed
from keheng.ingest.profiles import find_profile
from keheng.ingest.profiles.targets import TARGETS

TODAY = date(2026, 11, 22)
GOOD_ID = "11010519491231002X"
GOOD_CODE = "91350100M000100Y43"
ROW = {"客户号": "K001", "姓名": "黄雅琴", "手机": "13812345678", "AUM": "1000.00"}


def write_csv(path: Path, rows: Sequence[dict[str, str]], *, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """Write rows under the headings of the first."""
    with path.open("w", encoding=encoding, newline="", errors="strict") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def check_file(path: Path, *, profile: str = "standard", as_of: date = TODAY) -> list[Checked]:
    """Read and check a whole file without a database; branch HO and user rm01 exist."""
    read = find_profile(profile)
    feed = open_feed(read, path, {})
    feed.recognition.check(read, feed.headings, feed.file)
    factors = {
        name: (read.columns[name].factor or read.factor) * feed.recognition.units.get(name, Decimal(1))
        for name in feed.recognition.fields
        if read.kind_of(name) == Kind.AMOUNT
    }
    layout = Layout(
        columns=read.columns,
        targets=TARGETS,
        headings=feed.recognition.fields,
        factors=factors,
        branches={"HO": 1},
        staff={"rm01": 7},
        as_of=as_of,
        today=TODAY,
    )
    checker = RowChecker(read, layout)
    return [checker.check(chunk) for chunk in feed.chunks()]


def rejects_of(path: Path) -> list[Reject]:
    """What is rejected of a standard file."""
    return [reject for checked in check_file(path) for reject in checked.rejects]
