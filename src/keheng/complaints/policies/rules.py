"""The two sets of rules of complaints as a version's JSON says them, read into values (A7, decision 14). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from keheng.common.limits import BadLimitError, Limit
from keheng.complaints.enums import ClockKind, Grade, Kind, State
from keheng.complaints.errors import RulesError
from keheng.complaints.policies.flow import OPTIONAL
from keheng.service_requests.policies.clocks import Mark


@dataclass(frozen=True, slots=True)
class ClockRule:
    """One time limit.

    Attributes:
        every_day: days and hours are those of the calendar on the wall, around the clock (自然日); otherwise those of
            the branch's service calendar (decision 12).
        grades: for which grades it runs; empty: for all, from registration on.
        paths: for which paths it runs; empty: for all.
        source: the requirement or rule that sets it.
    """

    kind: ClockKind
    limit: Limit
    every_day: bool = False
    grades: frozenset[Grade] = frozenset()
    paths: frozenset[str] = frozenset()
    source: str = ""

    def runs_for(self, grade: Grade | None, path: str) -> bool:
        """Whether it counts for a complaint of this grade (``None``: not graded yet) on this path."""
        if self.grades and (grade is None or grade not in self.grades):
            return False
        return not self.paths or path in self.paths

    @property
    def is_for_all(self) -> bool:
        return not self.grades and not self.paths


@dataclass(frozen=True, slots=True)
class Path:
    """A way of handling: which of the optional states it has, and who signs forms and reviews."""

    code: str
    name: str
    name_en: str
    states: frozenset[State]
    visit: bool = False
    source: str = ""

    @property
    def left_out(self) -> frozenset[State]:
        return OPTIONAL - self.states

    def told(self, language: str) -> str:
        return self.name if language.startswith("zh") else self.name_en


@dataclass(frozen=True, slots=True)
class Extension:
    """One lengthening of the decision: by how many days, and whether a second person approves it."""

    days: int
    approval: bool
    source: str = ""


@dataclass(frozen=True)
class Rules:
    """What one version of a rule set says; the parts that the other set has are empty.

    ``inform`` names the posts that hear of every complaint of a kind; versions from before there was such a rule name
    none.
    """

    clocks: tuple[ClockRule, ...]
    marks: tuple[Mark, ...]
    paths: tuple[Path, ...] = ()
    default_path: str = ""
    kind_paths: Mapping[str, str] | None = None
    signers: Mapping[Grade, tuple[str, ...]] | None = None
    inform: Mapping[Kind, tuple[str, ...]] = field(default_factory=dict)
    check_after_days: int = 0
    repeat_days: int = 0
    extensions: tuple[Extension, ...] = ()
    review_within_days: int = 0
    representatives: int = 0
    keep_years: int = 0

    @cached_property
    def paths_by_code(self) -> dict[str, Path]:
        return {path.code: path for path in self.paths}

    def clock(self, kind: ClockKind) -> ClockRule | None:
        return next((rule for rule in self.clocks if rule.kind == kind), None)


def read(definition: Mapping[str, Any]) -> Rules:
    """Read a version's JSON.

    Raises:
        RulesError: with the place and what is wrong there.
    """
    try:
        rules = Rules(
            clocks=tuple(_clock(row) for row in definition["clocks"]),
            marks=tuple(
                Mark(row["code"], row["share"], None, tuple(row.get("posts", ()))) for row in definition["marks"]
            ),
            paths=tuple(_path(row) for row in definition.get("paths", ())),
            default_path=definition.get("default_path", ""),
            kind_paths=dict(definition.get("kind_paths", {})),
            signers={Grade[grade.upper()]: tuple(posts) for grade, posts in definition.get("signers", {}).items()},
            inform={Kind(kind): tuple(posts) for kind, posts in definition.get("inform", {}).items()},
            check_after_days=int(definition.get("check_after_days", 0)),
            repeat_days=int(definition.get("repeat_days", 0)),
            extensions=tuple(
                Extension(int(row["days"]), bool(row["approval"]), row.get("source", ""))
                for row in definition.get("extensions", ())
            ),
            review_within_days=int(definition.get("review_within_days", 0)),
            representatives=int(definition.get("representatives", 0)),
            keep_years=int(definition.get("keep_years", 0)),
        )
    except KeyError as error:
        raise RulesError(f"The rules lack {error}.") from error
    except (BadLimitError, ArithmeticError, TypeError, ValueError) as error:
        raise RulesError(str(error)) from error
    if rules.paths and not {rules.default_path, *(rules.kind_paths or {}).values()} <= set(rules.paths_by_code):
        raise RulesError("A path is named that the rules do not have.")
    return rules


def _clock(row: Mapping[str, Any]) -> ClockRule:
    return ClockRule(
        kind=ClockKind(row["kind"]),
        limit=Limit.read(row["limit"]),
        every_day=row.get("every_day", False),
        grades=frozenset(Grade[grade.upper()] for grade in row.get("grades", ())),
        paths=frozenset(row.get("paths", ())),
        source=row.get("source", ""),
    )


def _path(row: Mapping[str, Any]) -> Path:
    states = frozenset(State(state) for state in row["states"])
    if not states <= OPTIONAL:
        raise RulesError(f"{row['code']}: only {', '.join(sorted(OPTIONAL))} are for a path to choose.")
    return Path(row["code"], row["name"], row["name_en"], states, row.get("visit", False), row.get("source", ""))
