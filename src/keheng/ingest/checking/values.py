"""Cells become values, a column at a time.

Each reader takes the trimmed text of a column (empty is null) and returns the values and, where any cell is wrong, the
flaws: a column of codes of ``faults.ROW_FLAWS``, null where the cell is right. The common spelling is tried first and
the others only for the cells that are left.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

MONEY = pl.Decimal(18, 2)
_WIDE = pl.Decimal(38, 6)
_LARGEST = Decimal(10) ** 15  # what the tables hold
OLDEST = date(1900, 1, 1)
_DATES = (("%Y-%m-%d", r"-"), ("%Y/%m/%d", r"/"), ("%Y%m%d", r"^\d{8}$"), ("%d.%m.%Y", r"\."))
_MIDNIGHT = r"[ T]00:00(:00(\.0+)?)?$"
_EPOCH_OF_EXCEL = date(1899, 12, 30)
_NOTHING = (
    "", "-", "--", "—", "/", "无", "暂无", "未知", "不详", "n/a", "N/A", "null", "NULL", "Null", "none", "None", "NONE",
)  # fmt: skip  # what people write for "empty"
_YES = ("是", "y", "yes", "true", "t", "1", "有", "√")
_NO = ("否", "n", "no", "false", "f", "0", "无", "没有")

type Flaws = pl.Series | None


@dataclass(frozen=True)
class Column:
    """A column that was read: the values (null: unknown or wrong) and the flaws, if any."""

    values: pl.Series
    flaws: Flaws = None


def trimmed(text: pl.Series) -> pl.Series:
    """Cells without surrounding space; empty cells become null."""
    return pl.DataFrame(text).select(cleaned(text.name)).to_series()


def cleaned(name: str, *, keep_words: bool = False) -> pl.Expr:
    """A column without surrounding space, null where it says nothing: empty, ``-``, ``无``, ``N/A``.

    Args:
        keep_words: where 无 is an answer (yes or no, choices), only empty cells are null.
    """
    text = pl.col(name).str.strip_chars()
    return pl.when(~text.is_in(("",) if keep_words else _NOTHING)).then(text).alias(name)


def flaws_where(*cases: tuple[pl.Series, str]) -> Flaws:
    """One column of codes from masks; the first mask that is true names the flaw. ``None`` when none is."""
    hit = [(mask.fill_null(value=False), code) for mask, code in cases]
    hit = [(mask, code) for mask, code in hit if mask.any()]
    if not hit:
        return None
    chain = pl.when(hit[0][0]).then(pl.lit(hit[0][1]))
    for mask, code in hit[1:]:
        chain = chain.when(mask).then(pl.lit(code))  # type: ignore[assignment]
    return pl.select(chain.otherwise(pl.lit(None, dtype=pl.String))).to_series()


def texts(text: pl.Series, maximum: int | None) -> Column:
    """Free text; control characters become spaces."""
    if text.str.contains(r"[\x00-\x1f\x7f]").any():
        text = text.str.replace_all(r"[\x00-\x1f\x7f]+", " ")
    return Column(text, flaws_where((text.str.len_chars() > maximum, "long")) if maximum else None)


def unguarded(text: pl.Series) -> pl.Series:
    """Cells without the apostrophe or ``="…"`` that keeps spreadsheets from counting."""
    if text.str.contains(r"^['=]").any():
        text = text.str.replace(r"^'", "").str.replace(r'^="(.*)"$', "${1}")
    return text


def unwrapped(text: pl.Series) -> pl.Series:
    """Digits as meant: half width, unguarded."""
    if (text.str.len_bytes() != text.str.len_chars()).any():
        text = text.str.normalize("NFKC").str.strip_chars()
    return unguarded(text)


def codes(text: pl.Series, maximum: int | None) -> Column:
    """Numbers that are names: customer and account numbers."""
    text = unwrapped(text)
    return Column(
        text,
        flaws_where(
            (text.str.contains(r"^\d([.,]\d+)?[eE]\+\d+$"), "scientific"),
            (text.str.len_chars() > (maximum or 40), "long"),
        ),
    )


def choices(text: pl.Series, words: Mapping[str, str | int | bool], kind: pl.DataType | type[pl.DataType]) -> Column:
    """The stored value of each word, whatever its case and width."""
    stored = {unicodedata.normalize("NFKC", key).casefold(): value for key, value in words.items()}
    lower = unwrapped(text).str.to_lowercase()
    values = lower.replace_strict(list(stored), list(stored.values()), default=None, return_dtype=kind)
    return Column(values, flaws_where((values.is_null() & text.is_not_null(), "choice")))


def flags(text: pl.Series) -> Column:
    """是 and 否 in their spellings."""
    lower = unwrapped(text).str.to_lowercase()
    values = lower.replace_strict(
        [*_YES, *_NO], [True] * len(_YES) + [False] * len(_NO), default=None, return_dtype=pl.Boolean
    )
    return Column(values, flaws_where((values.is_null() & text.is_not_null(), "flag")))


def lookups(text: pl.Series, keys: Mapping[str, int], flaw: str) -> Column:
    """Keys of records by their codes."""
    text = unwrapped(text)
    values = text.replace_strict(list(keys), list(keys.values()), default=None, return_dtype=pl.Int64)
    return Column(values, flaws_where((values.is_null() & text.is_not_null(), flaw)))


@dataclass(frozen=True)
class Numbers:
    """Exact numbers as the file states them; which cells hold none; which hold one that no table can hold."""

    stated: pl.Series
    wrong: pl.Series
    too_big: pl.Series


def numbers(text: pl.Series) -> Numbers:
    """Read numbers; thousands separators, a leading ¥ and a trailing 元 fall away."""
    stated = text.cast(_WIDE, strict=False)
    left = stated.is_null() & text.is_not_null()
    if not left.any():
        return Numbers(stated, left, left)
    plain = unwrapped(text).str.replace_all(r"[,\s]", "").str.replace(r"^[¥￥]", "").str.replace(r"元$", "")
    plain = plain.set(~plain.str.contains(r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$"), None)
    stated = stated.zip_with(~left, plain.cast(_WIDE, strict=False))
    left = stated.is_null() & text.is_not_null()
    return Numbers(stated, left & plain.is_null(), left & plain.is_not_null())


def amounts(
    read: Numbers, *, factor: Decimal = Decimal(1), minimum: Decimal | None = None, maximum: Decimal | None = None
) -> Column:
    """Amounts in CNY with two decimals.

    Args:
        factor: CNY for one unit of the file.
        minimum: in CNY.
        maximum: in CNY.
    """
    wide = read.stated if factor == 1 else pl.select(read.stated * pl.lit(factor)).to_series()
    least = -_LARGEST if minimum is None else minimum
    most = _LARGEST if maximum is None else min(maximum, _LARGEST)
    cases = [(read.wrong, "number"), (read.too_big, "absurd")]
    cases += [(wide < 0, "negative")] if least == 0 else []
    cases.append(((wide < least) | (wide > most), "absurd"))
    return Column(wide.cast(MONEY, strict=False), flaws_where(*cases))


def integers(read: Numbers, *, minimum: Decimal | None = None, maximum: Decimal | None = None) -> Column:
    """Whole numbers; ``12.0`` is one."""
    least, most = int(minimum or 0), int(2**31 - 1 if maximum is None else maximum)
    found = read.stated.cast(pl.Int64, strict=False)
    return Column(
        found,
        flaws_where(
            (read.wrong, "number"),
            (read.too_big, "absurd"),
            (found.cast(_WIDE, strict=False) != read.stated, "whole"),
            (found < 0, "negative") if least == 0 else (found < least, "absurd"),
            ((found < least) | (found > most), "absurd"),
        ),
    )


def dates(text: pl.Series, *, latest: date) -> Column:
    """Dates in four spellings and as days of Excel; dates after ``latest`` are flaws."""
    text = unwrapped(text)
    values = pl.Series(text.name, [None], dtype=pl.Date).new_from_index(0, len(text))
    left = text.is_not_null()
    for spelling, mark in _DATES:
        if not left.any():
            break
        fitting = left & text.str.contains(mark)
        if fitting.any():
            values = values.zip_with(~fitting, text.str.to_date(spelling, strict=False))
            left = values.is_null() & text.is_not_null()
    if left.any() and text.str.contains(_MIDNIGHT).any():
        again = text.str.replace(_MIDNIGHT, "")
        values = values.zip_with(~left, again.str.to_date("%Y-%m-%d", strict=False))
        values = values.zip_with(values.is_not_null(), again.str.to_date("%Y/%m/%d", strict=False))
        left = values.is_null() & text.is_not_null()
    if left.any():
        days = text.set(~text.str.contains(r"^\d{5}(\.0)?$"), None).cast(pl.Float64, strict=False).cast(pl.Int32)
        values = values.zip_with(~left, (days + (_EPOCH_OF_EXCEL - date(1970, 1, 1)).days).cast(pl.Date))
        left = values.is_null() & text.is_not_null()
    return Column(values, flaws_where((left, "date"), (values > latest, "future"), (values < OLDEST, "early")))


def births_from_ages(text: pl.Series, *, as_of: date) -> Column:
    """The first of January of the year in which someone of this age on ``as_of`` was born."""
    years = text.cast(pl.Int32, strict=False)
    wrong = (years.is_null() & text.is_not_null()) | (years < 0) | (years > 120)
    years = years.set(wrong.fill_null(value=False), None)
    return Column(pl.select(pl.date(pl.lit(as_of.year) - pl.lit(years), 1, 1)).to_series(), flaws_where((wrong, "age")))


def czech_births(text: pl.Series) -> Column:
    """Dates from ``YYMMDD`` of the 20th century, where 50 is added to women's months."""
    year, month, day = (text.str.slice(at, 2).cast(pl.Int32, strict=False) for at in (0, 2, 4))
    month = month.zip_with((month <= 50).fill_null(value=True), month - 50)
    parts = pl.DataFrame({"year": year + 1900, "month": month, "day": day})
    spelled = parts.select(pl.format("{}-{}-{}", "year", "month", "day")).to_series()
    values = spelled.set(text.is_null() | (text.str.len_chars() != 6), None).str.to_date("%Y-%m-%d", strict=False)
    return Column(values, flaws_where((values.is_null() & text.is_not_null(), "birth_number")))


def czech_sexes(text: pl.Series) -> Column:
    """``f`` where 50 is added to the month, else ``m``."""
    month = text.str.slice(2, 2).cast(pl.Int32, strict=False)
    values = pl.select(pl.when(month.is_null()).then(None).when(month > 50).then(pl.lit("f")).otherwise(pl.lit("m")))
    return Column(values.to_series(), flaws_where((month.is_null() & text.is_not_null(), "birth_number")))


def filled(text: pl.Series, template: str) -> pl.Series:
    """The template filled with each cell; made once for each different cell."""
    different = text.drop_nulls().unique()
    made = [template.format(value=value) for value in different]
    return text.replace_strict(different, pl.Series(made, dtype=pl.String), default=None, return_dtype=pl.String)
