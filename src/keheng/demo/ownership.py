"""Whose database it is: nobody's, the demo's, or somebody's that the demo must not touch."""

from enum import Enum, auto

from django.db import connection

from keheng.org.models import SYSTEM_USERNAME
from keheng.runtime.dump import CLEAR

BUILT = "demo.build"  # the act in the audit trail that makes a database the demo's
PASSWORD = "keheng-demo-2026"  # noqa: S105 - of the demo's accounts only; a real installation has none of them


class Owner(Enum):
    """Whose data are in the database; ``NOBODY``: at most tables and presets."""

    NOBODY = auto()
    DEMO = auto()
    SOMEBODY = auto()


def owner() -> Owner:
    """Look at the database as it is, whatever version its tables are of."""
    tables = set(connection.introspection.table_names())
    if not tables:
        return Owner.NOBODY
    if "audit_entry" not in tables:
        return Owner.SOMEBODY
    if _any("select 1 from audit_entry where action = %s", BUILT):
        return Owner.DEMO
    customers = "customers_customer" in tables and _any("select 1 from customers_customer")
    staff = "org_staff" in tables and _any("select 1 from org_staff where username <> %s", SYSTEM_USERNAME)
    return Owner.SOMEBODY if customers or staff else Owner.NOBODY


def clear() -> None:
    """Drop every table of the database. The caller has made sure that it is nobody's or the demo's."""
    with connection.cursor() as cursor:
        cursor.execute(CLEAR)


def _any(query: str, *values: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"{query} limit 1", values)
        return cursor.fetchone() is not None
