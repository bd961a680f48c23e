"""``keheng calendar``: when a limit is over in a service calendar, and lists of holidays taken in."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keheng.cli.session import application
from keheng.common.limits import BadLimitError, Limit
from keheng.common.working_calendar import NoServiceError

if TYPE_CHECKING:
    from keheng.org.models import ServiceCalendar

app = typer.Typer(help="Service calendars: hours, holidays and make-up days.", no_args_is_help=True)

_FIRST_YEAR, _LAST_YEAR = 2004, 2100


class _RefusedError(ValueError):
    """Something that the command cannot work with, in one sentence."""


@app.command()
def due(
    start: Annotated[str, typer.Argument(metavar="START", help="When it begins, such as “2026-09-30 16:50”.")],
    limit: Annotated[str, typer.Argument(metavar="LIMIT", help="30m and 4h are service time, 1d a working day.")],
    calendar: Annotated[str, typer.Option(help="Code of the service calendar.")] = "branch-default",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object last on standard output.")] = False,
) -> None:
    """Tell when a limit that begins at a moment is over, to the second (decision 12)."""
    with _refused():
        allowed = Limit.read(limit)
        begins = _moment(start)
        with application():
            from keheng.org.queries import known_until, working_calendar

            hours = working_calendar(_named(calendar))
            until = known_until()
        try:
            ends = allowed.due(hours, begins.replace(tzinfo=begins.tzinfo or hours.zone))
        except OverflowError:
            raise _RefusedError(f"{start} and {limit} end after the last year that can be counted.") from None
        ends = ends.astimezone(hours.zone)
    if until is None or ends.date() > until:
        sys.stderr.write(
            f"The published holidays are known until {until or 'no date yet'}: this date may still move.\n"
        )
    typer.echo(json.dumps({"due": ends.isoformat()}) if as_json else f"{ends:%Y-%m-%d %H:%M:%S}")


@app.command(name="import")
def import_days(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV with date, kind (holiday or make_up) and name.")],
) -> None:
    """Replace, for the years that a list names, all holidays and make-up days by the list."""
    with _refused():
        try:
            text = file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            raise _RefusedError(f"{file} cannot be read as a text in UTF-8.") from None
        with application():
            from django.core.exceptions import ValidationError

            from keheng.common.clock import now
            from keheng.org import operations
            from keheng.org.queries import system_actor

            try:
                count = operations.import_days(text=text, actor=system_actor(), at=now())
            except ValidationError as error:
                raise _RefusedError(" ".join(error.messages)) from None
    typer.echo(f"{count} days have been taken in.")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise _RefusedError(f"{text!r} is not a moment. Write it as 2026-09-30 16:50.") from None
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise _RefusedError(f"{text!r} lies outside of the years {_FIRST_YEAR} to {_LAST_YEAR}.")
    return moment


def _named(code: str) -> "ServiceCalendar":
    from keheng.org.models import ServiceCalendar

    found = ServiceCalendar.objects.filter(code=code).first()
    if found is None:
        known = ", ".join(ServiceCalendar.objects.values_list("code", flat=True)) or "none"
        raise _RefusedError(f"There is no service calendar {code}. Known are: {known}.")
    return found


@contextmanager
def _refused() -> Iterator[None]:
    """Bad input is one sentence and exit code 2."""
    try:
        yield
    except (_RefusedError, BadLimitError, NoServiceError) as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(2) from None
