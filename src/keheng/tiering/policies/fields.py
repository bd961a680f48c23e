"""A definition as the fields of a form, and back: what a person types about tiers, groups and amounts.

``fields_of`` turns a definition into a tree of texts, ``definition_of`` turns such a tree into a definition or into
sentences, each with the path of the field that it is about. Amounts are typed in 万 (``50``, ``50万``, ``3亿``,
``800元``), ratios in percent. A condition is ``{group: all|any|none, parts: [...]}`` or a comparison; with ``none``,
none of the parts may hold. The rank of a tier is its place: the first is the best.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from keheng.common.money import WAN, YI
from keheng.tiering.enums import Basis, Edge, Effective, Period
from keheng.tiering.policies.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Flag,
    Membership,
    Not,
    Op,
    Threshold,
)
from keheng.tiering.policies.definition import Definition, Exclusion, Privilege, Protection, Tier
from keheng.tiering.policies.metrics import METRICS, Unit

type Tree = dict[str, Any]

BAND, CONDITION, REST = "band", "condition", "rest"
DEEPEST = 6
_HUNDRED = Decimal(100)


# -- out: a definition as texts ---------------------------------------------------------------------------------------


def fields_of(definition: Definition) -> Tree:
    """The texts of a definition, best tier first."""
    movement = definition.movement
    return {
        "metric": definition.metric or "",
        "basis": definition.basis.value,
        "months": str(definition.months),
        "edge": definition.edge.value,
        "tiers": [_tier_fields(definition, tier) for tier in definition.descending],
        "doors": [{"code": door.code, "to": door.to, "when": condition_fields(door.when)} for door in definition.doors],
        "exclusions": [_named_fields(part) for part in definition.exclusions],
        "up": {"month_ends": str(movement.upgrade.month_ends), "approval": _yes(movement.upgrade.approval)},
        "down": {"month_ends": str(movement.downgrade.month_ends), "approval": _yes(movement.downgrade.approval)},
        "hysteresis": _plain(movement.hysteresis * _HUNDRED),
        "minimum_stay_days": str(movement.minimum_stay_days),
        "protected": [_named_fields(part) for part in movement.protected],
        "effective": movement.effective.value,
        "grants": _yes(definition.grants),
        "sources": [{"ref": source.ref, "says": source.says} for source in definition.sources],
    }


def _tier_fields(definition: Definition, tier: Tier) -> Tree:
    band, metric = tier.band, definition.metric or ""
    return {
        "code": tier.code,
        "name": tier.name,
        "name_en": tier.name_en,
        "colour": str(tier.colour),
        "entry": BAND if band else CONDITION if tier.when else REST,
        "lower": amount_text(metric, band.lower) if band and band.lower is not None else "",
        "upper": amount_text(metric, band.upper) if band and band.upper is not None else "",
        "when": condition_fields(tier.when) if tier.when else {},
        "service_hours": _plain(tier.service_hours),
        "privileges": [privilege_key(privilege) for privilege in tier.privileges],
        "sla_class": tier.sla_class,
        "contact_times": str(tier.contact.times) if tier.contact else "",
        "contact_per": (tier.contact.per if tier.contact else Period.MONTH).value,
        "upkeep": [
            {"roles": list(part.roles), "when": condition_fields(part.when) if part.when else {}}
            for part in tier.upkeep
        ],
    }


def privilege_key(privilege: Privilege) -> str:
    """What tells a privilege from others: two tiers may word the same entitlement differently."""
    return f"{privilege.code}|{privilege.name}"


def _named_fields(part: Exclusion | Protection) -> Tree:
    return {"code": part.code, "name": part.name, "name_en": part.name_en, "when": condition_fields(part.when)}


def condition_fields(node: Condition) -> Tree:
    """A condition as texts."""
    match node:
        case AllOf(all=parts):
            return _group_fields("all", parts)
        case AnyOf(any=parts):
            return _group_fields("any", parts)
        case Not(negated=part):
            return _group_fields("none", part.any if isinstance(part, AnyOf) else (part,))
        case Threshold(metric=metric, per=per, op=op, value=value):
            text = _plain(value * _HUNDRED) if per else amount_text(metric, value)
            return {"metric": metric, "per": per or "", "op": op.value, "value": text}
        case Membership(metric=metric, among=words):
            names = METRICS[metric].words if metric in METRICS else {}
            shown = dict.fromkeys(str(names.get(word, word)) for word in words)
            return {"metric": metric, "words": "、".join(shown)}
        case Flag(metric=metric, holds=holds):
            return {"metric": metric, "is": _yes(holds)}


def _group_fields(group: str, parts: tuple[Condition, ...]) -> Tree:
    return {"group": group, "parts": [condition_fields(part) for part in parts]}


def amount_text(metric: str, value: Decimal) -> str:
    """A number as it is typed: amounts in 万."""
    known = METRICS.get(metric)
    return _plain(value / WAN if known and known.unit == Unit.CNY else value)


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _yes(value: bool) -> str:
    return "yes" if value else "no"


# -- in: texts as a definition ----------------------------------------------------------------------------------------


def definition_of(tree: Tree, privileges: Mapping[str, Tree]) -> tuple[Definition | None, dict[str, str]]:
    """Read the texts.

    Args:
        privileges: the known privileges by :func:`privilege_key`, as definitions hold them.

    Returns:
        The definition, or ``None`` with the sentences by the path of the field that each is about.
    """
    reader = _Reader(privileges)
    content = reader.definition(tree)
    if reader.errors:
        return None, reader.errors
    try:
        return Definition.model_validate(content), {}
    except ValidationError as error:
        for fault in error.errors():
            path = ".".join(str(step) for step in fault["loc"])
            reader.errors[path] = _("{where}: {what}.").format(where=path or "-", what=fault["msg"])
        return None, reader.errors


class _Reader:
    """Reads texts and collects what is wrong with them."""

    def __init__(self, privileges: Mapping[str, Tree]) -> None:
        self.errors: dict[str, str] = {}
        self._privileges = privileges

    def definition(self, tree: Tree) -> Tree:
        metric, tiers = _text(tree, "metric"), _rows(tree, "tiers")
        return {
            "metric": metric or None,
            "basis": _one_of(Basis, _text(tree, "basis")),
            "months": self._whole(tree, "months", "months", 2, 12),
            "edge": _one_of(Edge, _text(tree, "edge")),
            "tiers": [self._tier(row, f"tiers.{at}", len(tiers) - 1 - at, metric) for at, row in enumerate(tiers)][
                ::-1
            ],
            "doors": [self._door(row, f"doors.{at}") for at, row in enumerate(_rows(tree, "doors"))],
            "exclusions": [self._named(row, f"exclusions.{at}") for at, row in enumerate(_rows(tree, "exclusions"))],
            "movement": {
                "upgrade": self._step(tree, "up"),
                "downgrade": self._step(tree, "down"),
                "hysteresis": str((self._number(tree, "hysteresis", "hysteresis", "") or Decimal(0)) / _HUNDRED),
                "minimum_stay_days": self._whole(tree, "minimum_stay_days", "minimum_stay_days", 0, 1100),
                "effective": _one_of(Effective, _text(tree, "effective")),
                "protected": [self._named(row, f"protected.{at}") for at, row in enumerate(_rows(tree, "protected"))],
            },
            "grants": _text(tree, "grants") == "yes",
            "sources": [
                {"ref": _text(row, "ref"), "says": _text(row, "says")}
                for row in _rows(tree, "sources")
                if _text(row, "ref") or _text(row, "says")
            ],
        }

    def _tier(self, row: Tree, path: str, rank: int, metric: str) -> Tree:
        found = self._names(row, path) | {"rank": rank, "colour": _text(row, "colour") or "0"}
        found["service_hours"] = str(self._number(row, "service_hours", f"{path}.service_hours", "") or 0)
        found["privileges"] = self._granted(row, path)
        found["sla_class"] = _text(row, "sla_class")
        if _text(row, "contact_times"):
            times = self._whole(row, "contact_times", f"{path}.contact_times", 1, 31)
            found["contact"] = {"times": times, "per": _one_of(Period, _text(row, "contact_per"))}
        found["upkeep"] = [self._upkeep(part, f"{path}.upkeep.{at}") for at, part in enumerate(_rows(row, "upkeep"))]
        match _text(row, "entry"):
            case "band":
                edges = {edge: self._number(row, edge, f"{path}.{edge}", metric) for edge in ("lower", "upper")}
                found["band"] = {edge: str(value) for edge, value in edges.items() if value is not None}
            case "condition":
                found["when"] = self._condition(row.get("when"), f"{path}.when")
        return found

    def _granted(self, row: Tree, path: str) -> list[Tree]:
        """The ticked privileges, and a new one that is written beside them."""
        known = self._privileges
        granted = [known[key] for key in row.get("privileges") or [] if key in known]
        code, name = _text(row, "new_privilege_code"), _text(row, "new_privilege_name")
        if bool(code) != bool(name):
            self.errors[f"{path}.new_privilege_code"] = _("A new privilege needs both a code and a name.")
        return [*granted, {"code": code, "name": name}] if code and name else granted

    def _upkeep(self, row: Tree, path: str) -> Tree:
        roles = [role for role in row.get("roles") or [] if isinstance(role, str)]
        if not roles:
            self.errors[f"{path}.roles"] = _("Choose who maintains, or remove the line.")
        found: Tree = {"roles": roles}
        return found | {"when": self._condition(row["when"], f"{path}.when")} if row.get("when") else found

    def _door(self, row: Tree, path: str) -> Tree:
        code = _text(row, "code")
        if not code:
            self.errors[f"{path}.code"] = _("The door needs a code.")
        return {"code": code, "to": _text(row, "to"), "when": self._condition(row.get("when"), f"{path}.when")}

    def _named(self, row: Tree, path: str) -> Tree:
        return self._names(row, path) | {"when": self._condition(row.get("when"), f"{path}.when")}

    def _names(self, row: Tree, path: str) -> Tree:
        names = {part: _text(row, part) for part in ("code", "name", "name_en")}
        for part, sentence in (("code", _("Give it a code.")), ("name", _("Give it a name."))):
            if not names[part]:
                self.errors[f"{path}.{part}"] = sentence
        return names

    def _step(self, tree: Tree, part: str) -> Tree:
        row = tree.get(part) or {}
        ends = self._whole(row, "month_ends", f"{part}.month_ends", 1, 24)
        return {"month_ends": ends, "approval": _text(row, "approval") == "yes"}

    def _condition(self, node: Any, path: str, depth: int = 0) -> Tree:
        if not isinstance(node, dict) or not node:
            self.errors[path] = _("Add a comparison: without one the part has no meaning.")
            return {}
        if "group" in node:
            return self._group(node, path, depth)
        return self._comparison(node, path)

    def _group(self, node: Tree, path: str, depth: int) -> Tree:
        rows = _rows(node, "parts")
        if depth >= DEEPEST:
            self.errors[path] = _("Groups nest at most {count} deep.").format(count=DEEPEST)
            return {}
        if not rows:
            self.errors[path] = _("The group is empty: add a comparison or remove the group.")
            return {}
        parts = [self._condition(row, f"{path}.parts.{at}", depth + 1) for at, row in enumerate(rows)]
        if _text(node, "group") == "none":
            return {"not": parts[0] if len(parts) == 1 else {"any": parts}}
        return {"any" if _text(node, "group") == "any" else "all": parts}

    def _comparison(self, leaf: Tree, path: str) -> Tree:
        code = _text(leaf, "metric")
        metric = METRICS.get(code)
        if metric is None:
            self.errors[f"{path}.metric"] = _("Choose a metric.")
            return {}
        if metric.unit == Unit.WORD:
            return {"metric": code, "in": self._words(leaf, path)}
        if metric.unit == Unit.FLAG:
            return {"metric": code, "is": _text(leaf, "is") != "no"}
        per, op = _text(leaf, "per"), _text(leaf, "op")
        value = self._number(leaf, "value", f"{path}.value", "" if per else code)
        if value is None and f"{path}.value" not in self.errors:
            self.errors[f"{path}.value"] = _("Give a number to compare {metric} with.").format(metric=metric.label)
        op = op if op in list(Op) else Op.AT_LEAST.value
        if per:
            return {"metric": code, "per": per, "op": op, "value": str((value or Decimal(0)) / _HUNDRED)}
        return {"metric": code, "op": op, "value": str(value or 0)}

    def _words(self, leaf: Tree, path: str) -> list[str]:
        codes = {str(label): code for code, label in METRICS[_text(leaf, "metric")].words.items()}
        typed = _text(leaf, "words").replace("，", "、").replace(",", "、").split("、")
        words: dict[str, None] = {}
        for word in (part.strip() for part in typed if part.strip()):
            words |= dict.fromkeys((codes.get(word, word), word))  # feeds bring the word, the product its code
        if not words:
            self.errors[f"{path}.words"] = _("Give one word at least, several with 、 between them.")
        return list(words)

    def _whole(self, row: Tree, name: str, path: str, least: int, most: int) -> int:
        text = _text(row, name)
        number = int(text) if text.isdecimal() else -1
        if not least <= number <= most:
            self.errors[path] = _("Give a whole number from {least} to {most}.").format(least=least, most=most)
            return least
        return number

    def _number(self, row: Tree, name: str, path: str, metric: str) -> Decimal | None:
        text = _text(row, name).replace(",", "").replace("%", "").replace("％", "")
        if not text:
            return None
        known = METRICS.get(metric)
        unit = WAN if known and known.unit == Unit.CNY else Decimal(1)
        for sign, size in (("万", WAN), ("亿", YI), ("元", Decimal(1))):
            if text.endswith(sign):
                text, unit = text.removesuffix(sign), size
        try:
            value = Decimal(text) * unit
        except InvalidOperation:
            self.errors[path] = _("“{text}” is not a number.").format(text=_text(row, name))
            return None
        if not value.is_finite() or abs(value) >= Decimal(10) ** 15:
            self.errors[path] = _("“{text}” is no amount that there is.").format(text=_text(row, name))
            return None
        return value


def _text(row: Tree, name: str) -> str:
    value = row.get(name)
    return value.strip() if isinstance(value, str) else ""


def _rows(tree: Tree, name: str) -> list[Tree]:
    rows = tree.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _one_of(words: type[Basis] | type[Edge] | type[Effective] | type[Period], text: str) -> str:
    return text if text in words.values else words.values[0]
