"""Which columns of a file are which fields."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from keheng.ingest.faults import fault
from keheng.ingest.profiles.model import Column, Profile

_UNITS = {"元": Decimal(1), "千元": Decimal(1000), "万元": Decimal(10_000), "亿元": Decimal(100_000_000)}
_UNIT = re.compile(r"[(\[](元|千元|万元|亿元)[)\]]$")
_IDLE = re.compile(r"[\s_\-*:]+")


@dataclass(frozen=True)
class Recognition:
    """What was understood of a heading row."""

    fields: dict[str, str]
    """Field → heading."""
    units: dict[str, Decimal]
    """Field → what one of its heading's unit is worth, where the heading names one: ``AUM（万元）``."""
    doubled: dict[str, list[str]]
    """Field → the headings that all mean it."""
    missing: list[str]
    """Required fields without a column."""
    unknown: list[str]
    """Headings that mean nothing to the profile."""

    def check(self, profile: Profile, headings: Sequence[str], file: str) -> None:
        """Raise the fault that keeps the file from being loaded, if there is one."""
        for name, twice in self.doubled.items():
            raise fault("column_twice", file=file, field=profile.columns[name].headings[0], headings=" | ".join(twice))
        if not self.fields:
            expected = [profile.columns[name].headings[0] for name in list(profile.columns)[:4]]
            found = " | ".join(headings)
            short = found if len(found) <= 80 else f"{found[:80]}…"
            raise fault("no_headings", file=file, profile=profile.code, found=short, expected=" | ".join(expected))
        if self.missing:
            names = ", ".join(" / ".join(profile.columns[name].headings[:2]) for name in self.missing)
            raise fault("missing_columns", file=file, columns=names)


def word(heading: str) -> str:
    """The heading without what does not matter: case, width, spaces, underscores, a unit in brackets."""
    plain = unicodedata.normalize("NFKC", heading).casefold().strip()
    return _IDLE.sub("", _UNIT.sub("", plain.strip()))


def known_words(columns: Mapping[str, Column]) -> frozenset[str]:
    """Every word that means something to the profile."""
    return frozenset(word(heading) for column in columns.values() for heading in column.headings)


def recognise(columns: Mapping[str, Column], headings: Sequence[str], chosen: Mapping[str, str]) -> Recognition:
    """Find the column of each field.

    Args:
        chosen: field → heading as a person set it; an empty heading means: leave the field out.
    """
    by_word: dict[str, list[str]] = {}
    for heading in headings:
        by_word.setdefault(word(heading), []).append(heading)
    fields: dict[str, str] = {}
    doubled: dict[str, list[str]] = {}
    for name, column in columns.items():
        if name in chosen:
            if chosen[name] in headings:
                fields[name] = chosen[name]
            continue
        matching = [
            heading for wanted in dict.fromkeys(map(word, column.headings)) for heading in by_word.get(wanted, [])
        ]
        if len(matching) > 1:
            doubled[name] = matching
        elif matching:
            fields[name] = matching[0]
    taken = {*fields.values(), *(heading for many in doubled.values() for heading in many)}
    return Recognition(
        fields=fields,
        units={name: unit for name, heading in fields.items() if (unit := _unit(heading)) != 1},
        doubled=doubled,
        missing=[name for name, column in columns.items() if column.required and name not in {*fields, *doubled}],
        unknown=[heading for heading in headings if heading not in taken],
    )


def _unit(heading: str) -> Decimal:
    found = _UNIT.search(unicodedata.normalize("NFKC", heading).strip())
    return _UNITS[found[1]] if found else Decimal(1)
