"""What finds customers by numbers that stand in other modules' tables, such as accounts; they add theirs in
``navigation.py``:

keys.register("accounts", customers_by_account)
"""

from collections.abc import Callable, Iterable

from keheng.org.models import Staff

type Finder = Callable[[Staff, str], Iterable[int]]
"""``finder(reader, text)`` gives keys of customers in the reader's scope, by one indexed statement, or nothing."""

_finders: dict[str, Finder] = {}


def register(key: str, finder: Finder) -> None:
    """Add a finder; the same key again replaces it."""
    _finders[key] = finder


def found_elsewhere(reader: Staff, text: str) -> set[int]:
    """The customers that other modules know by ``text`` and the reader may be told of."""
    return {customer for finder in _finders.values() for customer in finder(reader, text)}
