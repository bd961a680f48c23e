"""Checks of the database server, the tables, and what is kept in them."""

from collections.abc import Iterator

from keheng.cli.doctor.finding import Finding, State
from keheng.cli.session import application, pending_migrations
from keheng.runtime import database
from keheng.runtime.errors import SetupError

_LEAST_CONNECTIONS = 50


def findings() -> Iterator[Finding]:
    """Yield what there is to say of the database; where it cannot be used, only that."""
    try:
        with application(migrate=True):
            yield from _server()
            pending = pending_migrations()
            if pending:
                found = f"{len(pending)} migrations are not applied"
                yield Finding("Tables", State.FAIL, found, "Run `keheng migrate`.")
                return
            yield Finding("Tables", State.OK, "up to date")
            from keheng.cli.doctor import data

            yield from data.findings()
    except SetupError as error:
        yield Finding("Database", State.FAIL, error.problem, error.remedy)


def _server() -> Iterator[Finding]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "select current_setting('server_version'), current_setting('server_encoding'), current_setting('TimeZone'),"
            " current_setting('max_connections')::int, current_database()"
        )
        version, encoding, zone, connections, name = cursor.fetchone()
    kind = "embedded" if database.is_embedded() else "DATABASE_URL"
    yield Finding("Database", State.OK, f"{kind}: {name}, PostgreSQL {version}")
    if encoding == "UTF8":
        yield Finding("Encoding", State.OK, encoding)
    else:
        yield Finding("Encoding", State.FAIL, encoding, "Make the database anew: create database … encoding 'UTF8'.")
    yield Finding("Time zone", State.OK, f"{zone} (instants are kept in UTC whatever it is)")
    few = connections < _LEAST_CONNECTIONS
    yield Finding(
        "Connections",
        State.WARN if few else State.OK,
        f"up to {connections}",
        f"Set max_connections to {_LEAST_CONNECTIONS} or more: each process takes up to 8." if few else "",
    )
