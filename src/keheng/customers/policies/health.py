"""When a project is looked at again (A1; [003]: an inspection each quarter, and what was found is followed up)."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date

from keheng.customers.enums import HealthGrade


def next_check(checked_on: date, grade: HealthGrade, months: Mapping[str, int]) -> date:
    """The day of the next check: as many months on as the grade asks for, at the latest the month's last day."""
    later = checked_on.year * 12 + checked_on.month - 1 + months[grade]
    year, month = divmod(later, 12)
    return date(year, month + 1, min(checked_on.day, monthrange(year, month + 1)[1]))
