"""A database of a benchmark's own, beside the application's, on the same server."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keheng.config.settings")


@contextmanager
def own_database(name: str, *, keep: bool = False) -> Iterator[bool]:
    """Create and migrate a database, point Django at it, and drop it at the end.

    Yields whether it is new: with ``keep``, a database of an earlier run is used again and stays.
    """
    from keheng.runtime import database, postgres

    with postgres.running() if database.is_embedded() else nullcontext():
        import django
        from django.conf import settings

        home = settings.DATABASES["default"]["NAME"]
        django.setup()
        from django.core.management import call_command
        from django.db import connection

        def administer(statement: str) -> bool:
            connection.settings_dict["NAME"] = home
            with connection.cursor() as cursor:
                cursor.execute("select 1 from pg_database where datname = %s", [name])
                known = cursor.fetchone() is not None
                if known is statement.startswith("drop"):
                    cursor.execute(statement)
            connection.close()
            connection.close_pool()  # type: ignore[attr-defined]
            return not known

        if not keep:
            administer(f"drop database {name}")
        is_new = administer(f"create database {name}")
        connection.settings_dict["NAME"] = name
        try:
            call_command("migrate", verbosity=0)
            yield is_new
        finally:
            connection.close()
            connection.close_pool()  # type: ignore[attr-defined]
            if not keep:
                administer(f"drop database {name}")
