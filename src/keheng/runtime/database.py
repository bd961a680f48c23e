"""Which database the application uses: ``DATABASE_URL``, else the embedded server."""

import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from keheng.runtime.errors import SetupError
from keheng.runtime.postgres import DATABASE, SUPERUSER, cluster


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
        return {**common, "NAME": DATABASE, "USER": SUPERUSER, "HOST": str(cluster().socket_dir), "PORT": ""}
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
