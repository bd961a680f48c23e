"""Identity numbers, credit codes, phone and account numbers: valid in form, unique, and nobody's.

Mobile numbers lie in blocks (160, 161, 163, 164, 168, 169) that no carrier has been given; landlines in the
exchange 5555; account numbers under an issuer number that is not assigned.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

from keheng.demo.plan import Integers, pick, table

type _Symbols = npt.NDArray[np.uint8]

_ID_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_ID_CHECKS = np.frombuffer(b"10X98765432", dtype=np.uint8)
_CODE_SYMBOLS = np.frombuffer(b"0123456789ABCDEFGHJKLMNPQRTUWXY", dtype=np.uint8)
_CODE_WEIGHTS = np.array([pow(3, place, 31) for place in range(17)])
_BODY_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])  # GB 11714: the nine characters of the organisation
_BODY_CHECKS = np.frombuffer(b"0123456789X", dtype=np.uint8)
_MOBILE_BLOCKS = np.array([160, 161, 163, 164, 168, 169])
_ISSUER = 623_999
_STEP = 37_139_213  # prime, so that multiples of it modulo a power of ten never repeat before all are used
_PER_DAY = 500  # identity numbers that one county can give to one sex on one day


def resident_numbers(random: np.random.Generator, birth_dates: pl.Series, is_male: Integers) -> pl.Series:
    """Make resident identity numbers (GB 11643) that agree with birth date and sex; no two are alike."""
    regions = table("regions")
    codes = np.array(list(regions))[pick(random, list(regions.values()), len(is_male))]
    births = birth_dates.dt.strftime("%Y%m%d").cast(pl.Int64).to_numpy()
    people = pl.DataFrame({"region": codes, "birth": births, "sex": is_male})
    place = people.select(pl.int_range(pl.len()).over("region", "birth", "sex")).to_series().to_numpy()
    if len(place) and place.max() >= _PER_DAY:
        raise ValueError("more people of one county, day and sex than it has numbers: ask for fewer customers")
    serial = ((codes * 7 + births * 13 + place * 37) % _PER_DAY) * 2 + is_male
    symbols = np.hstack([_digits(codes, 6), _digits(births, 8), _digits(serial, 3)])
    checks = _ID_CHECKS[(symbols * _ID_WEIGHTS).sum(axis=1) % 11]
    return _text(np.hstack([symbols + ord("0"), checks[:, None]]))


def credit_codes(random: np.random.Generator, is_institution: npt.NDArray[np.bool_]) -> pl.Series:
    """Make unified social credit codes (GB 32100) with both check characters; no two are alike."""
    count = len(is_institution)
    counties = [int(code) for code in table("regions") if 330_300 <= int(code) < 330_400]
    regions = np.array(counties)[random.integers(0, len(counties), count)]
    serial = _scattered(count, 10**6)
    body = np.hstack([np.tile(np.array([22, 10]), (count, 1)), _digits(serial, 6)])  # the letters "MA", six digits
    remainder = (11 - (body * _BODY_WEIGHTS).sum(axis=1) % 11) % 11
    letters = np.frombuffer(b"MA", dtype=np.uint8)
    head = np.where(is_institution[:, None], np.frombuffer(b"12", dtype=np.uint8), np.frombuffer(b"91", dtype=np.uint8))
    first17 = np.hstack(
        [
            head,
            _digits(regions, 6) + ord("0"),
            np.tile(letters, (count, 1)),
            _digits(serial, 6) + ord("0"),
            _BODY_CHECKS[remainder][:, None],
        ]
    ).astype(np.uint8)
    values = np.searchsorted(_CODE_SYMBOLS, first17)
    checks = _CODE_SYMBOLS[-(values * _CODE_WEIGHTS).sum(axis=1) % 31]
    return _text(np.hstack([first17, checks[:, None]]))


def mobiles(count: int) -> pl.Series:
    """Make mobile numbers that nobody can have; no two are alike."""
    serial = _scattered(count, 10**8)
    blocks = _MOBILE_BLOCKS[np.arange(count) % len(_MOBILE_BLOCKS)]
    return _text(np.hstack([_digits(blocks, 3), _digits(serial, 8)]) + ord("0"))


def landlines(count: int) -> pl.Series:
    """Make landline numbers of Wenzhou in an exchange that does not exist."""
    return "0577-5555" + _text(_digits(_scattered(count, 10**4), 4) + ord("0"))


def account_numbers(count: int, first: int) -> pl.Series:
    """Make 19-digit account numbers with a Luhn check digit, the ``first``-th and those that follow."""
    serial = (np.arange(first, first + count, dtype=np.int64) * _STEP) % 10**12
    digits = np.hstack([_digits(np.full(count, _ISSUER), 6), _digits(serial, 12)])
    doubled = digits[:, ::-1].copy().astype(np.int64)
    doubled[:, ::2] *= 2
    total = np.where(doubled > 9, doubled - 9, doubled).sum(axis=1)
    return _text(np.hstack([digits, ((-total) % 10)[:, None]]).astype(np.uint8) + ord("0"))


def _scattered(count: int, space: int) -> Integers:
    """The first ``count`` of a fixed scattering of the numbers below ``space``."""
    return (np.arange(count, dtype=np.int64) * _STEP + 4_711) % space


def _digits(numbers: Integers, width: int) -> _Symbols:
    powers = 10 ** np.arange(width - 1, -1, -1)
    return ((numbers[:, None] // powers) % 10).astype(np.uint8)


def _text(symbols: npt.NDArray[np.integer]) -> pl.Series:
    """Rows of character codes as a column of text."""
    width = symbols.shape[1]
    rows = np.ascontiguousarray(symbols, dtype=np.uint8).view(f"S{width}").ravel()
    return pl.Series(rows.astype(f"U{width}"), dtype=pl.String)
