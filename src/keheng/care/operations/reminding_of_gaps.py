"""Gaps of care are told to whoever can close them: the nearest head, and the next one above when they last (A3).

Absences that nobody covers, and customers without the owner by name that their tier asks for. Once a day, while it
lasts; from which day on is a rule (:class:`~keheng.care.policies.supervision.GapRules`).
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.care.policies.supervision import GapRules
from keheng.care.queries.heads import Heads, first_of_each
from keheng.care.queries.oversight import Gap, cover_gaps
from keheng.care.queries.ownerless import lasting_by_place
from keheng.care.queries.rules import supervision_rules
from keheng.common.clock import SHANGHAI
from keheng.notices.operations import Message, tell_each
from keheng.org.enums import DataScope
from keheng.org.models import Staff
from keheng.org.queries import system_actor

GAPS = "care.gaps"
GAPS_ESCALATED = "care.gaps_escalated"

_NEAREST, _NEXT = 0, 1


def remind_of_gaps(*, at: datetime) -> int:
    """Tell heads of the gaps of their scope, one notice a kind of gap; return how many notices were sent."""
    today, rules = at.astimezone(SHANGHAI).date(), supervision_rules().gaps
    heads = Heads(today)
    gaps = cover_gaps(system_actor(), today, ahead=rules.cover_ahead + 1)
    soon = _("%(people)d people are away within the next %(days)d days, and nobody acts for their customers")
    long = _("%(people)d people have been away for %(days)d days or more, and nobody acts for their customers")
    near = [
        *_of_cover(heads, _NEAREST, gaps, soon, rules.cover_ahead),
        *_of_owners(heads, _NEAREST, rules.owner_after, today),
    ]
    above = [
        *_of_cover(heads, _NEXT, _long(gaps, rules, today), long, rules.cover_escalate),
        *_of_owners(heads, _NEXT, rules.owner_escalate, today),
    ]
    return tell_each(kind=GAPS, messages=near, at=at) + tell_each(kind=GAPS_ESCALATED, messages=above, at=at)


def _long(gaps: Iterable[Gap], rules: GapRules, today: date) -> list[Gap]:
    """Those that have lasted; who is gone without any absence has been gone for long."""
    begun = today - timedelta(days=rules.cover_escalate)
    return [gap for gap in gaps if gap.since is None or gap.since <= begun]


def _of_cover(heads: Heads, place: int, gaps: Collection[Gap], words: str, days: int) -> Iterable[Message]:
    for head, found in _by_head(heads, place, {gap.path for gap in gaps}):
        people = len({gap.staff_id for gap in gaps if gap.path in found})
        yield Message(head.pk, words % {"people": people, "days": days}, reverse("care:oversight"))


def _of_owners(heads: Heads, place: int, days: int, today: date) -> Iterable[Message]:
    numbers = lasting_by_place(days, today)
    for head, found in _by_head(heads, place, numbers):
        words = _("%(count)d customers have been without the owner that they need for %(days)d days or more")
        count = sum(numbers[path] for path in found)
        page = f"{reverse('care:orphans')}?missing=owner&lasting={days}"
        yield Message(head.pk, words % {"count": count, "days": days}, page)


def _by_head(heads: Heads, place: int, paths: Collection[str]) -> Iterable[tuple[Staff, set[str]]]:
    """Each head who is told, with all the paths of their scope: the numbers are those of the list that they open."""
    told: dict[int, Staff] = {}
    for path in paths:
        firsts = first_of_each(heads.above(path))
        if len(firsts) > place:
            told[firsts[place].pk] = firsts[place]
    for key in sorted(told):
        head = told[key]
        everywhere = head.scope == DataScope.ALL
        yield head, {path for path in paths if everywhere or path.startswith(head.branch.path)}
