"""The rule editor's form: names that are paths (``d.tiers.0.lower``), read into a tree and shown as rows."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from keheng.org.models import Role
from keheng.portfolio.enums import CardGrade
from keheng.tiering.enums import Basis, Edge, Effective, Period
from keheng.tiering.models import SchemeVersion, in_language
from keheng.tiering.policies.conditions import Op
from keheng.tiering.policies.definition import LAST_COLOUR, Definition, Privilege
from keheng.tiering.policies.fields import BAND, CONDITION, REST, Tree, definition_of, fields_of
from keheng.tiering.policies.metrics import METRICS, Unit
from keheng.tiering.queries.catalogue import CatalogueEntry, catalogue, privileges, unit_name

PREFIX = "d."
_DEEPEST = 20
_MOST_ROWS = 200

type Choice = tuple[str, str, bool]


def read_tree(posted: QueryDict) -> Tree:
    """Build the tree of texts out of the posted names; a name that makes no sense is left out.

    A last step ``[]`` holds a list of texts, a step of digits the rows of a list.
    """
    root: dict[str, Any] = {}
    for name, values in posted.lists():
        if not name.startswith(PREFIX):
            continue
        *steps, last = name.removeprefix(PREFIX).split(".")
        if len(steps) > _DEEPEST:
            continue
        place: Any = root
        for step in steps:
            place = place.setdefault(step, {})
            if not isinstance(place, dict):
                break
        if isinstance(place, dict):
            place[last.removesuffix("[]")] = list(values) if last.endswith("[]") else values[-1]
    tree: Tree = _listed(root)
    return tree


def _listed(place: Any) -> Any:
    if not isinstance(place, dict):
        return place
    if place and all(key.isdecimal() for key in place):
        return [_listed(place[key]) for key in sorted(place, key=int)[:_MOST_ROWS]]
    return {key: _listed(value) for key, value in place.items()}


@dataclass(frozen=True)
class Node:
    """A condition of the form: a group with parts, or a comparison with the controls that its metric needs."""

    path: str
    group: str = ""
    parts: tuple["Node", ...] = ()
    metrics: tuple[tuple[str, list[Choice]], ...] = ()
    kind: str = ""
    values: Tree = field(default_factory=dict)
    ops: tuple[Choice, ...] = ()
    ratios: tuple[Choice, ...] = ()
    grades: tuple[Choice, ...] = ()
    unit: str = ""
    words: str = ""
    lacks_data: bool = False
    is_inner: bool = False
    error: str = ""

    @property
    def name(self) -> str:
        return f"{PREFIX}{self.path}"

    @property
    def id(self) -> str:
        return self.path.replace(".", "-")

    @property
    def groups(self) -> tuple[Choice, ...]:
        return (
            ("all", _("all hold"), self.group == "all"),
            ("any", _("any holds"), self.group == "any"),
            ("none", _("none holds"), self.group == "none"),
        )


@dataclass(frozen=True)
class Row:
    """A tier, a door, an exclusion, a protection, a source, or who maintains a tier."""

    path: str
    values: Tree
    errors: dict[str, str]
    when: Node | None = None
    choices: dict[str, tuple[Choice, ...]] = field(default_factory=dict)
    upkeep: tuple["Row", ...] = ()

    @property
    def name(self) -> str:
        return f"{PREFIX}{self.path}"

    @property
    def id(self) -> str:
        return self.path.replace(".", "-")


class Editor:
    """A draft in the form: its texts, what is wrong with them, and the definition where nothing is."""

    def __init__(self, version: SchemeVersion, tree: Tree | None = None) -> None:
        self.version = version
        self.tree = fields_of(version.rules) if tree is None else tree
        self._privileges: dict[str, Privilege] = privileges()
        known = {key: part.model_dump(mode="json") for key, part in self._privileges.items()}
        self.definition, self.errors = definition_of(self.tree, known)
        self._catalogue: list[CatalogueEntry] = catalogue(version.scheme.kind)
        self._numbers = [entry for entry in self._catalogue if entry.metric.is_number]

    # -- the frame ----------------------------------------------------------------------------------------------------

    @property
    def metrics(self) -> list[Choice]:
        """The numbers that bands may measure."""
        return self._choices(self._numbers, str(self.tree.get("metric", "")))

    @property
    def bases(self) -> list[Choice]:
        return [(code, str(label), code == self.tree.get("basis")) for code, label in Basis.choices]

    @property
    def edges(self) -> list[Choice]:
        return [(code, str(label), code == self.tree.get("edge")) for code, label in Edge.choices]

    @property
    def effective(self) -> list[Choice]:
        return [(code, str(label), code == self.tree.get("effective")) for code, label in Effective.choices]

    @property
    def unit(self) -> str:
        """What stands behind the edges of the bands."""
        metric = METRICS.get(str(self.tree.get("metric", "")))
        return unit_name(metric.unit) if metric else ""

    @property
    def by_several_months(self) -> bool:
        return self.tree.get("basis") == Basis.MONTHS_AVERAGE

    # -- the parts ----------------------------------------------------------------------------------------------------

    def tiers(self) -> Iterator[Row]:
        held = {key: in_language(part) for key, part in self._privileges.items()}
        roles = [(role.code, str(role)) for role in Role.objects.exclude(code="system").order_by("order")]
        for path, values in self._rows("tiers"):
            granted = values.get("privileges") or []
            yield Row(
                path,
                values,
                self._errors_of(path),
                self.node(values.get("when") or {}, f"{path}.when") if values.get("entry") == CONDITION else None,
                {
                    "entry": tuple(
                        (code, label, code == values.get("entry"))
                        for code, label in (
                            (BAND, _("by a band")),
                            (CONDITION, _("by a condition")),
                            (REST, _("takes the rest")),
                        )
                    ),
                    "colour": tuple((str(n), str(n), str(n) == values.get("colour")) for n in range(LAST_COLOUR + 1)),
                    "privileges": tuple((key, name, key in granted) for key, name in held.items()),
                    "contact_per": tuple(
                        (code, str(label), code == values.get("contact_per")) for code, label in Period.choices
                    ),
                },
                tuple(self._upkeep(values, path, roles)),
            )

    def _upkeep(self, tier: Tree, path: str, roles: list[tuple[str, str]]) -> Iterator[Row]:
        """Who maintains a tier; roles that the bank no longer has stay, under their code."""
        rows = tier.get("upkeep")
        for at, row in enumerate(rows if isinstance(rows, list) else []):
            chosen = row.get("roles") or []
            known = dict(roles)
            offered = [*roles, *((code, code) for code in chosen if code not in known)]
            here, when = f"{path}.upkeep.{at}", row.get("when")
            yield Row(
                here,
                row,
                self._errors_of(here),
                self.node(when, f"{here}.when") if when else None,
                {"roles": tuple((code, name, code in chosen) for code, name in offered)},
            )

    def doors(self) -> Iterator[Row]:
        tiers = [(str(tier.get("code", "")), str(tier.get("name", ""))) for _path, tier in self._rows("tiers")]
        for path, values in self._rows("doors"):
            to = tuple((code, name or code, code == values.get("to")) for code, name in tiers[:-1])
            yield Row(path, values, self._errors_of(path), self.node(values.get("when"), f"{path}.when"), {"to": to})

    def exclusions(self) -> Iterator[Row]:
        return self._conditions("exclusions")

    def protected(self) -> Iterator[Row]:
        return self._conditions("protected")

    def sources(self) -> Iterator[Row]:
        for path, values in self._rows("sources"):
            yield Row(path, values, {})

    def _conditions(self, part: str) -> Iterator[Row]:
        for path, values in self._rows(part):
            yield Row(path, values, self._errors_of(path), self.node(values.get("when"), f"{path}.when"))

    def _rows(self, part: str) -> Iterator[tuple[str, Tree]]:
        rows = self.tree.get(part)
        for at, row in enumerate(rows if isinstance(rows, list) else []):
            if isinstance(row, dict):
                yield f"{part}.{at}", row

    def _errors_of(self, path: str) -> dict[str, str]:
        return {
            name.removeprefix(f"{path}."): text for name, text in self.errors.items() if name.startswith(f"{path}.")
        }

    # -- conditions ---------------------------------------------------------------------------------------------------

    def node(self, value: Any, path: str, *, is_inner: bool = False) -> Node:
        """A condition with its controls; what is empty begins as a comparison of AUM."""
        found: Tree = value if isinstance(value, dict) and value else {"metric": "aum", "op": ">=", "value": ""}
        error = next(
            (self.errors[name] for name in (path, *(f"{path}.{p}" for p in _PARTS)) if name in self.errors), ""
        )
        if "group" in found:
            rows = found.get("parts")
            parts = rows if isinstance(rows, list) else []
            nodes = tuple(self.node(part, f"{path}.parts.{at}", is_inner=True) for at, part in enumerate(parts))
            return Node(path, group=str(found["group"]), parts=nodes, is_inner=is_inner, error=error)
        metric = METRICS.get(str(found.get("metric")), METRICS["aum"])
        per = str(found.get("per") or "")
        others = [entry for entry in self._numbers if entry.metric.code != metric.code]
        return Node(
            path,
            metrics=self._grouped(metric.code),
            kind=metric.unit.value if metric.unit in {Unit.WORD, Unit.FLAG, Unit.GRADE} else "number",
            values=found,
            ops=tuple((op.value, _SIGNS[op], op.value == found.get("op")) for op in Op),
            ratios=tuple(self._choices(others, per)),
            grades=tuple((str(code), str(name), str(code) == found.get("value")) for code, name in CardGrade.choices),
            unit="%" if per else unit_name(metric.unit),
            words="、".join(str(word) for word in metric.words.values()),
            lacks_data=any(entry.metric is metric and not entry.has_data for entry in self._catalogue),
            is_inner=is_inner,
            error=error,
        )

    def _grouped(self, chosen: str) -> tuple[tuple[str, list[Choice]], ...]:
        ready = [entry for entry in self._catalogue if entry.has_data]
        bare = [entry for entry in self._catalogue if not entry.has_data]
        named = ((_("with data"), ready), (_("without data"), bare))
        return tuple((label, self._choices(entries, chosen)) for label, entries in named if entries)

    def _choices(self, entries: list[CatalogueEntry], chosen: str) -> list[Choice]:
        return [(entry.metric.code, str(entry.metric.label), entry.metric.code == chosen) for entry in entries]


_PARTS = ("metric", "value", "words")
_SIGNS = {Op.AT_LEAST: "≥", Op.ABOVE: ">", Op.AT_MOST: "≤", Op.BELOW: "<", Op.EQUAL: "="}


def valid_from_of(posted: QueryDict, otherwise: date) -> date:
    """The posted date; what cannot be read leaves the one that was."""
    try:
        return date.fromisoformat(posted.get("valid_from", ""))
    except ValueError:
        return otherwise


def readable(definition: Definition, version: SchemeVersion) -> SchemeVersion:
    """A version like this one that says what is in the form; not kept."""
    return SchemeVersion(
        scheme=version.scheme,
        number=version.number,
        state=version.state,
        valid_from=version.valid_from,
        definition=definition.model_dump(mode="json", exclude_defaults=True),
    )
