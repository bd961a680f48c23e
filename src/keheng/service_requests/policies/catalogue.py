"""The catalogue of businesses as a version's JSON says it (A6, decisions 8, 9, 13), read into values. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from keheng.common.limits import BadLimitError, Limit
from keheng.service_requests.enums import ClockKind
from keheng.service_requests.errors import CatalogueError
from keheng.service_requests.policies.clocks import Mark
from keheng.service_requests.policies.penalties import Band, PenaltyRules


@dataclass(frozen=True, slots=True)
class Named:
    """A code with its name in both languages."""

    code: str
    name: str
    name_en: str

    def told(self, language: str) -> str:
        return self.name if language.startswith("zh") else self.name_en


@dataclass(frozen=True, slots=True)
class Field(Named):
    """A question of a business's form."""

    required: bool = False


@dataclass(frozen=True, slots=True)
class PauseReason(Named):
    """Why the clocks may stand still, and for how long at most."""

    limit: Limit


@dataclass(frozen=True, slots=True)
class Template(Named):
    """A reply to the customer, with ``{number}`` and ``{business}`` filled in."""

    text: str


@dataclass(frozen=True, slots=True)
class RatingRules:
    """How long customers may rate what was done, and what they are sent: ``{number}``, ``{business}``, ``{link}``."""

    days: int = 30
    text: str = "{link}"


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one clock: for everybody, and for priority customers (decision 13). ``None``: no limit."""

    normal: Limit | None
    priority: Limit | None

    def of(self, *, priority: bool) -> Limit | None:
        return self.priority if priority else self.normal


@dataclass(frozen=True, slots=True)
class Business(Named):
    """One business that customers ask for, with everything that its handling needs."""

    limits: Mapping[ClockKind, Limits]
    posts: tuple[str, ...]
    fields: tuple[Field, ...]
    documents: tuple[Named, ...]
    checks: tuple[Named, ...]
    approval: bool
    evidence: bool
    words: str
    source: str

    def limit(self, kind: ClockKind, *, priority: bool) -> Limit | None:
        found = self.limits.get(kind)
        return found.of(priority=priority) if found else None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What one version says."""

    businesses: Mapping[str, Business]
    marks: tuple[Mark, ...]
    pauses: Mapping[str, PauseReason]
    penalties: PenaltyRules
    templates: tuple[Template, ...]
    late_after: timedelta
    reopen_days: int
    reopens: int
    rating: RatingRules = RatingRules()


EMPTY = Catalogue({}, (), {}, PenaltyRules((Band(None),), (Decimal(0),), ()), (), timedelta(), 0, 0)
"""The catalogue of an installation that has none yet."""


def read(definition: Mapping[str, Any]) -> Catalogue:
    """Read a version's JSON.

    Raises:
        CatalogueError: with the place and what is wrong there.
    """
    try:
        businesses = [_business(row) for row in definition["businesses"]]
        pauses = [
            PauseReason(row["code"], row["name"], row["name_en"], Limit.read(row["limit"]))
            for row in definition["pauses"]
        ]
        return Catalogue(
            businesses=_by_code(businesses),
            marks=tuple(_mark(row) for row in definition["marks"]),
            pauses=_by_code(pauses),
            penalties=_penalties(definition["penalties"]),
            templates=tuple(
                Template(row["code"], row["name"], row["name_en"], row["text"]) for row in definition["templates"]
            ),
            late_after=Limit.read(definition["late_after"]).service_time,
            reopen_days=int(definition["reopen"]["days"]),
            reopens=int(definition["reopen"]["times"]),
            rating=RatingRules(**definition.get("rating", {})),
        )
    except KeyError as error:
        raise CatalogueError(f"The catalogue lacks {error}.") from error
    except (BadLimitError, ArithmeticError, TypeError, ValueError) as error:
        raise CatalogueError(str(error)) from error


def _business(row: Mapping[str, Any]) -> Business:
    unknown = set(row["limits"]) - set(ClockKind.values)
    if unknown:
        raise CatalogueError(f"{row['code']}: there is no clock {', '.join(sorted(unknown))}.")
    return Business(
        code=row["code"],
        name=row["name"],
        name_en=row["name_en"],
        limits={ClockKind(kind): _limits(*pair) for kind, pair in row["limits"].items()},
        posts=tuple(row.get("posts", ())),
        fields=tuple(
            Field(each["code"], each["name"], each["name_en"], each.get("required", False))
            for each in row.get("fields", ())
        ),
        documents=_named(row.get("documents", ())),
        checks=_named(row.get("checks", ())),
        approval=row.get("approval", False),
        evidence=row.get("evidence", False),
        words=row.get("words", ""),
        source=row.get("source", ""),
    )


def _limits(normal: str | None, priority: str | None) -> Limits:
    return Limits(Limit.read(normal) if normal else None, Limit.read(priority) if priority else None)


def _named(rows: Iterable[Mapping[str, Any]]) -> tuple[Named, ...]:
    return tuple(Named(row["code"], row["name"], row["name_en"]) for row in rows)


def _mark(row: Mapping[str, Any]) -> Mark:
    over = Limit.read(row["over"]).service_time if "over" in row else None
    return Mark(row["code"], row.get("share"), over, tuple(row.get("posts", ())))


def _penalties(row: Mapping[str, Any]) -> PenaltyRules:
    bands = tuple(
        Band(
            Limit.read(band["up_to"]).service_time if "up_to" in band else None,
            Decimal(str(band["points"])) if "points" in band else None,
            band.get("error", False),
            band.get("inspection", False),
        )
        for band in row["bands"]
    )
    return PenaltyRules(bands, tuple(Decimal(str(points)) for points in row["errors"]), tuple(row["clocks"]))


def _by_code[N: Named](rows: Iterable[N]) -> dict[str, N]:
    found: dict[str, N] = {}
    for row in rows:
        if row.code in found:
            raise CatalogueError(f"{row.code} stands twice in the catalogue.")
        found[row.code] = row
    return found
