"""``keheng tier dry-run``, ``matrix``, ``proposals``, ``entitlements``: what rules would do, did, await and grant."""

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


def proposals(
    scheme: Annotated[str, typer.Option(help="Code of the scheme; all when left out.", show_default=False)] = "",
    state: Annotated[str, typer.Option(help="open, pending, approved, refused, returned or lapsed.")] = "open",
    as_json: AsJson = False,
) -> None:
    """List the moves that wait for an approval or were decided, with the month ends that they rest on."""
    with application(), refused():
        from keheng.tiering.enums import ProposalState
        from keheng.tiering.errors import TieringError
        from keheng.tiering.models import Proposal
        from keheng.tiering.queries import scheme_named

        if state not in ProposalState.values:
            raise TieringError(f"There is no state {state}. Known are: {', '.join(ProposalState.values)}.")
        found = Proposal.objects.filter(state=state).select_related("scheme", "customer", "branch")
        if scheme:
            found = found.filter(scheme=scheme_named(scheme))
        rows = [
            {
                "proposal": one.pk,
                "scheme": one.scheme.code,
                "customer": one.customer.number,
                "branch": one.branch.code,
                "direction": one.direction,
                "from": one.from_tier,
                "to": one.to_tier,
                "aum": str(one.aum),
                "state": one.state,
                "proposed_on": one.proposed_on.isoformat(),
                "effective_on": one.effective_on.isoformat() if one.effective_on else None,
                "observed": one.observed,
            }
            for one in found
        ]
        if as_json:
            typer.echo(json.dumps(rows, ensure_ascii=False))
            return
        for row in rows:
            way = f"{row['from']} → {row['to']}"
            typer.echo(f"    {row['customer']:<14} {way:<12} {row['aum']:>18}  {row['proposed_on']}  {row['scheme']}")
        typer.echo(f"{len(rows):,} {state}")


def entitlements(
    scheme: Annotated[str, typer.Option(help="Code of the scheme, such as bank-retail.")],
    as_of: Annotated[
        str, typer.Option(metavar="YYYY-MM-DD", help="The date; today when left out.", show_default=False)
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Say what each tier grants: privileges, contact, class of time limits, who maintains."""
    with application(), refused():
        from keheng.common.clock import today
        from keheng.tiering import queries

        version = queries.version_on(queries.scheme_named(scheme), day_of(as_of) or today())
        granted = [queries.granted_by(version, tier) for tier in version.rules.descending]
        if as_json:
            rows = [
                {
                    "tier": one.tier,
                    "version": one.version,
                    "privileges": list(one.privileges),
                    "sla_class": one.sla_class,
                    "contact_times": one.contact_times,
                    "contact_months": one.contact_months,
                    "maintainers": list(one.maintainers),
                }
                for one in granted
            ]
            typer.echo(json.dumps(rows, ensure_ascii=False))
            return
        typer.echo(f"{version}")
        for one in granted:
            contact = f"{one.contact_times} in {one.contact_months} months" if one.contact else "no contact rule"
            typer.echo(f"    {one.tier:<12} {one.sla_class:<8} {contact:<18} {', '.join(one.privileges)}")


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
