"""Documents and contacts, a column at a time: the same findings as ``customers.identity``, which is the reference.

``tests/ingest/test_agreement.py`` proves that both agree on any text.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from keheng.ingest.checking.values import Column, Flaws, flaws_where, texts

_FULL_WIDTH = [chr(code) for code in range(0xFF01, 0xFF5F)]
_HALF_WIDTH = [chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)]
_SPACE = r"[\s\x1c-\x1f]+"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_OLDEST = 130
_SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SYMBOL_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_MOBILE = r"^1[3-9][0-9]{9}$"
_SERVICE_LINE = r"^(?:(?:400|800)[0-9]{7}|95[0-9]{3,6})$"
_LANDLINE = r"^(0(?:10|2[0-9]|[3-9][0-9]{2}))-?([2-9][0-9]{6,7})(?:-?([0-9]{1,5}))?$"
_EMAIL = r"^[^\s\x1c-\x1f@,;<>]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$"
_WECHAT = r"^(?:[A-Za-z][-_A-Za-z0-9]{5,19}|1[3-9][0-9]{9})$"
_OTHER_DOCUMENT = r"^[A-Z0-9()/-]{5,30}$"


@dataclass(frozen=True)
class Documents:
    """Document numbers in their normal form, what is wrong with them, and what resident numbers tell."""

    values: pl.Series
    flaws: Flaws
    births: pl.Series
    sexes: pl.Series


def normal(text: pl.Series) -> pl.Series:
    """Half width, no space; what is left empty is null."""
    if (text.str.len_bytes() != text.str.len_chars()).any():
        text = text.str.replace_many(_FULL_WIDTH, _HALF_WIDTH)
    if text.str.contains(_SPACE).any():
        text = text.str.replace_all(_SPACE, "")
    return text.set(text == "", None)


def documents(text: pl.Series, kinds: pl.Series, *, today: date) -> Documents:
    """Examine document numbers by the kind of each (``customers.enums.IdentityKind``)."""
    value = normal(text).str.to_uppercase()
    resident, company = kinds == "resident", kinds == "uscc"
    shaped = value.str.contains(r"^[0-9]{17}[0-9X]$") & resident
    numbers = value.set(~shaped.fill_null(value=False), None)
    births = numbers.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    births = births.set(~births.is_between(date(today.year - _OLDEST, 1, 1), today), None)
    flaws = flaws_where(
        (resident & value.is_not_null() & numbers.is_null(), "document"),
        (numbers.is_not_null() & births.is_null(), "document_birth"),
        (_resident_checks(numbers) != numbers.str.slice(17, 1), "check_digit"),
        (company & ~value.str.contains(rf"^[{_SYMBOLS}]{{18}}$"), "document"),
        *(((company & _wrong_credit_codes(value, company), "check_digit"),) if company.any() else ()),
        (~resident & ~company & ~value.str.contains(_OTHER_DOCUMENT), "document"),
    )
    odd = numbers.str.slice(16, 1).cast(pl.Int8, strict=False) % 2
    sexes = odd.replace_strict([0, 1], ["f", "m"], default=None, return_dtype=pl.String)
    return Documents(value, flaws, births, sexes.set(births.is_null(), None))


def _resident_checks(numbers: pl.Series) -> pl.Series:
    """The check character that 17 digits ask for (GB 11643, MOD 11-2)."""
    first = numbers.str.slice(0, 17).cast(pl.Int64)
    total = first * 0
    for place, weight in enumerate(_WEIGHTS):
        total += first // 10 ** (16 - place) % 10 * weight
    return (total % 11).replace_strict(list(range(11)), list(_CHECKS), default=None, return_dtype=pl.String)


def _wrong_credit_codes(value: pl.Series, company: pl.Series) -> pl.Series:
    """Which unified social credit codes of the right shape carry a wrong check symbol (GB 32100, MOD 31-3)."""
    codes = value.set(~(company & value.str.contains(rf"^[{_SYMBOLS}]{{18}}$")).fill_null(value=False), None)
    total = pl.Series([0]).new_from_index(0, len(codes))
    for place, weight in enumerate(_SYMBOL_WEIGHTS):
        total += _symbols(codes.str.slice(place, 1)) * weight
    return (31 - total % 31) % 31 != _symbols(codes.str.slice(17, 1))


def _symbols(characters: pl.Series) -> pl.Series:
    return characters.replace_strict(list(_SYMBOLS), list(range(31)), default=None, return_dtype=pl.Int64)


def contacts(kind: str, text: pl.Series, maximum: int | None = None) -> Column:
    """Examine a column of contacts of one kind (``customers.enums.ContactKind``), of at most so many characters."""
    match kind:
        case "mobile":
            return _mobiles(text)
        case "phone" | "backup":
            return _phones(text)
        case "email":
            return _shaped(normal(text).str.to_lowercase(), _EMAIL, "email")
        case "wechat":
            return _shaped(normal(text), _WECHAT, "wechat")
        case _:
            value = text.str.replace_all(r"[\s\x00-\x1f\x7f]+", " ").str.strip_chars(" ")
            return texts(value.set(value == "", None), maximum)


def _mobiles(text: pl.Series) -> Column:
    plain = text.str.contains(_MOBILE)
    if plain.all():  # null counts as fitting
        return Column(text)
    return _shaped(_digits(text), _MOBILE, "mobile")


def _phones(text: pl.Series) -> Column:
    value = _digits(text)
    plain = value.str.replace_all("-", "", literal=True)
    whole = (plain.str.contains(_MOBILE) | plain.str.contains(_SERVICE_LINE)).fill_null(value=False)
    with_extension = value.str.replace(_LANDLINE, "${1}-${2}-${3}").str.strip_suffix("-")
    landline = value.str.contains(_LANDLINE)
    value = plain.zip_with(whole, with_extension.zip_with(landline.fill_null(value=False), value))
    return Column(value, flaws_where((~(whole | landline), "phone")))


def _digits(text: pl.Series) -> pl.Series:
    value = normal(text)
    value = value.str.replace_all(r"[()（）·. ]", "").str.replace_all("[—–]", "-")
    value = value.str.replace(r"^(?:\+|00)86-?", "")
    plain = value.str.replace_all("-", "", literal=True)
    value = plain.zip_with(plain.str.contains(_MOBILE).fill_null(value=False), value)
    return value.set(value == "", None)


def _shaped(value: pl.Series, shape: str, flaw: str) -> Column:
    return Column(value, flaws_where((~value.str.contains(shape), flaw)))
