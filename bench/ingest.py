"""Ingest of standard rows against a raw COPY of the same file: rows a second, the ratio, peak memory.

    uv run python -m bench.ingest [--rows 1000000]

The bare limit is ``COPY … FROM STDIN (format csv)`` of the same bytes into an empty, logged table with one column for
each of the file's, of the same types as the product stores (text, date, numeric, …), no index, no constraint.
The ingest checks every row, encrypts and indexes document numbers and contacts, spells names, finds duplicates, writes
customers, contact points, companies and figures with all their indexes, and reconciles counts and sums.
"""

import argparse
import resource
import tempfile
import time
from multiprocessing import Process
from pathlib import Path

from bench.database import own_database
from bench.standard_file import write_standard_file

_DATES = {"出生日期", "开户日期", "日期"}
_AMOUNTS = {
    "AUM", "月日均AUM", "存款", "存款月日均", "理财", "基金", "贷款余额", "卡年消费", "保证金", "年贡献",
    "年销售额", "总资产",
}  # fmt: skip
_WHOLE = {"手数", "产品数"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder, own_database("bench_ingest"):
        file = Path(folder) / "customers.csv"
        maker = Process(target=write_standard_file, args=(file, rows))  # its memory is not the load's
        maker.start()
        maker.join()
        print(f"{rows:,} rows, {file.stat().st_size / 1e6:,.0f} MB")
        bare = [_raw_copy(file)]
        for name in ("first load", "same file again"):
            seconds = _ingest(file)
            bare.append(_raw_copy(file))
            limit = (bare[-2] + bare[-1]) / 2  # measured before and after, for the machine may not be ours alone
            print(f"raw COPY           {limit:7.2f} s  {rows / limit:9,.0f} rows/s")
            print(f"{name:18s} {seconds:7.2f} s  {rows / seconds:9,.0f} rows/s  {seconds / limit:5.1f} x raw COPY")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"peak memory of the loading process: {peak:,.0f} MB")


def _raw_copy(file: Path) -> float:
    from django.db import connection

    with file.open("rb") as data, connection.cursor() as cursor:
        headings = data.readline().decode().strip().split(",")
        columns = ", ".join(f'"{name}" {_type(name)}' for name in headings)
        cursor.execute(f"drop table if exists bare; create table bare ({columns})")
        begin = time.perf_counter()
        quoted = ", ".join(f'"{name}"' for name in headings)
        with cursor.copy(f"copy bare from stdin (format csv, force_null ({quoted}))") as copy:
            while block := data.read(1 << 18):
                copy.write(block)
        seconds = time.perf_counter() - begin
        cursor.execute("drop table bare")
    return seconds


def _type(heading: str) -> str:
    if heading in _DATES:
        return "date"
    if heading in _AMOUNTS:
        return "numeric(18, 2)"
    return "integer" if heading in _WHOLE else "text"


def _ingest(file: Path) -> float:
    from keheng.common import clock
    from keheng.ingest import operations
    from keheng.org.operations import load_presets
    from keheng.org.queries import system_actor

    load_presets()
    begin = time.perf_counter()
    actor = system_actor()
    batch = operations.create(profile="standard", path=file, actor=actor, at=clock.now())
    batch = operations.load(batch=batch, actor=actor, now=clock.now)
    if batch.rejected:
        raise SystemExit(f"{batch.rejected} rows were rejected: the generator is out of step with the profile")
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
