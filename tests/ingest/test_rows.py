"""Cells: how they are read, and the exact sentence for each that cannot be."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ingest.files import GOOD_CODE, GOOD_ID, ROW, TODAY, check_file, rejects_of, write_csv

from keheng.ingest.checking import values
from keheng.ingest.checking.duplicates import SeenKeys
from keheng.ingest.checking.sheet import Reject

pytestmark = pytest.mark.usefixtures("english")


def only_reject(tmp_path: Path, **cells: str) -> Reject:
    [reject] = rejects_of(write_csv(tmp_path / "file.csv", [{**ROW, **cells}]))
    return reject


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-11-22", date(2026, 11, 22)),
        ("2026/11/22", date(2026, 11, 22)),
        ("2026/1/2", date(2026, 1, 2)),
        ("20261122", date(2026, 11, 22)),
        ("22.11.2026", date(2026, 11, 22)),
        ("46348", date(2026, 11, 22)),
        ("2026-11-22 00:00:00", date(2026, 11, 22)),
        ("２０２６-11-22", date(2026, 11, 22)),
        ("2026-02-30", None),
        ("2026112", None),
        ("22/11/2026", None),
        ("2026-11-22 08:30", None),
        ("soon", None),
    ],
)
def test_dates_in_four_formats_and_of_excel(cell: str, day: date | None) -> None:
    column = values.dates(pl.Series([cell, None, "2020-01-01"]), latest=TODAY)
    assert column.values.to_list() == [day, None, date(2020, 1, 1)]
    assert (column.flaws is None) == (day is not None)


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("1234567.89", "1234567.89"),
        ("1,234,567.89", "1234567.89"),
        ("¥1,000", "1000.00"),
        ("1000元", "1000.00"),
        ("１２３.5", "123.50"),
        ("-5.5", "-5.50"),
        ("1.2E+7", "12000000.00"),
        (".5", "0.50"),
        ("0.005", "0.00"),
    ],
)
def test_amounts_as_people_write_them(cell: str, amount: str) -> None:
    column = values.amounts(values.numbers(pl.Series([cell, None])))
    assert column.values.to_list() == [Decimal(amount), None]
    assert column.flaws is None


@pytest.mark.parametrize(
    ("cell", "flaw"),
    [
        ("12a", "number"),
        ("1.2.3", "number"),
        ("nan", "number"),
        ("inf", "number"),
        ("1e400", "absurd"),
        ("1e30", "absurd"),
    ],
)
def test_what_is_no_amount(cell: str, flaw: str) -> None:
    assert values.amounts(values.numbers(pl.Series([cell, "1"]))).flaws.to_list() == [flaw, None]


@given(st.decimals(min_value=-(10**13), max_value=10**13, places=2), st.sampled_from(["1", "7.80", "0.32", "10000"]))
def test_amounts_are_exact(amount: Decimal, factor: str) -> None:
    column = values.amounts(values.numbers(pl.Series([f"{amount:f}"])), factor=Decimal(factor))
    exact = amount * Decimal(factor)
    if abs(exact) < 10**15:
        assert column.flaws is None
        assert abs(column.values[0] - exact) <= Decimal("0.005")
    else:
        assert column.flaws.to_list() == ["absurd"]


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ({"客户号": ""}, ("客户号", "", "The field is empty", "Fill it in")),
        ({"姓名": " 　"}, ("姓名", "", "The field is empty", "Fill it in")),
        ({"姓名": "名" * 121}, ("姓名", "名" * 121, "Longer than 120 characters", "Shorten it")),
        (
            {"客户号": "3.30302E+17"},
            ("客户号", "3.30302E+17", "A spreadsheet wrote the number as a power of ten; its digits are lost",
             "Format the column as text in the source and export again"),
        ),
        ({"AUM": "五万"}, ("AUM", "五万", "Not a number", "Write digits only, such as 1234567.89")),
        ({"AUM": "-1"}, ("AUM", "-1", "Negative", "Correct the amount; the least is 0")),
        (
            {"AUM": "100000000000.01"},
            ("AUM", "100000000000.01", "Outside 0 to 100,000,000,000",
             "Check the unit (yuan or 10,000 yuan) and correct the amount"),
        ),
        ({"产品数": "2.5"}, ("产品数", "2.5", "Not a whole number", "Write digits only, such as 12")),
        ({"产品数": "-1"}, ("产品数", "-1", "Negative", "Correct the amount; the least is 0")),
        ({"日期": "2026-13-01"}, ("日期", "2026-13-01", "Not a date", "Write it as 2026-11-22")),
        ({"日期": "2026-11-23"}, ("日期", "2026-11-23", "In the future", "Correct the date")),
        ({"开户日期": "1899-12-31"}, ("开户日期", "1899-12-31", "Before 1900-01-01", "Correct the date")),
        ({"勿扰": "也许"}, ("勿扰", "也许", "Neither yes nor no", "Write 是 or 否")),
        (
            {"性别": "X"},
            ("性别", "X", "Not one of the known words", "Write one of: 男、男性、m、male、女、女性、f、female"),
        ),
        (
            {"机构号": "WZ99"},
            ("机构号", "WZ99", "No branch has this code", "Correct the code, or create the branch first"),
        ),
        (
            {"客户经理": "rm99"},
            ("客户经理", "rm99", "No member of staff has this user name",
             "Correct the user name, or create the account first"),
        ),
        (
            {"证件号码": "110105194912310029"},
            ("证件号码", "1101************29", "The check digit does not agree",
             "Compare the number with the document: a digit is wrong"),
        ),
        (
            {"证件号码": "110105194913310029"},
            ("证件号码", "1101************29", "The number holds an impossible date of birth",
             "Compare the number with the document"),
        ),
        (
            {"证件号码": "11010549123100"},
            ("证件号码", "1101********00", "Not a document number of this kind",
             "Correct the number or the kind of document"),
        ),
        (
            {"证件号码": GOOD_ID, "出生日期": "1949-12-30"},
            ("出生日期", "1949-12-30", "Differs from the date of birth in the identity number",
             "Correct the date of birth or the number"),
        ),
        (
            {"证件号码": GOOD_ID, "性别": "男"},
            ("性别", "男", "Differs from the sex in the identity number", "Correct the sex or the number"),
        ),
        (
            {"类型": "公司", "证件号码": "91350100M000100Y44"},
            ("证件号码", "9135************44", "The check digit does not agree",
             "Compare the number with the document: a digit is wrong"),
        ),
        (
            {"手机": "23812345678"},
            ("手机", "238****5678", "Not a mobile number", "Write 11 digits, beginning with 13 to 19"),
        ),
        (
            {"备用电话": "0577-123"},
            ("备用电话", "0577-****123", "Not a telephone number", "Write area code and number, such as 0577-88002210"),
        ),
        ({"邮箱": "huang@"}, ("邮箱", "h****@", "Not an e-mail address", "Write it as name@example.com")),
        (
            {"微信": "1"},
            ("微信", "****", "Not a WeChat name", "Write 6 to 20 letters, digits, - or _, beginning with a letter"),
        ),
        ({"地址": "路" * 201}, ("地址", "路路路路路路****", "Longer than 200 characters", "Shorten it")),
    ],
)  # fmt: skip
def test_each_flaw_of_a_cell_has_its_sentence(
    tmp_path: Path, cells: dict[str, str], shown: tuple[str, str, str, str]
) -> None:
    reject = only_reject(tmp_path, **cells)
    assert (reject.row, (reject.field, reject.value, reject.reason, reject.remedy)) == (2, shown)


def test_rows_of_the_wrong_length_name_their_number(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text('客户号,姓名,AUM\nK1,黄雅琴,1\nK2,王建国\n\nK3,李伟,1,234.00\nK4,"赵敏,1\nK5,周杰,1\n')
    assert [(reject.row, reject.reason, reject.remedy) for reject in rejects_of(path)] == [
        (3, "The row has 2 fields instead of 3", "Export the row again; a delimiter is lost"),
        (5, "The row has 4 fields instead of 3", "Put quotes around the field that holds the delimiter"),
        (6, "A quote is opened and not closed", 'Close the quote, or write a quote inside a field as ""'),
    ]
    chunks = check_file(path)
    assert (sum(chunk.read for chunk in chunks), sum(chunk.rejected for chunk in chunks)) == (5, 3)
    assert pl.concat(chunk.archive for chunk in chunks)["number"].to_list() == ["K1", "K5"]


def test_a_key_that_comes_twice_names_the_first_row(tmp_path: Path) -> None:
    rows = [{**ROW, "客户号": number} for number in ("K1", "K2", "K1", "K3", "K2")]
    rejects = rejects_of(write_csv(tmp_path / "file.csv", rows))
    assert [(reject.row, reject.value, reject.reason, reject.remedy) for reject in rejects] == [
        (4, "K1", "The same customer number stands in row 2", "Keep one of the rows"),
        (6, "K2", "The same customer number stands in row 3", "Keep one of the rows"),
    ]


@given(st.lists(st.lists(st.none() | st.sampled_from("abcdefgh"), max_size=8), max_size=8))
def test_keys_are_remembered_over_chunks(chunks: list[list[str | None]]) -> None:
    seen, first, row = SeenKeys(), {}, 0
    for chunk in chunks:
        numbers = list(range(row + 1, row + 1 + len(chunk)))
        found = seen.first_rows(pl.Series(chunk, dtype=pl.String), pl.Series(numbers, dtype=pl.Int64))
        expected = []
        for key, number in zip(chunk, numbers, strict=True):
            expected.append(first.get(key) if key is not None else None)
            first.setdefault(key, number)
        assert found.to_list() == expected
        row += len(chunk)


def test_what_says_nothing_is_nothing(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "file.csv", [{**ROW, "手机": "无", "邮箱": "N/A", "AUM": "-", "职业": "", "地址": "暂无"}]
    )
    [checked] = check_file(path)
    assert not checked.rejects
    assert checked.contacts.height == 0
    assert checked.figures["aum"].to_list() == [None]


def test_an_identity_number_fills_birth_date_and_sex(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "file.csv", [{**ROW, "证件号码": GOOD_ID, "性别": ""}])
    [checked] = check_file(path)
    row = checked.archive.row(0, named=True)
    assert (row["birth_date"], row["sex"], row["id_kind"]) == (date(1949, 12, 31), "f", "resident")


def test_the_kind_of_document_follows_from_what_the_number_looks_like(tmp_path: Path) -> None:
    rows = [
        {**ROW, "客户号": "1", "类型": "个人", "证件号码": GOOD_ID},
        {**ROW, "客户号": "2", "类型": "个人", "证件号码": "E12345678"},
        {**ROW, "客户号": "3", "类型": "企业", "证件号码": GOOD_CODE},
        {**ROW, "客户号": "4", "类型": "企业", "证件号码": "330300000012345"},
        {**ROW, "客户号": "5", "类型": "个人", "证件号码": ""},
    ]
    [checked] = check_file(write_csv(tmp_path / "file.csv", rows))
    assert checked.archive["id_kind"].to_list() == ["resident", "other", "uscc", "other", None]


def test_spreadsheets_guards_around_digits_fall_away(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "file.csv", [{**ROW, "客户号": "'0012", "证件号码": f'="{GOOD_ID}"', "手机": "\t13812345678"}]
    )
    [checked] = check_file(path)
    assert not checked.rejects
    assert checked.archive["number"].to_list() == ["0012"]


def test_a_unit_in_the_heading_multiplies(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("客户号,姓名,AUM（万元）,存款(元)\nK1,黄雅琴,12.5,3000\n")
    [checked] = check_file(path)
    assert checked.figures.select("aum", "deposits").row(0) == (Decimal("125000.00"), Decimal("3000.00"))
