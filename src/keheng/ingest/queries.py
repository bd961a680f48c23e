"""Reads of data intake: a file as its profile would take it, a result in words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keheng.common.masking import mask_account
from keheng.ingest.checking.sheet import shown
from keheng.ingest.enums import Kind
from keheng.ingest.faults import Fault
from keheng.ingest.loading.feed import Feed, open_feed
from keheng.ingest.models import Batch
from keheng.ingest.policies import Line
from keheng.ingest.profiles import TARGETS, Profile, all_profiles
from keheng.ingest.reading import ROW

SAMPLE_ROWS = 20
_LOOKS_PERSONAL = re.compile(r"1[3-9]\d{9}|\d{15}|\d{17}[\dXx]")


@dataclass(frozen=True)
class FieldChoice:
    """A field of the profile and the column of the file that fills it."""

    name: str
    label: str
    required: bool
    heading: str
    """The column; empty: none."""
    doubled: Sequence[str]
    """The columns that all mean it, where a person has to choose."""
    example: str

    @property
    def missing(self) -> bool:
        return self.required and not self.heading


@dataclass(frozen=True)
class Preview:
    """What a file looks like to its profile before it is loaded. Personal values are masked."""

    profile: Profile
    feed: Feed
    rows: Sequence[tuple[int, Sequence[str]]]
    """Row number and cells, in the order of ``headings``."""
    fields: Sequence[FieldChoice]

    @property
    def headings(self) -> Sequence[tuple[str, str]]:
        """The file's columns, each with the fields that it fills."""
        return [(heading, "、".join(self._fields_of.get(heading, ()))) for heading in self.feed.headings]

    @property
    def may_choose(self) -> bool:
        """Whether columns can be chosen: the query of a folder names its own."""
        return not self.profile.reads_folder

    @property
    def present(self) -> Sequence[FieldChoice]:
        """The fields that the file fills, and those that somebody must decide about."""
        return [field for field in self.fields if field.heading or field.doubled or field.required]

    @property
    def absent(self) -> Sequence[FieldChoice]:
        """The fields that the file does not fill and need not."""
        return [field for field in self.fields if field not in self.present]

    @property
    def unknown(self) -> Sequence[str]:
        """The columns that are not loaded."""
        return self.feed.recognition.unknown

    @property
    def fault(self) -> Fault | None:
        """What keeps the file from being loaded as it is understood now."""
        try:
            self.feed.recognition.check(self.profile, self.feed.headings, self.feed.file)
        except Fault as fault:
            return fault
        return None

    @cached_property
    def _fields_of(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for field in self.fields:
            found.setdefault(field.heading, []).append(field.label)
        return found


def preview(profile: Profile, path: Path, chosen: Mapping[str, str]) -> Preview:
    """Read the beginning of a file.

    Args:
        chosen: field → heading, where a person set it.

    Raises:
        Fault: the file cannot be read at all.
    """
    feed = open_feed(profile, path, chosen)
    sample = feed.sample(SAMPLE_ROWS)
    field_of = {heading: name for name, heading in feed.recognition.fields.items() if TARGETS[name].private}
    columns = {
        heading: [_masked(field_of.get(heading, ""), cell) for cell in sample[heading]] for heading in feed.headings
    }
    return Preview(
        profile=profile,
        feed=feed,
        rows=list(zip(sample[ROW], zip(*columns.values(), strict=True), strict=True)),
        fields=[
            FieldChoice(
                name=name,
                label=str(TARGETS[name].label),
                required=column.required,
                heading=(heading := feed.recognition.fields.get(name, "")),
                doubled=feed.recognition.doubled.get(name, ()),
                example=next(filter(None, columns.get(heading, ())), ""),
            )
            for name, column in profile.columns.items()
        ],
    )


def chosen_columns(profile: Profile, path: Path, wanted: Mapping[str, str]) -> dict[str, str]:
    """Of the columns that a person has set, those that differ from what the profile finds by itself."""
    if profile.reads_folder:
        return {}
    feed = open_feed(profile, path, {})
    return {
        name: heading
        for name, heading in wanted.items()
        if name in profile.columns
        and heading in {"", *feed.headings}
        and heading != feed.recognition.fields.get(name, "")
    }


def _masked(field: str, cell: str | None) -> str:
    """A cell of the preview; numbers of documents and phones are masked in columns that nobody knows as well."""
    text = shown(field, cell, TARGETS)
    return mask_account(text) if not field and _LOOKS_PERSONAL.fullmatch(text) else text


def profile_name(profile: Profile) -> str:
    """The name in the reader's language."""
    return profile.name if (get_language() or "").startswith("zh") else profile.name_en


def profile_names() -> dict[str, str]:
    """Code → name of every profile."""
    return {profile.code: profile_name(profile) for profile in all_profiles()}


@dataclass(frozen=True)
class ReconciliationRow:
    """A line of the reconciliation in words. Amounts of the file are in its own currency."""

    label: str
    stated: str
    found: str
    accepted: str
    older: str
    loaded: str
    agrees: bool


def reconciliation(batch: Batch) -> list[ReconciliationRow]:
    """What the file holds beside what the database holds after the load."""
    return [
        ReconciliationRow(
            label=_label(line.field),
            stated=_amount(line, line.stated),
            found=_amount(line, line.found),
            accepted=_amount(line, line.accepted),
            older=_amount(line, line.older),
            loaded=_amount(line, line.loaded),
            agrees=line.complete and line.agrees,
        )
        for line in batch.lines
    ]


def _label(field: str) -> str:
    match field:
        case "rows":
            return _("Rows")
        case "accounts":
            return _("Accounts")
        case _:
            return str(TARGETS[field].label)


def _amount(line: Line, value: Decimal | None) -> str:
    if value is None:
        return ""
    is_amount = line.field in TARGETS and TARGETS[line.field].kind == Kind.AMOUNT
    return f"{value:,.2f}" if is_amount else f"{value:,.0f}"
