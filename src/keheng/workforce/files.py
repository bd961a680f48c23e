"""Reading a queue's history from a file: one row an interval, ``DateTime,Calls``."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np

from keheng.workforce.errors import WorkforceError
from keheng.workforce.policies.history import HOUR, History

TIME, CALLS = "DateTime", "Calls"
_FORMATS = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y%m%d %H:%M", "%Y%m%d%H%M")
_MOST_NAMED = 5


class HistoryError(WorkforceError):
    """A file that is no history; the sentence names row, field and remedy."""


def read_history(path: Path) -> History:
    """Read a CSV file with the columns ``DateTime`` and ``Calls``, in any order, other columns ignored.

    The interval is the shortest step between two rows of a day. Days without rows are closed.

    Raises:
        HistoryError: with up to five faulty rows, when the file is empty, unreadable, lacks a column, holds negative or
            unreadable calls or a time twice, or when the interval does not divide the hour.
    """
    faults: list[str] = []
    by_day: dict[date, dict[int, float]] = defaultdict(dict)
    for row, when, calls in _cells(path):
        instant, count = moment(when), number(calls)
        if instant is None:
            faults.append(f"Row {row}: {TIME} is {when!r}. Write it as 2026-11-22 09:05.")
        elif instant.second or instant.microsecond:
            faults.append(f"Row {row}: {TIME} {when!r} is not a whole minute.")
        elif count is None:
            faults.append(f"Row {row}: {CALLS} is {calls!r}. It must be a number, 0 or more; leave out closed times.")
        elif (minute := instant.hour * HOUR + instant.minute) in by_day[instant.date()]:
            faults.append(f"Row {row}: {TIME} {when!r} stands in the file twice. Keep one row an interval.")
        else:
            by_day[instant.date()][minute] = count
    if faults:
        more = f"\n… and {len(faults) - _MOST_NAMED} rows more." if len(faults) > _MOST_NAMED else ""
        raise HistoryError("\n".join(faults[:_MOST_NAMED]) + more)
    if not by_day:
        raise HistoryError(f"{path.name} holds no row below its heading.")
    return _gridded(by_day)


def _cells(path: Path) -> Iterator[tuple[int, str, str]]:
    """Row number (the heading is row 1), time and calls as written."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            missing = [name for name in (TIME, CALLS) if name not in (rows.fieldnames or ())]
            if missing:
                raise HistoryError(
                    f"{path.name} has no column {' and no column '.join(missing)}. "
                    f"Its heading must name {TIME} and {CALLS}."
                )
            for row in rows:
                if any(value not in {None, ""} for value in row.values()):
                    yield rows.line_num, (row[TIME] or "").strip(), (row[CALLS] or "").strip()
    except UnicodeDecodeError as error:
        raise HistoryError(
            f"{path.name} is not text in UTF-8 (byte {error.start}). Save it as CSV in UTF-8."
        ) from error
    except csv.Error as error:
        raise HistoryError(f"{path.name} is no CSV file: {error}.") from error
    except OSError as error:
        raise HistoryError(f"{path} cannot be read: {error.strerror}.") from error


def moment(text: str) -> datetime | None:
    """The instant that a text tells, by a queue's own clock; None when it tells none."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        pass
    for written in _FORMATS:
        try:
            return datetime.strptime(text, written)  # noqa: DTZ007 - a queue's own clock
        except ValueError:
            continue
    return None


def number(text: str) -> float | None:
    """A number of 0 or more; None for anything else."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if np.isfinite(found) and found >= 0 else None


def _gridded(by_day: dict[date, dict[int, float]]) -> History:
    step = _interval(by_day.values())
    dates = sorted(by_day)
    starts = sorted({minute for day in by_day.values() for minute in day})
    column = {minute: at for at, minute in enumerate(starts)}
    calls = np.full((len(dates), len(starts)), np.nan)
    for row, day in enumerate(dates):
        for minute, number in by_day[day].items():
            calls[row, column[minute]] = number
    return History(step, dates, np.array(starts, dtype=np.int64), calls)


def _interval(days: Iterable[dict[int, float]]) -> int:
    """The shortest step between two rows of a day, in minutes; every time must lie on it."""
    minutes = [sorted(day) for day in days]
    steps = {later - earlier for day in minutes for earlier, later in pairwise(day)}
    if not steps:
        raise HistoryError("No day has two rows, so the length of an interval is unknown.")
    step = min(steps)
    if HOUR % step:
        raise HistoryError(
            f"The interval is {step} minutes, which does not divide the hour. "
            "Sum the calls to 5, 6, 10, 15, 20, 30 or 60 minutes."
        )
    odd = next((minute for day in minutes for minute in day if minute % step), None)
    if odd is not None:
        raise HistoryError(
            f"Intervals last {step} minutes, but one begins at {odd // HOUR:02d}:{odd % HOUR:02d}. "
            "Use one grid for all days."
        )
    return step
