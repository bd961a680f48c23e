"""``keheng tier dry-run`` and ``keheng tier matrix``: what rules would do, and what happened."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from keheng.cli.progress import steps
from keheng.cli.session import application
from keheng.cli.tier import AsJson, day_of, refused

if TYPE_CHECKING:
    from keheng.tiering.queries import Matrix, Outcome


def dry_run(
    scheme: Annotated[str, typer.Option(help="Code of the scheme, such as bank-retail.")],
    version: Annotated[str, typer.Option(help="Number of the version, or draft for the newest draft.")] = "draft",
    as_of: Annotated[
        str, typer.Option(metavar="YYYY-MM-DD", help="The date; today when left out.", show_default=False)
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Say who would move under a version, and keep it; nobody is moved."""
    with application(), refused():
        from keheng.common.clock import now
        from keheng.org.queries import system_actor
        from keheng.tiering import operations, queries

        chosen, actor = queries.version_numbered(queries.scheme_named(scheme), version), system_actor()
        with steps() as shown, shown.step(f"Trying {scheme} v{chosen.number}"):
            kept = operations.dry_run(version=chosen, as_of=day_of(as_of), actor=actor, at=now())
        found = queries.outcome_of(kept, actor)
        if as_json:
            facts = {
                "dry_run": kept.pk,
                "scheme": scheme,
                "version": kept.number,
                "as_of": kept.as_of.isoformat(),
                "evaluated": kept.evaluated,
                "moves": {"new": kept.new, "up": kept.up, "down": kept.down, "left": kept.left},
                "fates": {fate.value: number for fate, number in found.fates},
                "tiers": _tiers(found),
                "matrix": cells_of(found.matrix),
                "seconds": float(kept.seconds or 0),
            }
            typer.echo(json.dumps(facts, ensure_ascii=False))
            return
        typer.echo(f"{scheme} v{kept.number} as of {kept.as_of}: {kept.evaluated:,} customers in {kept.seconds} s")
        for one in found.tiers:
            change = f"{one.more:+,} customers, {one.more_hours:+,} hours a month"
            typer.echo(f"    {one.key!s:<12} {one.before:>12,} → {one.after:>12,}  {change}  {one.name}")
        typer.echo(f"    new {kept.new:,}, up {kept.up:,}, down {kept.down:,}, left {kept.left:,}")
        typer.echo("    " + ", ".join(f"{fate.value} {number:,}" for fate, number in found.fates))


def matrix(
    scheme: Annotated[str, typer.Option(help="Code of the scheme, such as bank-retail.")],
    start: Annotated[str, typer.Option("--from", metavar="YYYY-MM-DD", help="The earlier date.")],
    end: Annotated[str, typer.Option("--to", metavar="YYYY-MM-DD", help="The later date.")],
    as_json: AsJson = False,
) -> None:
    """Say how many customers, with how much AUM, went from tier to tier between the evaluations of two dates."""
    with application(), refused():
        from keheng.org.queries import system_actor
        from keheng.tiering import queries
        from keheng.tiering.errors import TieringError

        first, last = day_of(start), day_of(end)
        if first is None or last is None:
            raise TieringError("Give both dates, such as --from 2026-08-31 --to 2026-10-31.")
        way = queries.passage(queries.scheme_named(scheme), first, last)
        found = queries.migration(way, system_actor())
        if as_json:
            facts = {
                "scheme": scheme,
                "from": way.start.isoformat(),
                "to": way.end.isoformat(),
                "moves": {"new": found.new, "up": found.up, "down": found.down, "left": found.left},
                "stayed": found.stayed,
                "matrix": cells_of(found),
            }
            typer.echo(json.dumps(facts, ensure_ascii=False))
            return
        typer.echo(f"{scheme} from {way.start} to {way.end}: up {found.up:,}, down {found.down:,}, new {found.new:,}")
        for cell in found.cells:
            if cell.customers:
                way_of = f"{cell.before or '-':<12} → {cell.after or '-':<12}"
                typer.echo(f"    {way_of} {cell.customers:>12,}  {cell.aum:>20,.2f}")


def _tiers(found: "Outcome") -> list[dict[str, Any]]:
    return [
        {
            "tier": one.key,
            "before": one.before,
            "after": one.after,
            "aum_before": str(one.aum_before),
            "aum_after": str(one.aum_after),
            "hours_before": float(one.hours_before),
            "hours_after": float(one.hours_after),
        }
        for one in found.tiers
    ]


def cells_of(found: "Matrix") -> list[dict[str, Any]]:
    """The cells that hold somebody."""
    return [
        {"from": cell.before, "to": cell.after, "customers": cell.customers, "aum": str(cell.aum)}
        for cell in found.cells
        if cell.customers
    ]
