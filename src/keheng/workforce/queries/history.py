"""What came to a queue, what is known about its days, and the history to learn from."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from django.db import connection
from django.db.models import Q

from keheng.org.enums import DayKind
from keheng.org.models import CalendarDay
from keheng.org.queries import calendar_of, working_calendar
from keheng.workforce.models import Event, Mark, Queue
from keheng.workforce.policies.history import Array, History
from keheng.workforce.policies.marking import Known, Proposal, treated

A_DAY = 1440
_AHEAD = timedelta(days=70)


def figures_of(
    queue: Queue, figure: str, since: date | None = None, until: date | None = None
) -> tuple[list[date], Array]:
    """The days and one of their figures, days × all intervals from midnight; NaN where nothing is told.

    Of several files that tell of a day the last taken in holds; finer intervals are summed, handling times averaged.
    """
    assert figure in {"calls", "handling", "answered", "in_time"}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select distinct on (day) day, {figure} from workforce_day
                where queue_id = %s and day >= coalesce(%s, '-infinity'::date) and day <= coalesce(%s, 'infinity'::date)
                order by day, intake_id desc""",
            [queue.pk, since, until],
        )
        rows = cursor.fetchall()
    columns = A_DAY // queue.step
    empty = np.full(columns, np.nan)
    values = [_on_grid(row, columns, mean=figure == "handling") if row else empty for _, row in rows]
    return [day for day, _ in rows], np.stack(values) if values else np.empty((0, columns))


def history_of(queue: Queue, since: date | None = None, until: date | None = None) -> History:
    """What came, unchanged, in the columns that were ever open."""
    dates, calls = figures_of(queue, "calls", since, until)
    starts = np.arange(0, A_DAY, queue.step)
    used = ~np.isnan(calls).all(axis=0) if len(dates) else np.zeros(len(starts), dtype=bool)
    return History(queue.step, dates, starts[used], calls[:, used])


def known_days(queue: Queue) -> tuple[dict[date, Known], dict[date, float]]:
    """Causes by day, past and to come, from the calendar and events; and the factors that people gave to them.

    An event outranks the calendar. A holiday that is an ordinary day of service for the branch is a holiday still.
    """
    known = {
        day: Known("make_up" if kind == DayKind.MAKE_UP else "holiday", name)
        for day, kind, name in CalendarDay.objects.values_list("date", "kind", "name")
        if kind == DayKind.MAKE_UP or day.weekday() < 5 or name
    }
    given: dict[date, float] = {}
    for event in Event.objects.filter(Q(queue=None) | Q(queue=queue)).order_by("pk"):
        for ahead in range((event.last_day - event.first_day).days + 1):
            day = event.first_day + timedelta(days=ahead)
            known[day] = Known(event.kind, event.name)
            if event.factor is not None:
                given[day] = event.factor
    return known, given


def is_day_of_service(queue: Queue, day: date) -> bool:
    """Whether the branch's calendar has service on a day."""
    return working_calendar(calendar_of(queue.branch)).is_working_day(day)


def marks_of(queue: Queue) -> list[Proposal]:
    """The marks as policies read them."""
    rows = Mark.objects.filter(queue=queue)
    return [
        Proposal(row.day, row.minute, row.reason, row.note, row.actual, row.expected, row.treatment) for row in rows
    ]


def cleaned_history(queue: Queue) -> History:
    """The history to learn from: what came, with the marks applied."""
    return treated(history_of(queue), marks_of(queue))


def spans(queues: Sequence[Queue]) -> dict[int, tuple[date, date, int]]:
    """First day, last day and number of days that each queue has figures of."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select queue_id, min(day), max(day), count(distinct day) from workforce_day"
            " where queue_id = any(%s) group by queue_id",
            [[queue.pk for queue in queues]],
        )
        return {queue: (first, last, days) for queue, first, last, days in cursor.fetchall()}


def heat(queue: Queue, weeks: int = 12) -> tuple[list[str], list[list[float | None]]]:
    """Mean contacts by weekday and half-hour (or the queue's interval, if longer) over the last weeks.

    Returns:
        The beginnings of the columns, and seven rows from Monday on; None where the queue is never open.
    """
    history = history_of(queue)
    if not history.dates:
        return [], []
    since = history.dates[-1] - timedelta(weeks=weeks)
    recent = [at for at, day in enumerate(history.dates) if day > since]
    width = max(30, queue.step)
    blocks = sorted({int(start) // width for start in history.starts.tolist()})
    rows: list[list[float | None]] = []
    for weekday in range(7):
        days = [at for at in recent if history.dates[at].weekday() == weekday]
        cells: list[float | None] = []
        for block in blocks:
            columns = history.starts // width == block
            values = history.calls[np.ix_(days, columns)]
            there = ~np.isnan(values).all(axis=1) if days else np.zeros(0, dtype=bool)
            cells.append(float(np.nansum(values[there], axis=1).mean()) if there.any() else None)
        rows.append(cells)
    return [f"{block * width // 60:02d}:{block * width % 60:02d}" for block in blocks], rows


def _on_grid(values: Sequence[float | None], columns: int, *, mean: bool) -> Array:
    row = np.array([np.nan if value is None else value for value in values], dtype=float)
    if len(row) == columns:
        return row
    parts = row.reshape(columns, -1)
    known = ~np.isnan(parts)
    total = np.where(known, parts, 0).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(known.any(axis=1), total / known.sum(axis=1) if mean else total, np.nan)
