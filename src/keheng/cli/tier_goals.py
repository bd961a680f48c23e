"""``keheng tier goals``: how far the tiers of a scheme are, and who uses the key businesses."""

import json
from typing import Annotated, Any

import typer

from keheng.cli.session import application
from keheng.cli.tier import AsJson, refused


def goals(
    scheme: Annotated[str, typer.Option(help="Code of the scheme, such as corporate-size.")], as_json: AsJson = False
) -> None:
    """Measure the tiers by their goals over years, and the penetration of the key businesses."""
    with application(), refused():
        from keheng.org.queries import system_actor
        from keheng.tiering.errors import TieringError
        from keheng.tiering.queries import goals as queries
        from keheng.tiering.queries import scheme_named

        chosen, actor = scheme_named(scheme), system_actor()
        version = queries.goals_in_force(chosen)
        if version is None:
            raise TieringError(f"{scheme} has no goals yet: name them on its page.")
        progress = queries.progress(chosen, version.table, actor)
        if progress is None:
            raise TieringError(f"Nobody has been sorted by {scheme} yet: keheng tier run --scheme {scheme}")
        used = queries.penetration(chosen, version.table.businesses, actor)
        if as_json:
            facts = {
                "scheme": scheme,
                "version": version.number,
                "start": progress.start.isoformat(),
                "today": progress.today.isoformat(),
                "end": progress.end.isoformat(),
                "tiers": [_tier(row) for row in (*progress.tiers, progress.total)],
                "penetration": [
                    {"tier": _code(row.of), "customers": row.customers, "users": _users(row)} for row in used
                ],
            }
            typer.echo(json.dumps(facts, ensure_ascii=False))
            return
        typer.echo(f"{scheme} from {progress.start} to {progress.end}, goals v{version.number}, as of {progress.today}")
        for row in (*progress.tiers, progress.total):
            attained = "-" if row.attained is None else f"{row.attained:.1%}"
            typer.echo(
                f"    {_code(row.tier) or 'all':<12} {row.start:>12,} → {row.now:>12,}  due {row.due:>12,}"
                f"  {attained:>8}  at the end {row.goal:>12,}"
            )
        for line in used:
            shares = ", ".join(f"{use.business.metric} {use.share or 0:.1%}" for use in line.uses)
            typer.echo(f"    {_code(line.of) or 'all':<12} {line.customers:>12,}  {shares}")


def _code(of: Any) -> str:
    return of.code if of else ""


def _users(row: Any) -> dict[str, int]:
    return {use.business.metric: use.users for use in row.uses}


def _tier(row: Any) -> dict[str, Any]:
    names = ("start", "now", "due", "goal", "attained", "looked_after", "looked_after_goal")
    return {"tier": _code(row.tier), **{name: getattr(row, name) for name in names}}
