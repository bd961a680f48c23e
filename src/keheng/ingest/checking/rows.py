"""A chunk of text becomes checked, sealed rows, and the rejects with their reasons."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

import polars as pl

from keheng.common.sealing import seal
from keheng.common.spelling import spell_column
from keheng.customers.enums import ContactKind, CustomerKind, IdentityKind
from keheng.ingest.checking import values
from keheng.ingest.checking.documents import documents
from keheng.ingest.checking.duplicates import SeenKeys
from keheng.ingest.checking.sheet import Layout, Reject, Sheet
from keheng.ingest.enums import Group, Kind
from keheng.ingest.faults import row_sentences
from keheng.ingest.profiles.model import Profile
from keheng.ingest.profiles.targets import of_group
from keheng.ingest.reading import ROW, Chunk

_STORED = {"branch": "branch_id", "owner": "owner_id"}
_ARCHIVE, _CONTACTS, _COMPANY = of_group(Group.ARCHIVE), of_group(Group.CONTACT), of_group(Group.COMPANY)
_FIGURES = tuple(name for name in of_group(Group.FIGURES) if name != "as_of")


@dataclass
class Sums:
    """What the amounts of a file add up to, in the file's unit (all rows) and in CNY (good rows)."""

    stated: dict[str, Decimal] = field(default_factory=dict)
    accepted: dict[str, Decimal] = field(default_factory=dict)

    def add(self, name: str, stated: Decimal, accepted: Decimal) -> None:
        self.stated[name] = self.stated.get(name, Decimal(0)) + stated
        self.accepted[name] = self.accepted.get(name, Decimal(0)) + accepted


@dataclass(frozen=True)
class Footer:
    """The last row of totals: how many rows, and sums by field, as far as it states them."""

    rows: int | None
    sums: dict[str, Decimal]


@dataclass(frozen=True)
class Checked:
    """A chunk ready to be written: frames whose key is ``number``, columns as in the tables."""

    archive: pl.DataFrame
    contacts: pl.DataFrame
    companies: pl.DataFrame
    figures: pl.DataFrame
    rejects: list[Reject]
    read: int
    rejected: int
    done: int


class RowChecker:
    """Checks the chunks of one file, one after the other."""

    def __init__(self, profile: Profile, layout: Layout) -> None:
        self._profile = profile
        self._layout = layout
        self._seen = SeenKeys()
        self._amounts = [name for name in layout.headings if layout.kind(name) == Kind.AMOUNT and name in _FIGURES]
        self.sums = Sums()
        self.footer: Footer | None = None

    def check(self, chunk: Chunk) -> Checked:
        """Read, check and seal one chunk."""
        frame = self._without_footer(chunk.frame)
        sheet = Sheet(frame, self._layout)
        sheet.read()
        self._examine_documents(sheet)
        self._find_duplicates(sheet)
        good = ~sheet.bad()
        for name in self._amounts:
            self.sums.add(name, Decimal(sheet.stated[name].sum()), Decimal(sheet.values[name].filter(good).sum()))
        archive, number = self._archive(sheet, good), sheet.values["number"].filter(good)
        return Checked(
            archive=archive,
            contacts=self._contacts(sheet, good, number),
            companies=self._companies(sheet, good, number),
            figures=self._figures(sheet, good, number),
            rejects=[*_torn(chunk.torn), *(sheet.rejects() if archive.height < frame.height else [])],
            read=frame.height + chunk.torn.height,
            rejected=frame.height - archive.height + chunk.torn.height,
            done=chunk.done,
        )

    def _without_footer(self, frame: pl.DataFrame) -> pl.DataFrame:
        words = self._profile.control.footer
        if not words or not frame.height:
            return frame
        last = frame.filter(frame[self._layout.headings["number"]].str.strip_chars().is_in(words))
        if not last.height:
            return frame
        headings = self._layout.headings
        stated = {
            name: values.numbers(values.trimmed(last[headings[name]].tail(1))).stated[0]
            for name in ("name", *self._amounts)
            if name in headings
        }
        count = stated.pop("name", None)
        sums = {name: total for name, total in stated.items() if total is not None}
        self.footer = Footer(None if count is None else int(count), sums)
        return frame.filter(~pl.col(ROW).is_in(last[ROW].to_list()))

    def _examine_documents(self, sheet: Sheet) -> None:
        if "id_number" not in sheet.values:
            return
        text = sheet.values["id_number"]
        kinds = sheet.values.get("id_kind", pl.Series([None], dtype=pl.String).new_from_index(0, len(text)))
        if (kinds.is_null() & text.is_not_null()).any():
            kinds = kinds.zip_with(kinds.is_not_null(), _likely_kinds(text, self._kinds(sheet)))
        found = documents(text, kinds, today=self._layout.today)
        sheet.flaw("id_number", found.flaws)
        sheet.values["id_number"] = found.values
        sheet.values["id_kind"] = kinds.set(found.values.is_null(), None)
        for name, told, flaw in (
            ("birth_date", found.births, "birth_disagrees"),
            ("sex", found.sexes, "sex_disagrees"),
        ):
            stated = sheet.values.get(name)
            if stated is None:
                sheet.values[name] = told
            else:
                sheet.flaw(name, values.flaws_where((stated != told, flaw)))
                sheet.values[name] = stated.zip_with(stated.is_not_null(), told)

    def _find_duplicates(self, sheet: Sheet) -> None:
        first = self._seen.first_rows(sheet.values["number"], sheet.rows)
        flaws = values.flaws_where((first.is_not_null(), "duplicate"))
        if flaws is not None:
            sheet.flaw("number", flaws, first=dict(zip(sheet.rows, first, strict=True)))

    def _kinds(self, sheet: Sheet) -> pl.Series:
        """Person or company of each row; the profile's where the row does not say."""
        kinds = sheet.values.get("kind", pl.Series([None], dtype=pl.String).new_from_index(0, len(sheet.rows)))
        return kinds.fill_null(self._profile.kind)

    def _archive(self, sheet: Sheet, good: pl.Series) -> pl.DataFrame:
        columns = {_STORED.get(name, name): sheet.values[name] for name in _ARCHIVE if name in sheet.values}
        frame = pl.DataFrame({ROW: sheet.rows, **columns}).filter(good)
        if "name" in columns:
            frame = frame.hstack(spell_column(frame["name"], self._kinds(sheet).filter(good) == CustomerKind.COMPANY))
        if "id_number" in columns:
            sealed = seal(frame["id_number"], "customers.id_number")
            frame = frame.with_columns(
                sealed.values.alias("id_number"), sealed.indexes.alias("id_index"), sealed.tails.alias("id_tail")
            )
        return frame

    def _contacts(self, sheet: Sheet, good: pl.Series, number: pl.Series) -> pl.DataFrame:
        parts = []
        for kind in _CONTACTS:
            if kind in sheet.values:
                part = pl.DataFrame({"number": number, "value": sheet.values[kind].filter(good)}).drop_nulls("value")
                sealed = seal(part["value"], "customers.contact")
                parts.append(
                    part.with_columns(
                        pl.lit(ContactKind(kind).value).alias("kind"),
                        sealed.values.alias("value"),
                        sealed.indexes.alias("value_index"),
                        sealed.tails.alias("value_tail"),
                    )
                )
        return pl.concat(parts) if parts else pl.DataFrame({"number": []}, schema={"number": pl.String})

    def _companies(self, sheet: Sheet, good: pl.Series, number: pl.Series) -> pl.DataFrame:
        columns = {name: sheet.values[name].filter(good) for name in _COMPANY if name in sheet.values}
        frame = pl.DataFrame({"number": number, **columns})
        return frame.filter(self._kinds(sheet).filter(good) == CustomerKind.COMPANY)

    def _figures(self, sheet: Sheet, good: pl.Series, number: pl.Series) -> pl.DataFrame:
        columns = {name: sheet.values[name].filter(good) for name in _FIGURES if name in sheet.values}
        if not columns:
            return pl.DataFrame({"number": []}, schema={"number": pl.String})
        dates = sheet.values.get("as_of", pl.Series([None], dtype=pl.Date).new_from_index(0, len(good)))
        return pl.DataFrame({"number": number, "as_of": dates.filter(good).fill_null(self._layout.as_of), **columns})


def _likely_kinds(text: pl.Series, kinds: pl.Series) -> pl.Series:
    """The kind of document that a number looks like: digits are an identity number, 18 signs of a company its code."""
    upper = text.str.to_uppercase()
    choice = (
        pl.when(kinds == CustomerKind.COMPANY)
        .then(
            pl.when(upper.str.len_chars() == 18)
            .then(pl.lit(IdentityKind.CREDIT_CODE.value))
            .otherwise(pl.lit(IdentityKind.OTHER.value))
        )
        .when(upper.str.contains(r"^[0-9\s]+X?$"))
        .then(pl.lit(IdentityKind.RESIDENT.value))
        .otherwise(pl.lit(IdentityKind.OTHER.value))
    )
    return pl.select(choice).to_series()


def _torn(torn: pl.DataFrame) -> Iterator[Reject]:
    for row in torn.iter_rows(named=True):
        reason, remedy = row_sentences(row["flaw"], row)
        yield Reject(row[ROW], "", "", reason, remedy)
