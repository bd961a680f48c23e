"""What every command that works on data stands in: the server up, Django set up, the tables in order."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from keheng.runtime import database, postgres
from keheng.runtime.errors import SetupError


@contextmanager
def server() -> Iterator[None]:
    """Keep the database up for the length of the block, and make sure that it answers and is new enough."""
    with postgres.running() if database.is_embedded() else nullcontext():
        database.check_server()
        yield


@contextmanager
def application(*, migrate: bool = False, speaks: str | None = "en") -> Iterator[None]:
    """Run the block with the database up and Django ready.

    Args:
        migrate: the block brings the tables up to date itself; otherwise tables behind the programs are refused.
        speaks: the language of what the block says; ``None``: the language of the pages.

    Raises:
        SetupError: when the server cannot be reached or the tables are behind.
    """
    with server():
        _set_up_django(speaks)
        try:
            if not migrate:
                _require_migrated()
            yield
        finally:
            close_connections()


def _set_up_django(language: str | None) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keheng.config.settings")
    import django

    from keheng.ui.translations import compile_stale

    compile_stale()
    django.setup()
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # a command that is broken off is no news of the pool
    if language:
        from django.utils import translation

        translation.activate(language)


def pending_migrations() -> list[str]:
    """Name the migrations that the database lacks."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def _require_migrated() -> None:
    if pending_migrations():
        raise SetupError("The tables of the database are behind the programs.", "Run `keheng migrate`.")


def close_connections() -> None:
    """Give up all connections and the pool behind them, whose threads a child must not inherit."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
