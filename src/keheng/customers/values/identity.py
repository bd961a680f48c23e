"""Documents, phones and addresses as data: are they well formed, and what do they tell?

Pure: GB 11643 (resident identity number), GB 32100 (unified social credit code), mainland phone numbers, e-mail.
A finding is an error (the value cannot be right) or a warning (it can, but look twice): regions only warn, because
they are redrawn every year and residence permits have their own.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
_ID_SHAPE = re.compile(r"\d{17}[\dX]", re.ASCII)
_USCC_SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_USCC_SHAPE = re.compile(rf"[{_USCC_SYMBOLS}]{{18}}")
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(
    r"(?P<area>0(?:10|2\d|[3-9]\d{2}))-?(?P<number>[2-9]\d{6,7})(?:-?(?P<extension>\d{1,5}))?", re.ASCII
)
_SERVICE_LINE = re.compile(r"(?:400|800)\d{7}|95\d{3,6}", re.ASCII)
_EMAIL = re.compile(r"[^\s@,;<>]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,63}")
_WECHAT = re.compile(r"[A-Za-z][-_A-Za-z0-9]{5,19}|1[3-9]\d{9}", re.ASCII)

# First two digits: provinces (11–65), Taiwan, Hong Kong, Macao (71, 81–82), permits of their residents (83), and
# foreigners' permanent residence cards (91–99).
_MAINLAND = {*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66)}
_PROVINCES = frozenset(_MAINLAND | {71, 81, 82, 83, *range(91, 100)})
_OLDEST = 130


class Flaw(StrEnum):
    """What is wrong with a value; the sentence for people stands in ``customers.flaws``."""

    EMPTY = "empty"
    SHAPE = "shape"
    CHECK_DIGIT = "check_digit"
    BIRTH_DATE = "birth_date"
    REGION = "region"


@dataclass(frozen=True, slots=True)
class Finding:
    """The value in its normal form, what is wrong with it, and what it tells of its holder."""

    value: str
    error: Flaw | None = None
    warning: Flaw | None = None
    birth_date: date | None = None
    sex: str = field(default="")  # "f", "m" as in enums.Sex, or unknown

    @property
    def ok(self) -> bool:
        return self.error is None


def normal(text: str) -> str:
    """Trim, full-width to half-width, no inner spaces: ``１３８ 1234 5678`` → ``13812345678``."""
    half = "".join(chr(ord(char) - 0xFEE0) if "！" <= char <= "～" else char for char in text)
    return "".join(half.split())


def resident_check(first17: str) -> str:
    """The check character of a resident identity number: ``11010519491231002`` → ``X`` (GB 11643, MOD 11-2)."""
    return _ID_CHECK[sum(int(digit) * weight for digit, weight in zip(first17, _ID_WEIGHTS, strict=True)) % 11]


def credit_code_check(first17: str) -> str:
    """The check character of a unified social credit code: ``91110000600037341`` → ``L`` (GB 32100, MOD 31-3)."""
    total = sum(_USCC_SYMBOLS.index(symbol) * weight for symbol, weight in zip(first17, _USCC_WEIGHTS, strict=True))
    return _USCC_SYMBOLS[-total % 31]


def resident(text: str, *, today: date | None = None) -> Finding:
    """Examine a resident identity number; with ``today``, a birth after it or 130 years before it is an error."""
    value = normal(text).upper()
    if not value:
        return Finding(value, Flaw.EMPTY)
    if not _ID_SHAPE.fullmatch(value):
        return Finding(value, Flaw.SHAPE)
    born = _date(value[6:14])
    if born is None or (today and not (today.year - _OLDEST <= born.year and born <= today)):
        return Finding(value, Flaw.BIRTH_DATE)
    if resident_check(value[:17]) != value[17]:
        return Finding(value, Flaw.CHECK_DIGIT)
    warning = None if int(value[:2]) in _PROVINCES else Flaw.REGION
    return Finding(value, None, warning, born, "m" if int(value[16]) % 2 else "f")


def credit_code(text: str) -> Finding:
    """Examine a unified social credit code; an unknown region of registration only warns."""
    value = normal(text).upper()
    if not value:
        return Finding(value, Flaw.EMPTY)
    if not _USCC_SHAPE.fullmatch(value):
        return Finding(value, Flaw.SHAPE)
    if credit_code_check(value[:17]) != value[17]:
        return Finding(value, Flaw.CHECK_DIGIT)
    region = value[2:4]
    known = region.isdigit() and (int(region) in _PROVINCES or region == "10")  # 10: registered at the national bureau
    return Finding(value, warning=None if known else Flaw.REGION)


def mobile(text: str) -> Finding:
    """Examine a mainland mobile number; ``+86`` and separators fall away."""
    value = _digits_of_phone(text)
    return _shaped(value, _MOBILE)


def phone(text: str) -> Finding:
    """Examine a landline (``0577-88002210``, extension allowed), a service line (400, 800, 95xxx) or a mobile."""
    value = _digits_of_phone(text)
    plain = value.replace("-", "")
    if _MOBILE.fullmatch(plain) or _SERVICE_LINE.fullmatch(plain):
        return Finding(plain)
    parts = _LANDLINE.fullmatch(value)
    if parts is None:
        return Finding(value, Flaw.SHAPE if value else Flaw.EMPTY)
    extension = f"-{parts['extension']}" if parts["extension"] else ""
    return Finding(f"{parts['area']}-{parts['number']}{extension}")


def email(text: str) -> Finding:
    """Examine an e-mail address; it is kept in lower case."""
    return _shaped(normal(text).lower(), _EMAIL)


def wechat(text: str) -> Finding:
    """Examine a WeChat name: a letter and 5 to 19 more of letters, digits, ``-``, ``_``; or a mobile number."""
    return _shaped(normal(text), _WECHAT)


def free_text(text: str) -> Finding:
    """Take an address or another document's number as it is, trimmed."""
    value = " ".join(text.split())
    return Finding(value, None if value else Flaw.EMPTY)


def other_document(text: str) -> Finding:
    """Examine a passport or other document: 5 to 30 letters, digits and dashes."""
    value = normal(text).upper()
    return _shaped(value, re.compile(r"[A-Z0-9()/-]{5,30}"))


#: How each kind of document and contact point (``enums``) is examined.
DOCUMENTS: dict[str, Callable[[str], Finding]] = {
    "resident": resident,
    "uscc": credit_code,
    "passport": other_document,
    "other": other_document,
}
CONTACTS: dict[str, Callable[[str], Finding]] = {
    "mobile": mobile,
    "phone": phone,
    "backup": phone,
    "email": email,
    "wechat": wechat,
    "address": free_text,
}


def age_on(birth_date: date, day: date) -> int:
    """Completed years; a birthday on 29 February is reached on 1 March of common years."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def _digits_of_phone(text: str) -> str:
    value = re.sub(r"[()（）·. ]", "", normal(text)).replace("—", "-").replace("–", "-")
    value = re.sub(r"^(?:\+|00)86-?", "", value)
    return value.replace("-", "") if _MOBILE.fullmatch(value.replace("-", "")) else value


def _shaped(value: str, shape: re.Pattern[str]) -> Finding:
    if not value:
        return Finding(value, Flaw.EMPTY)
    return Finding(value, None if shape.fullmatch(value) else Flaw.SHAPE)


def _date(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
