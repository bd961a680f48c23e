"""``keheng metrics``: month averages, flows and activity from movements, computed here or by a cluster."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keheng.cli.progress import output, steps
from keheng.cli.session import application
from keheng.runtime.errors import SetupError

if TYPE_CHECKING:
    from keheng.ingest.models import MetricsRun

app = typer.Typer(help="Metrics from movements: month averages, flows, lots, activity.", no_args_is_help=True)

Profile = Annotated[
    str, typer.Option(metavar="PROFILE", help="Name of a profile of movements, or path of a profile (.yaml).")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]


class EngineName(StrEnum):
    """What computes."""

    DUCKDB = "duckdb"
    SPARK = "spark"


class Dialect(StrEnum):
    """Whose SQL."""

    DUCKDB = "duckdb"
    SPARK = "spark"
    TRINO = "trino"
    CLICKHOUSE = "clickhouse"


@app.command()
def run(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="Movements: text with a heading row, or Parquet.")],
    *,
    profile: Profile = "transactions",
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="The last day that counts (else the file's last)."),
    ] = None,
    engine: Annotated[
        EngineName, typer.Option(help="What computes; the figures are the same. Spark needs pyspark and Java 17.")
    ] = EngineName.DUCKDB,
    as_json: AsJson = False,
) -> None:
    """Compute each account's months from its movements and keep them with the customers: all of the file or nothing."""
    with application(), _refused():
        from keheng.common.clock import now
        from keheng.ingest.metrics.engines import Engine
        from keheng.ingest.metrics.operations import compute_metrics
        from keheng.org.queries import system_actor

        with steps() as shown, shown.step(f"Computing {path.name}"):
            done = compute_metrics(
                file=path,
                profile=profile,
                as_of=as_of.date() if as_of else None,
                actor=system_actor(),
                now=now,
                engine=Engine(engine.value),
            )
        _tell(done, as_json=as_json)


@app.command()
def load(
    path: Annotated[
        Path, typer.Argument(metavar="MONTHS", help="Months as Parquet: one file, or the folder that Spark wrote.")
    ],
    *,
    profile: Profile = "transactions",
    as_json: AsJson = False,
) -> None:
    """Keep months that a cluster computed by the SQL of “keheng metrics sql”: checked first, all of them or none."""
    with application(), _refused():
        from keheng.common.clock import now
        from keheng.ingest.metrics.operations import load_months
        from keheng.org.queries import system_actor

        with steps() as shown, shown.step(f"Loading {path.name}"):
            done = load_months(path=path, profile=profile, actor=system_actor(), now=now)
        _tell(done, as_json=as_json)


@app.command()
def sql(
    dialect: Annotated[Dialect, typer.Argument(help="Whose SQL to print.")],
    *,
    since: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="The day of the first movement.")
    ],
    as_of: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="The last day that counts.")],
    stated: Annotated[
        bool,
        typer.Option(
            "--stated", help="The table has the columns before and place: the balance before each movement, its order."
        ),
    ] = False,
) -> None:
    """Print the metrics as SQL over a table “transactions”, for a cluster to run; “load” takes what it writes.

    Columns of the table: account text, day date, amount, fee and lots whole numbers (hundredths), is_own boolean.
    """
    if as_of < since:
        raise SetupError(
            f"The last day, {as_of:%Y-%m-%d}, lies before the first, {since:%Y-%m-%d}.",
            "Give --as-of on or after --since.",
        )
    from keheng.ingest.metrics.engines import expression_sql
    from keheng.ingest.metrics.monthly import months_between

    months = months_between(since.date(), as_of.date())
    typer.echo(expression_sql(dialect.value, months, as_of.date(), stated=stated))


@contextmanager
def _refused() -> Iterator[None]:
    """Tell a fault of the file as the command's failure."""
    from keheng.ingest.faults import Fault

    try:
        yield
    except Fault as fault:
        raise SetupError(*fault.sentences) from None


def _tell(done: "MetricsRun", *, as_json: bool) -> None:
    result = {
        "run": done.pk,
        "profile": done.profile,
        "first_month": done.first_month.isoformat(),
        "through": done.through.isoformat(),
        "transactions": done.transactions,
        "later": done.later,
        "accounts": done.accounts,
        "unknown_accounts": done.unknown_accounts,
        "customers": done.customers,
        "changed": done.changed,
        "seconds": round(done.seconds, 3),
    }
    if as_json:
        typer.echo(json.dumps(result))
        return
    output.print(
        f"{done.transactions:,} movements of {done.accounts:,} accounts through {done.through}: "
        f"{done.customers:,} customers, {done.changed:,} months written or changed, {done.seconds:.1f} s.",
        soft_wrap=True,
    )
    if done.unknown_accounts:
        output.print(f"{done.unknown_accounts:,} accounts belong to nobody here: load their customers first.")
    if done.later:
        output.print(f"{done.later:,} movements after that day were left out.")
