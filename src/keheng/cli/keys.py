"""``keheng keys``: the keys that seal personal data."""

from typing import Annotated

import typer

from keheng.cli.progress import output, steps
from keheng.cli.session import application

app = typer.Typer(help="Keys of personal data.", no_args_is_help=True)


@app.callback()
def keys() -> None:
    """Keep ``keys`` a group of commands while it has only one."""


@app.command()
def rotate(
    only_reencrypt: Annotated[
        bool, typer.Option("--only-reencrypt", help="Make no key; bring the values to the current one.")
    ] = False,
) -> None:
    """Make a fresh key and write every sealed value again under it. It may be stopped and run again."""
    with application():
        from keheng.common.clock import now
        from keheng.org.operations import rotate_keys
        from keheng.org.queries import system_actor

        with steps() as shown, shown.step("Writing sealed values again"):
            counts = rotate_keys(fresh=not only_reencrypt, actor=system_actor(), at=now())
        for column, number in counts.items():
            output.print(f"{column}: {number:,}")
