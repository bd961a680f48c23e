"""``keheng web`` and ``keheng worker``: the two kinds of process, any number of each against one database."""

from typing import Annotated

import typer

from keheng.cli.session import application

Port = Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)]


def web(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int, typer.Option(help="How many processes serve pages.", min=1)] = 1,
) -> None:
    """Serve the pages."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    with application():
        Granian(
            "keheng.config.asgi:application",
            address=host,
            port=port,
            workers=workers,
            interface=Interfaces.ASGI,
            websockets=False,
            log_level=LogLevels.warning,
            workers_kill_timeout=5,
        ).serve()


def worker(
    concurrency: Annotated[int, typer.Option(help="How many jobs run side by side.", min=1)] = 2,
) -> None:
    """Run background jobs and periodic tasks."""
    with application():
        from procrastinate.contrib.django import app

        with app.replace_connector(app.connector.get_worker_connector()) as working:
            working.run_worker(concurrency=concurrency, shutdown_graceful_timeout=10)
