"""Reads of the organisation."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.apps import apps
from django.db.models import Count
from django.utils.translation import gettext as _

from keheng.common.working_calendar import Exceptional, Period, WorkingCalendar
from keheng.org.enums import DayKind
from keheng.org.figures import figures
from keheng.org.models import SYSTEM_USERNAME, Branch, CalendarDay, ServiceCalendar, Staff
from keheng.ui.permission_names import declared


def system_actor() -> Staff:
    """The account that commands and scheduled work act as; nobody signs in with it."""
    system: Staff = Staff.objects.get(username=SYSTEM_USERNAME)
    return system


# -- calendars --------------------------------------------------------------------------------------------------------


def calendar_of(branch: Branch) -> ServiceCalendar:
    """The calendar that a branch follows: its own, or that of the nearest branch above that has one."""
    above = [branch.path[: place + 1] for place, char in enumerate(branch.path) if char == "/"]
    named = Branch.objects.filter(path__in=above, calendar__isnull=False).select_related("calendar")
    nearest = max(named, key=lambda found: len(found.path))
    assert nearest.calendar is not None
    return nearest.calendar


def never_opens(calendar: ServiceCalendar, since: date) -> date | None:
    """The day from which on a calendar would have no service for a year or longer; none where it is in order."""
    last = CalendarDay.objects.order_by("-date").values_list("date", flat=True).first()
    return working_calendar(calendar).closed_for_a_year(since, max(last or since, since))


def working_calendar(calendar: ServiceCalendar) -> WorkingCalendar:
    """The calendar as arithmetic: its periods, and all holidays and make-up days."""
    weekdays: dict[int, list[Period]] = defaultdict(list)
    for period in calendar.periods.all():
        weekdays[period.weekday].append(Period(period.opens, period.closes))
    days = {day: Exceptional(kind) for day, kind in CalendarDay.objects.values_list("date", "kind")}
    return WorkingCalendar({weekday: tuple(periods) for weekday, periods in weekdays.items()}, days)


def known_until() -> date | None:
    """The last date for which the published days are known; after it only the days off by law are, if any."""
    last = CalendarDay.objects.published().order_by("-date").values_list("date", flat=True).first()
    return last and date(last.year, 12, 31)


def days_of_year(year: int) -> dict[date, CalendarDay]:
    """The exceptional days of a year by date."""
    return {day.date: day for day in CalendarDay.objects.filter(date__year=year)}


def counts_of_days(year: int) -> dict[str, int]:
    """How many holidays and make-up days a year has."""
    days = CalendarDay.objects.filter(date__year=year)
    return dict.fromkeys(DayKind.values, 0) | dict(days.order_by().values_list("kind").annotate(Count("pk")))


# -- roles ------------------------------------------------------------------------------------------------------------


def permission_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """The declared permissions as ``(module, [(code, name)])``, in the order of the codes."""
    pairs = groupby(declared().items(), key=lambda pair: pair[0].partition(".")[0])
    return [(str(apps.get_app_config(module).verbose_name), list(held)) for module, held in pairs]


def people_by_role() -> dict[int, int]:
    """How many people who may sign in have each role."""
    active = Staff.objects.people().filter(is_active=True).order_by()
    return dict(active.values_list("role").annotate(number=Count("pk")))


# -- the tree ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Node:
    """A branch on the tree page; ``counts`` covers it and all below, in the order of :func:`tree_headings`."""

    branch: Branch
    level: int
    counts: list[int]


def tree_headings() -> list[str]:
    """What the tree counts: staff, then what modules above have registered."""
    return [_("Staff"), *(str(figure.label) for figure in figures().values())]


def tree(actor: Staff) -> list[Node]:
    """The branches that the actor sees, parents before children, with their counts summed over what lies below."""
    branches = list(Branch.objects.visible_to(actor).select_related("calendar").order_by("path"))
    keys = [branch.pk for branch in branches]
    counted = [_staff_by_branch(keys), *(figure.count(keys) for figure in figures().values())]
    sums = {branch.pk: [column.get(branch.pk, 0) for column in counted] for branch in branches}
    for branch in reversed(branches):  # children before parents
        if branch.parent_id in sums:
            sums[branch.parent_id] = [x + y for x, y in zip(sums[branch.parent_id], sums[branch.pk], strict=True)]
    top = min((branch.depth for branch in branches), default=0)
    return [Node(branch, branch.depth - top, sums[branch.pk]) for branch in branches]


def contents_of(branch: Branch) -> dict[str, int]:
    """What still hangs on a branch itself, by its name in words; only what there is."""
    counts = {
        _("Branches"): Branch.objects.filter(parent=branch, is_active=True).count(),
        _("Staff"): _staff_by_branch([branch.pk]).get(branch.pk, 0),
        **{str(figure.label): figure.count([branch.pk]).get(branch.pk, 0) for figure in figures().values()},
    }
    return {label: number for label, number in counts.items() if number}


def _staff_by_branch(branch_ids: Sequence[int]) -> Mapping[int, int]:
    active = Staff.objects.people().filter(branch__in=branch_ids, is_active=True)
    return dict(active.order_by().values_list("branch").annotate(Count("pk")))
