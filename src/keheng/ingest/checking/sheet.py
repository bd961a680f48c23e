"""One chunk on its way from text to values: the columns read so far, and what is wrong with which row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

import polars as pl
from django.utils.translation import get_language

from keheng.common.masking import mask_account, mask_email, mask_id_number, mask_phone, mask_text
from keheng.ingest.checking import values
from keheng.ingest.checking.documents import contacts
from keheng.ingest.enums import Kind
from keheng.ingest.faults import row_sentences
from keheng.ingest.profiles.model import Column
from keheng.ingest.profiles.targets import Target
from keheng.ingest.reading import ROW

_STORED = {"card_grade": pl.Int16}
_MASKS = {
    "id_number": mask_id_number,
    "email": mask_email,
    "address": mask_text,
    "wechat": mask_text,
    "number": mask_account,
}


@dataclass(frozen=True)
class Reject:
    """One thing wrong with one row. The value is masked where it is personal."""

    row: int
    field: str
    value: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class Layout:
    """What every chunk of a file is read by."""

    columns: Mapping[str, Column]
    targets: Mapping[str, Target]
    headings: Mapping[str, str]
    """Field → heading of the file."""
    factors: Mapping[str, Decimal]
    """Field → CNY for one unit of the file."""
    branches: Mapping[str, int]
    staff: Mapping[str, int]
    as_of: date
    today: date

    def kind(self, field: str) -> Kind:
        return self.columns[field].type or self.targets[field].kind


def shown(field: str, cell: str | None, targets: Mapping[str, Target]) -> str:
    """A cell as people see it: masked where the field is personal."""
    text = (cell or "").strip()
    if not text or field not in targets or not targets[field].private:
        return text
    return _MASKS.get(field, mask_phone)(text)


class Sheet:
    """The rows of one chunk."""

    def __init__(self, frame: pl.DataFrame, layout: Layout) -> None:
        self._frame = frame
        self._layout = layout
        self._flaws: list[tuple[str, pl.Series, Mapping[str, object]]] = []
        self.values: dict[str, pl.Series] = {}
        self.stated: dict[str, pl.Series] = {}
        """The amounts in the file's unit."""

    @property
    def rows(self) -> pl.Series:
        return self._frame[ROW]

    def read(self) -> None:
        """Read every column of the file that the profile knows."""
        headings = self._layout.headings
        words = {field for field in headings if self._layout.kind(field) in {Kind.FLAG, Kind.CHOICE}}
        texts = self._frame.select(
            values.cleaned(heading, keep_words=field in words).alias(field) for field, heading in headings.items()
        )
        for field in headings:
            column, details = self._parsed(field, texts[field])
            self.values[field] = column.values
            self.flaw(field, column.flaws, **details)
            if self._layout.columns[field].required and texts[field].has_nulls():
                self.flaw(field, values.flaws_where((texts[field].is_null(), "required")))

    def flaw(self, field: str, flaws: values.Flaws, **details: object) -> None:
        """Note what is wrong with a column."""
        if flaws is not None:
            self._flaws.append((field, flaws, details))

    def bad(self) -> pl.Series:
        """Which rows have anything wrong."""
        mask = pl.Series([False]).new_from_index(0, self._frame.height)
        for _, flaws, _ in self._flaws:
            mask |= flaws.is_not_null()
        return mask

    def rejects(self) -> list[Reject]:
        """What is wrong, row by row, in the present language."""
        found = []
        for field, flaws, details in self._flaws:
            heading = self._layout.headings.get(field, field)
            wrong = flaws.is_not_null()
            cells = self._frame[heading].filter(wrong) if heading in self._frame.columns else [""] * int(wrong.sum())
            for row, cell, flaw in zip(self.rows.filter(wrong), cells, flaws.filter(wrong), strict=True):
                more = {name: value[row] if isinstance(value, dict) else value for name, value in details.items()}
                reason, remedy = _sentences(flaw, tuple(sorted(more.items())), get_language())
                found.append(Reject(row, heading, shown(field, cell, self._layout.targets), reason, remedy))
        return sorted(found, key=lambda reject: reject.row)

    def _parsed(  # noqa: PLR0912  # one case a kind
        self, field: str, text: pl.Series
    ) -> tuple[values.Column, dict[str, object]]:
        """The values of a column, and what its sentences need."""
        column, layout = self._layout.columns[field], self._layout
        if column.template:
            text = values.filled(text, column.template)
        details: dict[str, object] = {
            "minimum": _bound(column.minimum, "0"),
            "maximum": _bound(column.maximum, "10¹⁵"),
            "words": "、".join(list(column.values)[:12]),
        }
        longest = layout.targets[field].maximum
        match layout.kind(field):
            case Kind.CODE:
                read, details = values.codes(text, longest), {"maximum": longest}
            case Kind.TEXT:
                read, details = values.texts(text, longest), {"maximum": longest}
            case Kind.CONTACT:
                read, details = contacts(field, values.unguarded(text), longest), {"maximum": longest}
            case Kind.DATE:
                read, details = values.dates(text, latest=layout.today), {"minimum": values.OLDEST}
            case Kind.CHOICE:
                read = values.choices(text, column.values, _STORED.get(field, pl.String))
            case Kind.FLAG:
                read = values.flags(text)
            case Kind.AMOUNT:
                found, bounds = values.numbers(text), {"minimum": column.minimum, "maximum": column.maximum}
                self.stated[field] = found.stated
                read = values.amounts(found, factor=layout.factors[field], **bounds)
            case Kind.INTEGER:
                bounds = {"minimum": column.minimum, "maximum": column.maximum}
                read = values.integers(values.numbers(text), **bounds)
            case Kind.BRANCH:
                read = values.lookups(text, layout.branches, "branch")
            case Kind.STAFF:
                read = values.lookups(text, layout.staff, "staff")
            case Kind.AGE:
                read = values.births_from_ages(text, as_of=layout.as_of)
            case Kind.CZECH_BIRTH_DATE:
                read = values.czech_births(text)
            case Kind.CZECH_SEX:
                read = values.czech_sexes(text)
            case Kind.DOCUMENT:  # examined together with the rest of the row
                read = values.Column(values.unguarded(text))
        return read, details


def _bound(bound: Decimal | None, default: str) -> str:
    return default if bound is None else f"{bound:,f}"


@lru_cache(maxsize=1024)
def _sentences(flaw: str, details: tuple[tuple[str, object], ...], _language: str | None) -> tuple[str, str]:
    return row_sentences(flaw, dict(details))
