"""``keheng backup`` and ``keheng restore``: the whole database in one file. The key ring is kept apart from it."""

import os
from pathlib import Path
from typing import Annotated

import typer

from keheng.cli.progress import steps
from keheng.cli.session import application
from keheng.runtime import dump
from keheng.runtime.errors import SetupError
from keheng.runtime.home import home

File = Annotated[Path, typer.Argument(metavar="PATH", help="The file of the backup.")]


def backup(path: File) -> None:
    """Write the database to a file that must not exist yet. Values in it stay encrypted."""
    if path.exists():
        raise SetupError(f"{path} is there already.", "Name a new file; a backup never overwrites another.")
    if not path.parent.is_dir():
        raise SetupError(f"There is no folder {path.parent}.", "Make it, or name another.")
    with application(migrate=True), steps() as shown, shown.step("Backup"):
        dump.write(path)
    typer.echo(f"{path}: {path.stat().st_size / 2**20:.1f} MB")
    keys = "KEHENG_KEYS" if os.environ.get("KEHENG_KEYS") else str(home() / "keys.json")
    typer.echo(f"Keep the key ring ({keys}) in another place: without it nobody can read the personal data.")


def restore(
    path: File,
    replace: Annotated[bool, typer.Option("--replace", help="Delete what is in the database first.")] = False,
) -> None:
    """Read a backup into an empty database, whole or not at all."""
    if not path.is_file():
        raise SetupError(f"There is no file {path}.", "Name a file that `keheng backup` wrote.")
    with application(migrate=True), steps() as shown:
        from django.db import connection

        if connection.introspection.table_names() and not replace:
            raise SetupError(
                "The database is not empty.",
                "Add --replace to delete what is in it, or set KEHENG_HOME to a new folder.",
            )
        with shown.step("Restore"):
            dump.read(path, replace=replace)
    typer.echo("Restored. Run `keheng migrate`, then `keheng doctor`, which tells whether the key ring fits.")
