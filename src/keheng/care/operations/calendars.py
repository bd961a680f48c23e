"""The lunar calendar as rows: computed once from lunar-python, then only joined with."""

from datetime import date

from django.db import transaction
from lunar_python import LunarYear, Solar

from keheng.care.models import LunarMonth
from keheng.care.policies.lunar import Month

FIRST, LAST = 1900, 2100


@transaction.atomic
def load_lunar_months() -> int:
    """Write the months of two centuries where they are missing; return how many."""
    if LunarMonth.objects.exists():
        return 0
    rows = [
        LunarMonth(
            starts_on=date.fromisoformat(Solar.fromJulianDay(month.getFirstJulianDay()).toYmd()),
            year=year,
            month=abs(month.getMonth()),
            is_leap=month.getMonth() < 0,
            days=month.getDayCount(),
        )
        for year in range(FIRST, LAST + 1)
        for month in LunarYear.fromYear(year).getMonths()
        if month.getYear() == year
    ]
    LunarMonth.objects.bulk_create(rows, batch_size=2_000)
    return len(rows)


def lunar_months(first: int, last: int) -> list[Month]:
    """The months of some lunar years, in order of time."""
    rows = LunarMonth.objects.filter(year__range=(first, last)).order_by("starts_on")
    return [Month(row.starts_on, row.year, row.month, row.is_leap, row.days) for row in rows]
