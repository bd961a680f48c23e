"""Every kind of file: read as it is, or refused with its sentence; nothing is guessed in silence."""

import gzip
import sqlite3
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from tests.ingest.files import ROW as GOOD
from tests.ingest.files import write_csv

from keheng.ingest.faults import Fault
from keheng.ingest.loading.feed import Feed, open_feed
from keheng.ingest.profiles import find_profile
from keheng.ingest.reading import ROW, open_table

pytestmark = pytest.mark.usefixtures("english")

NAMES = ["黄雅琴", "王建国", "李伟", "欧阳晟"]


def rows_of(path: Path) -> list[tuple[str | None, ...]]:
    feed = opened(path)
    columns = [feed.recognition.fields["number"], feed.recognition.fields["name"]]
    return [row for chunk in feed.chunks() for row in chunk.frame.select(columns).rows()]


def opened(path: Path, profile: str = "standard") -> Feed:
    read = find_profile(profile)
    feed = open_feed(read, path, {})
    feed.recognition.check(read, feed.headings, feed.file)
    return feed


def refusal(path: Path, profile: str = "standard") -> str:
    with pytest.raises(Fault) as caught:
        opened(path, profile).sample(1)
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_detected(tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = [{**GOOD, "客户号": f"K{place}", "姓名": name} for place, name in enumerate(NAMES)]
    path = write_csv(tmp_path / "file.csv", rows, encoding=encoding, delimiter=delimiter)
    assert rows_of(path) == [(row["客户号"], row["姓名"]) for row in rows]


def test_gb18030_far_into_a_plain_file_is_detected(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    plain = "".join(f"K{row},Name {row}\n" for row in range(120_000))
    path.write_bytes(b"customer_no,name\n" + plain.encode() + "K999999,黄雅琴\n".encode("gb18030"))
    assert path.stat().st_size > 1 << 20
    assert rows_of(path)[-1] == ("K999999", "黄雅琴")


@pytest.mark.parametrize(("encoding", "shown"), [("big5", "BIG5"), ("shift_jis", "")])
def test_another_encoding_is_refused_by_name(tmp_path: Path, encoding: str, shown: str) -> None:
    text = {
        "big5": "客戶號,姓名\nK1,黃雅琴\nK2,張國榮\nK3,陳麗華\n",
        "shift_jis": "番号,氏名\nK1,高橋さくら\nK2,ｱｲｳ\n",
    }[encoding]
    path = tmp_path / "file.csv"
    path.write_bytes((text * 20).encode(encoding))
    sentence = refusal(path)
    assert sentence.startswith("file.csv is written ")
    assert shown in sentence
    assert "CSV UTF-8" in sentence


def test_wrong_bytes_in_a_utf8_file_name_their_row(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes("客户号,姓名\nK1,黄雅琴\nK2,".encode() + b"\xff\xfe\xfd" + "\nK3,李伟\n".encode())
    assert refusal(path) == (
        "file.csv is written neither in UTF-8 nor in GB18030 (row 3). In Excel choose “Save as”, “CSV UTF-8”."
    )


def test_old_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes("客户号,姓名\rK1,黄雅琴\rK2,李伟\r".encode())
    assert rows_of(path) == [("K1", "黄雅琴"), ("K2", "李伟")]


def test_headings_may_stand_below_a_title(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("XX支行客户清单,,\n2026年11月,,\n客户号,姓名,备注\nK1,黄雅琴,\n\n,,\nK2,李伟,\n")
    feed = opened(path)
    rows = [row for chunk in feed.chunks() for row in chunk.frame.select("客户号", ROW).rows()]
    assert rows == [("K1", 4), ("K2", 7)]


def test_workbooks_are_read_with_their_row_numbers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "说明"
    book.active.append(["请填写下一页"])
    sheet = book.create_sheet("客户")
    sheet.append(["客户号", "姓名", "出生日期", "手机", "AUM"])
    sheet.append([330000001, "黄雅琴", date(1974, 11, 12), 13812345678, 1234.5])
    sheet.append([])
    sheet.append(["330000002", "李伟", datetime(1980, 1, 2), "13812345679", 10**9])  # noqa: DTZ001  # as Excel has it
    path = tmp_path / "file.xlsx"
    book.save(path)
    frame = pl.concat(chunk.frame for chunk in opened(path).chunks())
    assert frame.rows() == [
        ("330000001", "黄雅琴", "1974-11-12 00:00:00", "13812345678", "1234.5", 2),
        ("330000002", "李伟", "1980-01-02 00:00:00", "13812345679", "1000000000", 4),
    ]


def test_parquet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file.parquet"
    pl.DataFrame(
        {"客户号": [1, 2], "姓名": ["黄雅琴", None], "出生日期": [date(1974, 11, 12), None], "AUM": [1.5, None]}
    ).write_parquet(path)
    frame = pl.concat(chunk.frame for chunk in opened(path).chunks())
    assert frame.rows() == [("1", "黄雅琴", "1974-11-12", "1.5", 1), ("2", None, None, None, 2)]


def test_files_that_are_no_tables_each_get_their_sentence(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    unpack = "Unpack it and load the file inside."
    export = "Export it as CSV, Excel (.xlsx) or Parquet."

    assert refusal(path) == f"There is no file {path}. Check the path."
    assert refusal(tmp_path) == (
        f"{tmp_path} is a folder, but the profile standard reads one file. Name the file inside the folder."
    )
    path.write_bytes(b"")
    assert refusal(path) == "The file file.csv is empty. The transfer was probably cut off: ask for the file again."
    path.write_bytes(b" \n\n , ,\n")
    assert refusal(path).startswith("The file file.csv is empty.")
    path.write_text("客户号,姓名\n")
    assert refusal(path) == (
        "The file file.csv has headings and no rows. The export was probably cut off: ask for the file again."
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inside.csv", "客户号,姓名")
    assert refusal(path) == f"file.csv is an archive (zip). {unpack}"
    path.write_bytes(b"PK\x03\x04 and nothing more")
    assert refusal(path) == "file.csv is damaged: File is not a zip file. Export the file again."
    path.write_bytes(gzip.compress(b"a,b"))
    assert refusal(path) == f"file.csv is an archive (gzip). {unpack}"
    path.write_bytes(b"Rar!\x1a\x07 ...")
    assert refusal(path) == f"file.csv is an archive (rar). {unpack}"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    assert refusal(path) == (
        "file.csv is a workbook of Excel 97–2003 or has a password. "
        "Save it as .xlsx without a password, or as CSV UTF-8."
    )
    path.write_bytes(b"%PDF-1.7 ...")
    assert refusal(path) == f"file.csv is no table: it holds a PDF document. {export}"
    path.unlink()
    sqlite3.connect(path).execute("create table t (a)").connection.close()
    assert refusal(path) == f"file.csv is no table: it holds a database. {export}"
    path.write_bytes(bytes(range(256)) * 40)
    assert refusal(path) == f"file.csv is no table: it holds binary data. {export}"
    path.write_bytes(b"PAR1 and nothing more")
    assert refusal(path).startswith("file.csv is damaged: ")


def test_headings_that_do_not_fit_are_named(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("甲,乙\n1,2\n")
    assert refusal(path) == (
        "No heading of file.csv is known to the profile standard; its first row reads: 甲 | 乙. "
        "Give the file a heading row with names such as 客户号 | 姓名 | 类型 | 状态."
    )
    path.write_text("客户号,手机\n1,2\n")
    assert refusal(path) == (
        "file.csv lacks the columns 姓名 / 客户姓名. "
        "Add them, or say on the import page which of the file's columns hold them."
    )
    path.write_text("客户号,姓名,手机,手机号\n1,2,3,4\n")
    assert refusal(path) == (
        "file.csv has two columns for 手机: 手机 | 手机号. Remove or rename one, or choose one on the import page."
    )


def test_a_folder_must_hold_what_the_profile_reads(tmp_path: Path) -> None:
    file = tmp_path / "client.asc"
    file.write_text('"client_id";"birth_number";"district_id"\n1;"706213";18\n')
    assert refusal(tmp_path, "berka") == (
        f"The folder {tmp_path} lacks disp.asc. Put the file there and load the folder again."
    )
    assert refusal(file, "berka").startswith(
        "client.asc is a file, but the profile berka reads a folder with client.asc"
    )


def test_a_large_file_is_read_block_by_block(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("客户号,姓名\n" + "".join(f"K{row:09},{'黄雅琴' * 5}\n" for row in range(400_000)))
    table = open_table(path, known={"客户号"}.__contains__)
    chunks = list(table.chunks())
    assert len(chunks) > 2
    assert max(chunk.frame.height for chunk in chunks) < 200_000
    assert pl.concat(chunk.frame for chunk in chunks)[ROW].to_list() == list(range(2, 400_002))
    assert chunks[-1].done == table.size
