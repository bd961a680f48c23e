"""``keheng ingest``: load one file or folder under a profile."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from keheng.cli.progress import console, output, steps
from keheng.cli.session import application
from keheng.runtime.errors import SetupError

if TYPE_CHECKING:
    from keheng.ingest.models import Batch


def ingest(
    profile: Annotated[str, typer.Argument(metavar="PROFILE", help="Name of a profile, or path of a profile (.yaml).")],
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The file; for profiles of several files, the folder.")],
    *,
    branch: Annotated[
        str, typer.Option(metavar="CODE", help="Branch of new customers whose row names none (else the profile's).")
    ] = "",
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help="Date of the figures where the file names none (else the profile's, else the file's own date).",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do everything, then undo it.")] = False,
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Wait while another load of the profile runs, or refuse.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
) -> None:
    """Load customers and their figures from a file: all of it or nothing; the same file twice changes nothing."""
    with application():
        from django.utils import translation

        from keheng.common.clock import now
        from keheng.ingest import operations
        from keheng.ingest.faults import Fault
        from keheng.org.queries import system_actor

        actor = system_actor()
        operations.settle(at=now())
        try:
            with _bar(path) as report:
                batch = operations.create(
                    profile=profile,
                    path=path,
                    actor=actor,
                    at=now(),
                    branch=branch,
                    as_of=as_of.date() if as_of else None,
                    dry_run=dry_run,
                )
                batch = operations.load(
                    batch=batch, actor=actor, now=now, wait=_say_once(profile) if wait else None, report=report
                )
        except Fault as fault:
            with translation.override("en"):
                raise SetupError(*fault.sentences) from None
        _tell(batch, as_json=as_json)


def _say_once(profile: str) -> Callable[[], None]:
    said: list[bool] = []

    def say() -> None:
        if not said:
            console.print(f"Another load of the profile {profile} is running; this one begins when it has ended.")
            said.append(True)

    return say


@contextmanager
def _bar(path: Path) -> Iterator[Any]:
    with steps() as shown, shown.step(f"Loading {path.name}") as report:
        yield lambda _read, done, size: report(done / size if size else 1.0)


def _tell(batch: "Batch", *, as_json: bool) -> None:
    result = {
        "batch": batch.pk,
        **batch.counts,
        "rejects_file": batch.rejects_path or None,
        "seconds": round(batch.seconds, 3),
    }
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("", "in the file", "accepted", "in the database"):
        table.add_column(name, justify="right" if name else "left")
    for line in batch.lines:
        table.add_row(line.field, *(f"{one.normalize():,f}" for one in (line.found, line.accepted, line.loaded)))
    trial = " (trial: nothing was kept)" if batch.dry_run else ""
    counts = (
        f"{batch.read:,} rows read, {batch.created:,} customers new, {batch.updated:,} changed, "
        f"{batch.unchanged:,} unchanged, {batch.rejected:,} rejected"
    )
    output.print(f"Batch {batch.pk}{trial}: {counts}, {batch.seconds:.1f} s.", soft_wrap=True)
    output.print(table)
    if batch.rejects_path:
        output.print(f"Rejected rows with reason and remedy: {batch.rejects_path}", soft_wrap=True)
