"""The rules of a roster by name, and what breaks them, in words."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

RULES: Mapping[str, str | Promise] = {
    "leave": _("%(day)s: %(shift)s on a day of leave"),
    "settled": _("%(day)s: not the settled shift %(shift)s"),
    "closed": _("%(day)s: %(shift)s is not worked on this weekday"),
    "rest": _("%(day)s: %(shift)s may not follow %(before)s"),
    "kinds": _("%(number)s shifts %(shift)s, %(most)s at most"),
    "hours": _("%(hours)s hours, %(least)s to %(most)s allowed"),
    "longest": _("%(number)s shifts in a row, %(most)s at most"),
    "shortest": _("%(number)s shifts in a row, %(least)s at least"),
    "days_off": _("%(number)s days off in a row, %(least)s at least"),
    "weekends": _("%(number)s weekends, %(most)s at most"),
}


@dataclass(frozen=True)
class Broken:
    """A rule that a roster breaks.

    Attributes:
        rule: a key of :data:`RULES`.
        figures: what its sentence names; ``day`` counts from 0.
    """

    rule: str
    figures: Mapping[str, object]

    def __str__(self) -> str:
        return str(RULES[self.rule]) % self.figures

    @property
    def excess(self) -> float:
        """How far beyond the rule, in shifts, days or hours; 0 for a rule that is kept or broken, nothing between."""
        known = {name: float(str(value)) for name, value in self.figures.items() if name in _MEASURES}
        if self.rule == "hours":
            return max(known["least"] - known["hours"], known["hours"] - known["most"])
        return known["number"] - known["most"] if "most" in known else known.get("least", 0) - known.get("number", 0)


_MEASURES = {"number", "hours", "least", "most"}


def worse(before: Sequence[Broken], after: Sequence[Broken]) -> list[Broken]:
    """What a change breaks that was not broken, or not so far: mending half of a fault is no new fault."""
    known: dict[tuple[object, ...], list[float]] = defaultdict(list)
    for one in before:
        known[_which(one)].append(one.excess)
    found = []
    for one in sorted(after, key=lambda one: one.excess):
        fitting = [excess for excess in known[_which(one)] if excess >= one.excess]
        if fitting:
            known[_which(one)].remove(min(fitting))
        else:
            found.append(one)
    return found


def _which(one: Broken) -> tuple[object, ...]:
    """The rule, and what it is about: a day and a shift for those that name them."""
    return one.rule, one.figures.get("day"), one.figures.get("shift")
