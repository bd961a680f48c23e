"""Which database the application uses: ``DATABASE_URL``, else the embedded server."""

import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from keheng.runtime.errors import BrokenDatabase, SetupError
from keheng.runtime.postgres import DATABASE, PORT, SUPERUSER, cluster

OLDEST_SERVER = 15


def is_embedded() -> bool:
    """Tell whether the application runs its own server."""
    return not os.environ.get("DATABASE_URL")


def connection_settings() -> dict[str, Any]:
    """Return Django's settings for the default database; starts nothing.

    Raises:
        SetupError: when ``DATABASE_URL`` does not name a PostgreSQL database.
    """
    common: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"pool": {"min_size": 0, "max_size": 8, "timeout": 10}},
    }
    url = os.environ.get("DATABASE_URL")
    if not url:
        return {**common, "NAME": DATABASE, "USER": SUPERUSER, "HOST": str(cluster().socket_dir), "PORT": PORT}
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgres", "postgresql"} or not name:
        raise SetupError(
            "DATABASE_URL does not name a PostgreSQL database.",
            "Write it as postgresql://user:password@host:5432/name, or unset it to use the embedded server.",
        )
    extra = dict(parse_qsl(parts.query))
    host = extra.pop("host", parts.hostname or "")
    return {
        **common,
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": {**common["OPTIONS"], **extra},
    }


def check_server() -> int:
    """Connect once and return the server's version number (``180006``).

    Raises:
        SetupError: the server cannot be reached, refuses, or is older than PostgreSQL 15.
    """
    import psycopg

    settings = connection_settings()
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    address: dict[str, Any] = {key: settings[name] for key, name in known.items() if settings.get(name)}
    address |= {key: value for key, value in settings["OPTIONS"].items() if key != "pool"}
    try:
        with psycopg.connect(**{"connect_timeout": 10, **address}) as connection:
            version = connection.info.server_version
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0].strip().rstrip(".")
        if is_embedded():
            raise BrokenDatabase(
                f"The database runs but refuses: {reason}.",
                "Restore a backup, or start over with `keheng demo --fresh`.",
            ) from error
        raise SetupError(
            f"The database does not answer: {reason}.", "Check DATABASE_URL and that its server runs."
        ) from error
    if version < OLDEST_SERVER * 10_000:
        raise SetupError(
            f"The database server is PostgreSQL {version // 10_000}; Keheng needs {OLDEST_SERVER} or newer.",
            "Point DATABASE_URL at a newer server, or unset it to use the embedded one.",
        )
    return version
