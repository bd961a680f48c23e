"""Files of interval figures, read by a profile: what each column is called. Bad rows are named."""

import csv
import hashlib
import warnings
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO, StringIO
from itertools import pairwise

import openpyxl
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from keheng.workforce.files import moment, number
from keheng.workforce.models import STEPS, Profile

FIGURES = ("calls", "handling", "answered", "in_time")
_MOST_NAMED = 5
_MOST_ROWS = 600_000
_A_DAY = 1440


@dataclass(frozen=True)
class Figures:
    """What a file tells: by day and figure an array over the intervals from midnight, None where nothing is told."""

    step: int
    days: dict[date, dict[str, list[float | None]]]
    rows: int
    missing: list[date]
    sha256: str

    @property
    def first_day(self) -> date:
        return min(self.days)

    @property
    def last_day(self) -> date:
        return max(self.days)


def recognised(headings: Sequence[str], profiles: Sequence[Profile]) -> Profile | None:
    """The profile all of whose columns are there, the one with most columns of several."""
    fitting = [profile for profile in profiles if set(profile.columns.values()) <= set(headings)]
    return max(fitting, key=lambda profile: len(profile.columns), default=None)


def table_of(content: bytes, name: str) -> tuple[list[str], list[list[object]]]:
    """The headings and rows of a CSV file or of the first sheet of a workbook.

    Raises:
        ValidationError: it is neither, or holds no row.
    """
    rows = _sheet(content, name) if name.lower().endswith(".xlsx") else _text(content, name)
    found = [row for row in rows if any(cell not in {None, ""} for cell in row)]
    if not found:
        raise ValidationError(_("%(file)s is empty. Export it again.") % {"file": name})
    if len(found) > _MOST_ROWS:
        raise ValidationError(
            _("%(file)s has more than %(most)s rows. Take it in year by year.") % {"file": name, "most": _MOST_ROWS}
        )
    return [str(cell or "").strip() for cell in found[0]], found[1:]


def read_figures(content: bytes, name: str, profile: Profile) -> Figures:
    """Read a file by a profile.

    Raises:
        ValidationError: naming up to five rows, or what is wrong with the whole file.
    """
    headings, rows = table_of(content, name)
    absent = [heading for heading in profile.columns.values() if heading not in headings]
    if absent:
        raise ValidationError(
            _("%(file)s has no column %(columns)s. Choose another profile, or name its columns in a new one.")
            % {"file": name, "columns": ", ".join(absent)}
        )
    place = {field: headings.index(heading) for field, heading in profile.columns.items()}
    told: dict[date, dict[int, dict[str, float | None]]] = defaultdict(dict)
    faults: list[str] = []
    for at, row in enumerate(rows, start=2):
        cells = {field: row[column] if column < len(row) else None for field, column in place.items()}
        when, figures, fault = _row(cells)
        if fault or when is None:
            faults.append(_("Row %(row)d: %(fault)s") % {"row": at, "fault": fault})
        elif (minute := when.hour * 60 + when.minute) in told[when.date()]:
            faults.append(
                _("Row %(row)d: %(when)s stands in the file twice. Keep one row an interval.")
                % {"row": at, "when": f"{when:%Y-%m-%d %H:%M}"}
            )
        else:
            told[when.date()][minute] = figures
    if faults:
        more = [_("… and %(count)d rows more.") % {"count": len(faults) - _MOST_NAMED}] * (len(faults) > _MOST_NAMED)
        raise ValidationError([*faults[:_MOST_NAMED], *more])
    if not told:
        raise ValidationError(_("%(file)s has headings and no rows. Export it again.") % {"file": name})
    step = _step([sorted(day) for day in told.values()])
    return Figures(
        step=step,
        days={day: _gridded(minutes, step) for day, minutes in sorted(told.items())},
        rows=len(rows),
        missing=_missing(sorted(told)),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _row(cells: dict[str, object]) -> tuple[datetime | None, dict[str, float | None], str]:
    when = _when(cells)
    if when is None:
        written = " ".join(str(cells[field] or "") for field in ("day", "time") if field in cells)
        return None, {}, _("%(when)r is no time. Write it as 2026-11-22 09:05.") % {"when": written.strip()}
    if when.second:
        return None, {}, _("%(when)s is not a whole minute.") % {"when": when}
    figures: dict[str, float | None] = {}
    for field in FIGURES:
        if field not in cells:
            continue
        text = "" if cells[field] is None else str(cells[field]).strip()
        value = number(text) if text else None
        if (value is None and text) or (value is None and field == "calls"):
            fault = _("%(value)r must be a number, 0 or more. Leave rows of closed times out.") % {"value": text}
            return None, {}, fault
        figures[field] = value
    return when, figures, ""


def _when(cells: dict[str, object]) -> datetime | None:
    found, day = cells.get("time"), cells.get("day")
    if isinstance(found, datetime) and "day" not in cells:
        # Excel keeps times as fractions of a day, which miss the minute by microseconds.
        return (found + timedelta(milliseconds=500)).replace(microsecond=0)
    if isinstance(found, time):
        found = found.strftime("%H:%M:%S")
    if isinstance(day, datetime):
        day = day.date().isoformat()
    text = str(found or "").strip()
    if "day" in cells:
        text = f"{str(day or '').strip()} {text.partition('-')[0].partition('~')[0].strip()}"
    return moment(text)


def _step(days: Sequence[Sequence[int]]) -> int:
    """The shortest step between two rows of a day; every time must lie on it."""
    steps = {later - earlier for day in days for earlier, later in pairwise(day)}
    if not steps:
        raise ValidationError(_("No day has two rows, so the length of an interval is unknown."))
    step = min(steps)
    if step not in STEPS:
        raise ValidationError(
            _("The interval is %(step)d minutes, which does not divide the hour. Use one of %(steps)s minutes.")
            % {"step": step, "steps": ", ".join(map(str, STEPS))}
        )
    odd = next((minute for day in days for minute in day if minute % step), None)
    if odd is not None:
        raise ValidationError(
            _("Intervals last %(step)d minutes, but one begins at %(time)s. Use one grid for all days.")
            % {"step": step, "time": f"{odd // 60:02d}:{odd % 60:02d}"}
        )
    return step


def _gridded(minutes: dict[int, dict[str, float | None]], step: int) -> dict[str, list[float | None]]:
    fields = {field for figures in minutes.values() for field in figures}
    return {
        field: [minutes.get(start, {}).get(field) for start in range(0, _A_DAY, step)]
        for field in FIGURES
        if field in fields
    }


def _missing(days: Sequence[date]) -> list[date]:
    """Days without rows, on weekdays that have some as a rule."""
    known, weekdays = set(days), {day.weekday() for day in days}
    span = (days[0] + timedelta(days=ahead) for ahead in range((days[-1] - days[0]).days))
    return [day for day in span if day not in known and day.weekday() in weekdays]


def _text(content: bytes, name: str) -> Iterator[list[object]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            first = text.partition("\n")[0]
            delimiter = max(",;\t", key=first.count)
            return (list(row) for row in csv.reader(StringIO(text), delimiter=delimiter))
    raise ValidationError(
        _("%(file)s is neither text nor an Excel workbook (.xlsx). Save it as CSV in UTF-8.") % {"file": name}
    )


def _sheet(content: bytes, name: str) -> list[list[object]]:
    try:
        with warnings.catch_warnings(action="ignore"):  # of features that do not matter for reading values
            book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)
            return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, SyntaxError) as error:
        raise ValidationError(_("%(file)s is damaged or no workbook. Export it again.") % {"file": name}) from error
