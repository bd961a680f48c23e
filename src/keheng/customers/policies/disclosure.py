"""Who is shown how much of which field: confidentiality level × capacity of the reader × group of the field (A15)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from keheng.customers.enums import Confidentiality, Disclosure, FieldGroup, ReaderKind

type Cell = tuple[FieldGroup, Confidentiality, ReaderKind]
type Matrix = Mapping[FieldGroup, Mapping[Confidentiality, Mapping[ReaderKind, Disclosure]]]


@dataclass(frozen=True)
class Reader:
    """What counts of somebody who reads one archive.

    Attributes:
        clearance: the highest level that the role is cleared for.
        may_reveal: the role may have sealed values shown whole.
        emergency: the archive was opened in an emergency and still is.
    """

    clearance: Confidentiality
    is_owner: bool = False
    may_reveal: bool = False
    emergency: bool = False

    @property
    def kinds(self) -> list[ReaderKind]:
        """The capacities that hold at once."""
        cleared = [ReaderKind.ORDINARY, ReaderKind.RESTRICTED, ReaderKind.STRICT][: self.clearance]
        own, emergency = [ReaderKind.OWNER] * self.is_owner, [ReaderKind.EMERGENCY] * self.emergency
        return [*cleared, *own, *emergency]


def _level(given: Any) -> Any:
    """JSON writes the levels, which are keys, as texts."""
    return int(given) if isinstance(given, str) and given.isdecimal() else given


def _disclosure(given: Any) -> Any:
    """Presets write words: ``reveal`` for 2."""
    return Disclosure[given.upper()] if isinstance(given, str) and given.upper() in Disclosure.names else given


type _Level = Annotated[Confidentiality, BeforeValidator(_level)]
type _Disclosure = Annotated[Disclosure, BeforeValidator(_disclosure)]


class EmergencyLimits(BaseModel):
    """How long an archive may be opened in an emergency, in minutes, and within how many days that is reviewed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    minutes: tuple[int, ...] = Field(min_length=1)
    review_within_days: int = Field(ge=1, le=90)

    @model_validator(mode="after")
    def _sensible(self) -> "EmergencyLimits":
        if not all(1 <= minutes <= 24 * 60 for minutes in self.minutes):
            raise ValueError("an emergency access lasts from one minute to one day")
        return self


class ExportLimits(BaseModel):
    """What may leave without approval, and for how long an approved file can be fetched."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows_without_approval: int = Field(ge=0)
    most_rows: int = Field(ge=1, le=100_000)
    days: int = Field(ge=1, le=90)


class ConfidentialityRules(BaseModel):
    """The whole topic: the matrix and the limits beside it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    matrix: dict[FieldGroup, dict[_Level, dict[ReaderKind, _Disclosure]]]
    emergency: EmergencyLimits
    exports: ExportLimits

    @model_validator(mode="after")
    def _complete(self) -> "ConfidentialityRules":
        missing = [cell for cell in cells() if self.matrix.get(cell[0], {}).get(cell[1], {}).get(cell[2]) is None]
        if missing:
            raise ValueError(f"the matrix says nothing of {missing[0]}")
        if any(self.matrix[FieldGroup.SECRET][level][reader] for _group, level, reader in cells((FieldGroup.SECRET,))):
            raise ValueError("class C3 (passwords, biometrics) is never shown (JR/T 0171)")
        return self


def cells(groups: Iterable[FieldGroup] = tuple(FieldGroup)) -> list[Cell]:
    """Every cell of the matrix, in the order of its rows and columns."""
    return [(group, level, reader) for group in groups for level in Confidentiality for reader in ReaderKind]


def disclose(matrix: Matrix, *, level: Confidentiality, reader: Reader, group: FieldGroup) -> Disclosure:
    """How much of a field of this group the reader is shown: the most that any of their capacities gives.

    Without the permission to reveal, sealed values stay masked; basic facts open as the matrix says.
    """
    row = matrix[group][level]
    most = max((row[kind] for kind in reader.kinds), default=Disclosure.HIDDEN)
    if group in SEALED and not reader.may_reveal:
        return min(most, Disclosure.MASKED)
    return most


SEALED = frozenset({FieldGroup.IDENTITY, FieldGroup.CONTACT, FieldGroup.ACCOUNT, FieldGroup.MEDIA})
"""Groups whose values are encrypted at rest: showing one whole takes the permission to reveal."""


def needs_approval(limits: ExportLimits, *, rows: int, personal: bool) -> bool:
    """Tell whether rows leave only after approval: many of them, or any with personal values whole."""
    return personal or rows > limits.rows_without_approval
