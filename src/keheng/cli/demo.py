"""``keheng demo``: everything that a first look needs, from one command on a bare machine."""

from contextlib import ExitStack
from typing import Annotated

import typer

from keheng.cli.migrate import bring_up_to_date
from keheng.cli.progress import Steps, output, steps
from keheng.cli.serve import Port, serve_here
from keheng.cli.session import application, close_connections
from keheng.runtime import children, database, frontend, postgres
from keheng.runtime.errors import BrokenDatabase, SetupError
from keheng.runtime.home import ensure_home, home

_HOST = "127.0.0.1"
_MARK = "demo"  # a file in the home folder: the embedded database is the demo's, even when it no longer starts


def demo(
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Start web and worker when all is ready.")] = True,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start over: delete the demo's database with all that was put into it.")
    ] = False,
    customers: Annotated[int, typer.Option(help="How many persons; companies are 7.5 % of them.", min=20)] = 20_000,
    port: Port = 8000,
    seed: Annotated[int, typer.Option(help="Another number makes another bank.", min=0)] = 1,
) -> None:
    """Run Keheng with a made-up bank, on a database of its own, for a first look."""
    if serve:
        children.check_port(_HOST, port)
    ensure_home()
    with ExitStack() as open_until_the_end:
        with steps() as shown:
            if fresh:
                with shown.step("Deleting the demo's database"):
                    _start_over()
            with shown.step("Front-end packages"):
                frontend.ensure_packages()
            with shown.step("Database server"):
                open_until_the_end.enter_context(application(migrate=True))
            _prepare(shown, customers, seed)
        _show_accounts()
        if serve:
            close_connections()
            serve_here(_HOST, port)


def _prepare(shown: Steps, customers: int, seed: int) -> None:
    from keheng.demo.ownership import Owner, owner

    found = owner()
    if found is Owner.SOMEBODY:
        raise SetupError(
            "This database holds data that are not the demo's.",
            "Set KEHENG_HOME to another folder, or DATABASE_URL to an empty database.",
        )
    bring_up_to_date(shown)
    if found is Owner.NOBODY:
        _build(shown, customers, seed)
    if database.is_embedded():
        (home() / _MARK).touch()


def _build(shown: Steps, customers: int, seed: int) -> None:
    from keheng.common.clock import now, today
    from keheng.demo import bank
    from keheng.demo.plan import Plan

    bank.build(Plan(customers, seed, today()), now(), shown.step)
    with shown.step("Tidying"):
        bank.settle()


def _start_over() -> None:
    """Delete the demo's database; anybody else's is refused.

    An embedded one that does not even start is deleted if the mark says that it was the demo's.
    """
    from django.db import DatabaseError

    try:
        with application(migrate=True):
            from keheng.demo.ownership import Owner, clear, owner

            if owner() is Owner.SOMEBODY:
                raise SetupError(
                    "--fresh deletes only what the demo has made, and this database holds other data.",
                    "Set KEHENG_HOME to another folder, or DATABASE_URL to an empty database.",
                )
            if not database.is_embedded():
                clear()
                return
    except (BrokenDatabase, DatabaseError) as error:
        if not (home() / _MARK).exists():
            problem = error.problem if isinstance(error, BrokenDatabase) else f"The database refused: {error}."
            raise SetupError(problem, "The demo did not make it, so it is left alone; restore a backup.") from error
    postgres.remove()


def _show_accounts() -> None:
    from rich.table import Table

    from keheng.demo.ownership import PASSWORD
    from keheng.org.models import Role, Staff

    accounts = Table(title="Accounts of the demo, one a role", caption=f"The password of all: {PASSWORD}")
    for heading in ("Role", "User name", "Name", "Branch"):
        accounts.add_column(heading)
    roles = Role.objects.values_list("code", flat=True)
    for person in Staff.objects.filter(username__in=roles, is_active=True).order_by("role__order"):
        accounts.add_row(f"{person.role.name} {person.role.name_en}", person.username, person.name, person.branch.name)
    output.print(accounts)
