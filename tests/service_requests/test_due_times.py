"""Due times across holidays, make-up days and lunch, computed by hand, in the calendar that the product ships with."""

from datetime import UTC, datetime

import pytest
from tests.service_requests.conftest import SHANGHAI

from keheng.common.limits import Limit
from keheng.org.models import Branch
from keheng.org.operations import import_days
from keheng.org.queries import calendar_of, system_actor, working_calendar

# Spring Festival 2027 as an institution might enter it: off from 6 to 12 February, made up for on Saturday the 20th.
SPRING_2027 = "date,kind,name\n" + "\n".join(
    [*(f"2027-02-{day:02},holiday,春节" for day in range(6, 13)), "2027-02-20,make_up,春节调休"]
)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        # 2026-09-30 is a Wednesday; 1 to 7 October are off, 8 October is a Thursday, 10 October a make-up Saturday.
        ("2026-09-30 16:50", "30m", "2026-10-08 09:20"),
        ("2026-09-30 16:50", "4h", "2026-10-08 14:20"),  # 10 min, then 2.5 h of the morning, 1 h 20 after lunch
        ("2026-09-30 16:50", "1d", "2026-10-08 16:50"),
        ("2026-09-30 10:00", "2d", "2026-10-09 10:00"),
        ("2026-10-09 16:45", "30m", "2026-10-10 09:15"),  # Friday to the make-up Saturday
        ("2026-10-09 10:00", "1d", "2026-10-10 10:00"),
        ("2026-10-10 16:45", "30m", "2026-10-12 09:15"),  # Sunday is off
        ("2026-10-03 12:00", "15m", "2026-10-08 09:15"),  # came in on a holiday
        ("2026-11-23 11:20", "15m", "2026-11-23 13:05"),  # lunch
        ("2026-11-23 12:10", "5m", "2026-11-23 13:05"),  # came in over lunch
        # 2027-02-05 is a Friday, 2027-02-15 the Monday after the holidays.
        ("2027-02-05 16:55", "30m", "2027-02-15 09:25"),
        ("2027-02-05 15:00", "1d", "2027-02-15 15:00"),
        ("2027-02-19 16:55", "30m", "2027-02-20 09:25"),  # to the make-up Saturday
        ("2027-02-20 16:55", "30m", "2027-02-22 09:25"),
    ],
)
def test_decision_12_due_times_by_hand(outlet: Branch, start: str, limit: str, due: str) -> None:
    import_days(text=SPRING_2027, actor=system_actor(), at=datetime(2026, 11, 23, tzinfo=UTC))
    hours = working_calendar(calendar_of(outlet))
    assert Limit.read(limit).due(hours, local(start)) == local(due)
