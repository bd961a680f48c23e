"""The rules of a roster by name, and what breaks them, in words."""

from collections.abc import Mapping
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
