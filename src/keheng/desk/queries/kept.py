"""Figures over a large scope are worked out once in a while, not on every page."""

from collections.abc import Callable

from django.core.cache import cache

from keheng.org.enums import DataScope
from keheng.org.models import Staff

KEPT_SECONDS = 600


def kept[T](staff: Staff, name: str, work_out: Callable[[], T]) -> T:
    """Return the figure ``name`` for the scope of ``staff``.

    Own customers are counted each time; a branch's or the whole house's figures are kept for ten minutes.
    """
    match staff.scope:
        case DataScope.OWN:
            return work_out()
        case DataScope.ALL:
            key = f"desk.{name}.all"
        case _:
            key = f"desk.{name}.{staff.branch_id}"
    missing = object()
    found = cache.get(key, missing)
    if found is missing:
        found = work_out()
        cache.set(key, found, KEPT_SECONDS)
    return found  # type: ignore[no-any-return]
