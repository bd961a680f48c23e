"""Sheets of penalties with their sums, and each entry in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from keheng.service_requests.enums import PenaltyKind
from keheng.service_requests.models import Appeal, PenaltyEntry, PenaltySheet
from keheng.ui.templatetags.keheng import limit_words

_OFFSET = Q(entries__kind=PenaltyKind.OFFSET) | Q(entries__reverses__kind=PenaltyKind.OFFSET)


def with_sums(sheets: "QuerySet[PenaltySheet]") -> "QuerySet[PenaltySheet]":
    """Sheets with ``deducted``, ``offset`` and ``total`` points."""
    return sheets.annotate(
        deducted=Sum("entries__points", filter=~_OFFSET),
        offset_points=Sum("entries__points", filter=_OFFSET),
        total=Sum("entries__points"),
    )


@dataclass(frozen=True)
class Line:
    """An entry of a sheet with what is known of it; ``stands``: it has not been reversed."""

    entry: PenaltyEntry
    words: str
    stands: bool
    appeal: Appeal | None
    balance: Decimal


def lines(sheet: PenaltySheet) -> Sequence[Line]:
    """All entries of a sheet, oldest first, with the running balance; two queries."""
    entries = list(sheet.entries.select_related("request", "event__clock", "actor", "reverses").order_by("pk"))
    reversed_ = {entry.reverses_id for entry in entries if entry.reverses_id}
    appeals = {
        found.entry_id: found for found in Appeal.objects.filter(entry__sheet=sheet).select_related("decided_by")
    }
    balance, told = Decimal(0), []
    for entry in entries:
        balance += entry.points
        stands = entry.pk not in reversed_ and entry.kind != PenaltyKind.REVERSAL
        told.append(Line(entry, explained(entry), stands, appeals.get(entry.pk), balance))
    return told


def explained(entry: PenaltyEntry) -> str:
    """Why an entry has the points that it has, in one sentence (decision 10)."""
    if entry.event is None or entry.overtime is None:
        return entry.reason
    seconds = int(entry.overtime.total_seconds())
    values = {"limit": limit_words(entry.event.clock.limit), "minutes": seconds // 60, "seconds": seconds % 60}
    over = _("Limit %(limit)s, over by %(minutes)d min %(seconds)d s") % values
    if entry.kind == PenaltyKind.ERROR:
        error = _("more than 10 minutes: error %(number)d of the month") % {"number": entry.error_number or 0}
        sentence = f"{over}，{error}"
        if entry.inspection:
            sentence = f"{sentence}，{_('more than 20 minutes: to be inspected')}"
    else:
        sentence = f"{over}，{_('up to 5 minutes') if seconds <= 300 else _('over 5 up to 10 minutes')}"
    return f"{sentence}。{entry.reason}" if entry.reason else sentence
