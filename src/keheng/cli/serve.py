"""``keheng web`` and ``keheng worker``: the two kinds of process, any number of each against one database."""

import gc
import multiprocessing
import signal
import threading
import time
from typing import Annotated, Any

import typer

from keheng.cli import interruption
from keheng.cli.progress import output
from keheng.cli.session import application, server
from keheng.runtime import children, frontend
from keheng.runtime.errors import SetupError

Host = Annotated[str, typer.Option(help="The address to listen on.")]
Port = Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)]
_UP_SECONDS = 60


def web(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int, typer.Option(help="How many processes serve pages.", min=1)] = 1,
    checked: Annotated[bool, typer.Option("--checked", hidden=True)] = False,
) -> None:
    """Serve the pages."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    with server():
        if not checked:  # by the command that starts us
            children.check_port(host, port)
            frontend.ensure_packages()
            with application():
                pass
        multiprocessing.set_start_method("spawn")
        Granian(
            "keheng.config.asgi:application",
            address=host,
            port=port,
            workers=workers,
            interface=Interfaces.ASGINL,
            websockets=False,
            log_level=LogLevels.warning,
            workers_kill_timeout=5,
        ).serve(target_loader=_load_pages, wrap_loader=False)


def _load_pages() -> Any:
    """Runs in each serving process."""
    children.end_with_parent(signal.SIGKILL)
    from django.urls import get_resolver

    from keheng.config.asgi import application as pages

    assert get_resolver().url_patterns  # read now, not while the first visitor waits
    gc.collect()
    gc.freeze()  # what is loaded now stays: a full collection would walk it all while somebody waits
    return pages


def worker(
    concurrency: Annotated[int, typer.Option(help="How many jobs run side by side.", min=1)] = 2,
) -> None:
    """Run background jobs and periodic tasks."""
    with application(speaks=None):
        from procrastinate.contrib.django import app
        from procrastinate.contrib.django.django_connector import DjangoConnector

        connector = app.connector
        assert isinstance(connector, DjangoConnector)
        with app.replace_connector(connector.get_worker_connector()) as working:
            working.run_worker(concurrency=concurrency, shutdown_graceful_timeout=10)


def serve_here(host: str, port: int) -> None:
    """Run web and worker as children until a signal ends this process or one of them fails."""
    interruption.check()
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stopped.set())
    running = {
        "web": children.start(["web", "--checked", "--host", host, "--port", str(port)]),
        "worker": children.start(["worker"]),
    }
    try:
        deadline = time.monotonic() + _UP_SECONDS
        told = False
        while not stopped.wait(0.1):
            for name, child in running.items():
                if child.poll() is not None:
                    raise SetupError(f"The {name} process has stopped (exit code {child.returncode}).", _SEE_ABOVE)
            if not told and children.answers(host, port):
                told = True
                output.print(f"Keheng runs at [bold]http://{host}:{port}[/bold]  (Ctrl-C stops it)")
            if not told and time.monotonic() > deadline:
                raise SetupError(f"The web process has not answered for {_UP_SECONDS} seconds.", _SEE_ABOVE)
    finally:
        children.stop(list(running.values()))


_SEE_ABOVE = "What it wrote above says why; `keheng doctor` examines the setup."
