"""Rules that were proposed: what each would change, in words (A15)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from keheng.approvals.models import Request
from keheng.common.limits import Limit
from keheng.complaints.enums import ClockKind, Degree, Grade, Kind, State
from keheng.complaints.models import ConsequenceVersion, RuleVersion
from keheng.complaints.policies import consequences, rules
from keheng.ui.templatetags.keheng import limit_words

type Pairs = Sequence[tuple[str, str]]

NUMBER_NAMES = {
    "check_after_days": gettext_lazy("Days after which the effect is checked"),
    "repeat_days": gettext_lazy("Days within which somebody complains repeatedly"),
    "review_within_days": gettext_lazy("Days within which a review can be asked for"),
    "representatives": gettext_lazy("Most representatives of a joint complaint"),
    "keep_years": gettext_lazy("Years that a closed complaint is kept at least"),
}
"""What the single figures of the rules mean."""
DAY_NAMES = {
    "appeal_days": gettext_lazy("Days to appeal"),
    "flag_days": gettext_lazy("Days the customer stays flagged"),
    "care_within_days": gettext_lazy("Days until the customer is called on"),
    "risk_within_days": gettext_lazy("Days until somebody meets a customer who may leave"),
}
"""What the single figures of the rules of consequences mean."""
COSTLY = tuple(degree for degree in Degree if degree != Degree.NONE)
_PARTS = {
    "name": pgettext_lazy("cause", "name"),
    "name_en": gettext_lazy("English name"),
    "within": gettext_lazy("within"),
    "order": gettext_lazy("order"),
    "in_use": gettext_lazy("in use"),
}


def limit_told(limit: Limit, *, every_day: bool) -> str:
    """A limit as people say it; days of the calendar on the wall are told as such."""
    if not every_day or not limit.is_days:
        return limit_words(limit)
    return ngettext("%(count)d calendar day", "%(count)d calendar days", limit.amount) % {"count": limit.amount}


def of_rules(request: Request) -> Pairs:
    """What proposed rules would change."""
    held = RuleVersion.objects.filter(pk=request.subject_id or 0).first()
    if held is None:
        return []
    before, after = held.rules, rules.read(request.payload["definition"])
    clocks = {rule.kind: rule for rule in after.clocks}
    told = [
        (str(ClockKind(rule.kind).label), _told(rule), _told(clocks[rule.kind]))
        for rule in before.clocks
        if rule.kind in clocks
    ]
    told += [(str(name), getattr(before, code), getattr(after, code)) for code, name in NUMBER_NAMES.items()]
    language = get_language() or ""
    told += [
        (path.told(language), _states(path), _states(after.paths_by_code[path.code]))
        for path in before.paths
        if path.code in after.paths_by_code
    ]
    return _changed(told)


def of_causes(request: Request) -> Pairs:
    """What a proposed cause would be, or what of it would change."""
    before, after = request.payload["before"], request.payload["after"]
    if before is None:
        above = after["within"] or _("directly within the kind")
        told = [
            (_("kind of complaint"), str(Kind(after["kind"]).label)),
            (_("within"), above),
            (_("new cause"), after["name"]),
        ]
        return [*told, (_("words that such complaints use"), request.payload["words"] or "—")]
    return [
        (pgettext("complaint", "cause"), before["name"]),
        *_changed([(str(name), _said(before[code]), _said(after[code])) for code, name in _PARTS.items()]),
    ]


def of_consequences(request: Request) -> Pairs:
    """What proposed rules of consequences would change."""
    held = ConsequenceVersion.objects.filter(pk=request.subject_id or 0).first()
    if held is None:
        return []
    before, after = held.rules, consequences.read(request.payload["definition"])
    told: list[tuple[str, Any, Any]] = [
        (points_name(grade, degree), before.points_of(grade, degree), after.points_of(grade, degree))
        for grade in Grade
        for degree in COSTLY
    ]
    told += [
        (amount_name(grade), _yuan(before.compensation[grade]), _yuan(after.compensation[grade])) for grade in Grade
    ]
    told += [(str(name), getattr(before, code), getattr(after, code)) for code, name in DAY_NAMES.items()]
    told.append((_("Inspected besides"), _degrees(before.inspected), _degrees(after.inspected)))
    return _changed(told)


def points_name(grade: Grade, degree: Degree) -> str:
    """What the points of a grade and a degree are called."""
    return _("Points: %(grade)s, %(degree)s") % {"grade": grade.label, "degree": degree.label}


def amount_name(grade: Grade) -> str:
    """What the most that is paid at a grade is called."""
    return _("Most compensation in yuan: %(grade)s") % {"grade": grade.label}


def _changed(told: Sequence[tuple[str, Any, Any]]) -> list[tuple[str, str]]:
    return [(name, f"{before} → {after}") for name, before, after in told if before != after]


def _told(rule: rules.ClockRule) -> str:
    return limit_told(rule.limit, every_day=rule.every_day)


def _states(path: rules.Path) -> str:
    return "、".join(str(state.label) for state in State if state in path.states) or "—"


def _degrees(degrees: frozenset[Degree]) -> str:
    return "、".join(str(degree.label) for degree in Degree if degree in degrees) or "—"


def _yuan(amount: Decimal) -> str:
    return f"{amount:,.0f}"


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "—" if value in (None, "") else str(value)
