"""``keheng doctor``: what is wrong with a setup, and what to do about it. It changes nothing."""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from keheng.cli.doctor import machine, server
from keheng.cli.doctor.finding import Finding, State
from keheng.cli.progress import output

_COLOURS = {State.OK: "green", State.INFO: "blue", State.WARN: "yellow", State.FAIL: "red"}


def doctor(
    port: Annotated[int, typer.Option(help="The port that the pages are to be served on.", min=1, max=65535)] = 8000,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Examine the setup: machine, keys, database, tables, copies kept in columns, calendar, worker."""
    findings = [*machine.findings(port), *server.findings()]
    sound = not any(finding.state is State.FAIL for finding in findings)
    if as_json:
        typer.echo(json.dumps({"ok": sound, "checks": [asdict(finding) for finding in findings]}, ensure_ascii=False))
    else:
        output.print(_table(findings))
    raise typer.Exit(0 if sound else 1)


def _table(findings: list[Finding]) -> Table:
    table = Table(show_lines=False, pad_edge=False)
    for heading in ("Check", "", "Found"):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        words = finding.found + (f"\n→ {finding.remedy}" if finding.remedy else "")
        table.add_row(finding.check, f"[{_COLOURS[finding.state]}]{finding.state}[/]", words)
    return table
