"""What a custom field takes: values as text, brought to the form that is stored. Pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from keheng.customers.enums import CustomType

type Stored = str | bool | list[str] | None
LONGEST = 200
_PLACES = 15
_YES = frozenset({"true", "yes", "1", "on", "是"})
_NO = frozenset({"false", "no", "0", "off", "否"})


class Wrong(StrEnum):
    """Why a value does not fit its field."""

    TOO_LONG = "too_long"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"
    REQUIRED = "required"


SENTENCES = {
    Wrong.TOO_LONG: _("Write at most 200 characters."),
    Wrong.NUMBER: _("Write a number, such as 12 or 3.5."),
    Wrong.DATE: _("Write a date as 2026-11-22."),
    Wrong.YES_NO: _("Say yes or no."),
    Wrong.CHOICE: _("Choose from the list; it may have changed since the page was opened."),
    Wrong.REQUIRED: _("This institution requires the field: ask the customer and fill it in."),
}


class UnfitValueError(ValueError):
    """A value that its field does not take; ``why`` says so."""

    def __init__(self, why: Wrong) -> None:
        super().__init__(why.value)
        self.why = why


def clean(kind: str, choices: Sequence[str], value: object, *, is_required: bool = False) -> Stored:
    """Bring a value to the form in which it is stored; ``None`` for nothing.

    Numbers and dates are stored as text in one spelling, so that equal values are equal texts.

    Raises:
        UnfitValueError: the value does not fit the type, is none of the choices, or is nothing where one is required.
    """
    if isinstance(value, str):
        value = value.strip()
    if value is None or value in ("", []):
        if is_required:
            raise UnfitValueError(Wrong.REQUIRED)
        return None
    return _CLEANERS[CustomType(kind)](value, choices)


def _limited(value: object, _choices: Sequence[str]) -> str:
    text = str(value)
    if len(text) > LONGEST:
        raise UnfitValueError(Wrong.TOO_LONG)
    return text


def _number(value: object, _choices: Sequence[str]) -> str:
    try:
        number = Decimal(str(value).replace(",", ""))
    except InvalidOperation as error:
        raise UnfitValueError(Wrong.NUMBER) from error
    if not number.is_finite() or abs(number.adjusted()) > _PLACES:
        raise UnfitValueError(Wrong.NUMBER)
    return f"{number.normalize():f}" if number else "0"


def _day(value: object, _choices: Sequence[str]) -> str:
    if isinstance(value, date):
        return value.isoformat()
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError as error:
        raise UnfitValueError(Wrong.DATE) from error


def _yes_no(value: object, _choices: Sequence[str]) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).lower()
    if text not in _YES | _NO:
        raise UnfitValueError(Wrong.YES_NO)
    return text in _YES


def _one(value: object, choices: Sequence[str]) -> str:
    if str(value) not in choices:
        raise UnfitValueError(Wrong.CHOICE)
    return str(value)


def _several(value: object, choices: Sequence[str]) -> list[str]:
    given = value if isinstance(value, list | tuple | set) else [value]
    chosen = {_one(item, choices) for item in given}
    return [choice for choice in choices if choice in chosen]


_CLEANERS: Mapping[CustomType, Callable[[object, Sequence[str]], Stored]] = {
    CustomType.TEXT: _limited,
    CustomType.NUMBER: _number,
    CustomType.DATE: _day,
    CustomType.YES_NO: _yes_no,
    CustomType.ONE: _one,
    CustomType.SEVERAL: _several,
}
