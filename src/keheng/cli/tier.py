"""``keheng tier``: evaluate a scheme, list the schemes, explain a customer's tier."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from keheng.cli.progress import steps
from keheng.cli.session import application

if TYPE_CHECKING:
    from keheng.tiering.models import Run, Scheme

app = typer.Typer(help="Tiers of customers.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object last on standard output.")]


@app.command()
def run(
    scheme: Annotated[str, typer.Option(help="Code of the scheme, such as bank-retail.")],
    as_of: Annotated[
        str, typer.Option(metavar="YYYY-MM-DD", help="The evaluation date; today when left out.", show_default=False)
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Sort the customers of a scheme and record who moved. A date before the last evaluation only counts."""
    with application(), refused():
        from keheng.common.clock import now
        from keheng.org.queries import system_actor
        from keheng.tiering.operations import evaluate
        from keheng.tiering.queries import scheme_named

        chosen, day = scheme_named(scheme), day_of(as_of)
        with steps() as shown, shown.step(f"Evaluating {scheme}"):
            done = evaluate(scheme=chosen, as_of=day, actor=system_actor(), at=now())
        if as_json:
            typer.echo(json.dumps(_summary(done), ensure_ascii=False))
        else:
            _tell(done)


@app.command()
def value(as_json: AsJson = False) -> None:
    """Score every company for the two-way value matrix by the weights in force."""
    with application(), refused():
        from keheng.common.clock import now
        from keheng.org.queries import system_actor
        from keheng.tiering.operations.value import compute_value

        with steps() as shown, shown.step("Scoring companies"):
            done = compute_value(actor=system_actor(), at=now())
        told = {
            "run": done.pk,
            "as_of": done.as_of.isoformat(),
            "weights": done.weights.number,
            "customers": done.customers,
            "unscored": done.unscored,
            "known": done.known,
        }
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        typer.echo(
            f"{done.customers:,} companies scored by weights v{done.weights.number}, "
            f"{done.unscored:,} of them without data for a score."
        )


@app.command()
def schemes(as_json: AsJson = False) -> None:
    """List the schemes with the version in force and the last evaluation."""
    with application():
        from keheng.tiering.models import Scheme

        rows = [_listed(scheme) for scheme in Scheme.objects.all()]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        mark, day = "*" if row["primary"] else " ", row["evaluated_as_of"]
        last = f"{row['customers']:,} customers as of {day}" if day else "never evaluated"
        typer.echo(f"{mark} {row['scheme']:<20} v{row['version']}  {row['kind']:<8} {row['name']} ({last})")
    typer.echo("* the tier that customers of the kind show")


@app.command()
def explain(
    number: Annotated[str, typer.Argument(metavar="CUSTOMER_NUMBER", help="The customer's number.")],
    as_json: AsJson = False,
) -> None:
    """Say in which tier a customer is, by every scheme of their kind, and which rule holds."""
    with application(), refused():
        from keheng.common.clock import now
        from keheng.customers.models import Customer
        from keheng.tiering.errors import TieringError
        from keheng.tiering.queries import explain as explanations

        customer = Customer.objects.filter(number=number).first()
        if customer is None:
            raise TieringError(f"There is no customer with the number {number}.")
        found = explanations(customer, now())
        if as_json:
            typer.echo(json.dumps([_plain(part) for part in found], ensure_ascii=False))
            return
        for part in found:
            held = f"{part.held.code} {part.held.name} since {part.since}" if part.held else "no tier yet"
            typer.echo(f"{part.version}: {held}")
            if part.evidence:
                typer.echo(f"    set by: {part.evidence}")
            by_today = part.by_today.code if part.by_today else "not sorted"
            typer.echo(f"    by today's figures: {by_today} ({'; '.join(': '.join(pair) for pair in part.figures)})")
            if part.outlook:
                goal = f" to {part.outlook.goal.code}" if part.outlook.goal else ""
                typer.echo(f"    {part.outlook.verdict.direction}{goal}: {part.outlook.words}")
            if part.protection:
                until, state = part.protection.until, part.protection.state
                typer.echo(f"    protected until {until} ({state}): {part.protection.reason}")
            for tier, words, holds in part.rules:
                typer.echo(f"    {'✓' if holds else '·'} {tier.code:<12} {words}")


@contextmanager
def refused() -> Iterator[None]:
    """What cannot be evaluated is one sentence and exit code 2."""
    from keheng.tiering.errors import TieringError

    try:
        yield
    except TieringError as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(2) from None


def _listed(scheme: "Scheme") -> dict[str, Any]:
    from keheng.tiering.enums import VersionState
    from keheng.tiering.queries import latest_run

    version, last = scheme.versions.exclude(state=VersionState.DRAFT).first(), latest_run(scheme)
    return {
        "scheme": scheme.code,
        "name": str(scheme),
        "kind": scheme.kind,
        "primary": scheme.is_primary,
        "version": version.number if version else None,
        "evaluated_as_of": last.as_of.isoformat() if last else None,
        "customers": last.evaluated if last else 0,
    }


def day_of(text: str) -> date | None:
    """The date that an option names; none where it is left out."""
    from keheng.tiering.errors import TieringError

    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise TieringError(f"{text} is not a date. Write it as year-month-day, such as 2026-10-31.") from None


def _summary(done: "Run") -> dict[str, Any]:
    return {
        "scheme": done.scheme.code,
        "version": done.version.number,
        "as_of": done.as_of.isoformat(),
        "evaluated": done.evaluated,
        "distribution": done.distribution,
        "moves": {"new": done.new, "up": done.up, "down": done.down},
        "seconds": float(done.seconds or 0),
    }


def _tell(done: "Run") -> None:
    figures = f"the figures of {done.figures_of}" if done.figures_of else "the present figures"
    typer.echo(f"{done.version} as of {done.as_of}, by {figures}: {done.evaluated:,} customers in {done.seconds} s")
    for tier in done.version.rules.descending:
        typer.echo(f"    {tier.code:<12} {done.distribution.get(tier.code, 0):>12,}  {tier.name_en or tier.name}")
    if done.applied:
        typer.echo(f"    new {done.new:,}, up {done.up:,}, down {done.down:,}, left {done.left:,}")
        typer.echo(f"    {done.waiting:,} wait in grace or for approval, {done.proposed:,} of them newly proposed")
    else:
        typer.echo("    A later date has been evaluated already: this one was counted, nobody was moved.")


def _plain(part: Any) -> dict[str, Any]:
    return {
        "scheme": part.scheme.code,
        "version": part.version.number,
        "tier": part.held.code if part.held else None,
        "since": part.since.isoformat() if part.since else None,
        "evidence": part.evidence,
        "by_today": part.by_today.code if part.by_today else None,
        "figures": dict(part.figures),
        "grace": _grace(part.outlook) if part.outlook else None,
        "protected_until": part.protection.until.isoformat() if part.protection else None,
        "rules": [{"tier": tier.code, "rule": words, "holds": holds} for tier, words, holds in part.rules],
    }


def _grace(outlook: Any) -> dict[str, Any]:
    verdict, proposal = outlook.verdict, outlook.proposal
    return {
        "direction": verdict.direction,
        "to": outlook.goal.code if outlook.goal else None,
        "fate": verdict.fate,
        "month_ends": verdict.month_ends,
        "of": verdict.needed,
        "since": verdict.first.isoformat() if verdict.first else None,
        "proposal": proposal.state if proposal else None,
    }
