"""What tiers are called. An archive keeps the code of a tier and its rank; whoever sorts customers names them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from keheng.customers.models import Customer


class TierName(Protocol):
    """One tier in the active language; ``step`` is its place on the colour ramp, ``rank`` its place in the scheme."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def step(self) -> int: ...
    @property
    def rank(self) -> int: ...


type Names = Mapping[str, Mapping[str, TierName]]
"""By kind of customer, then by code, best first."""

_source: list[Callable[[], Names]] = []


def register(names: Callable[[], Names]) -> None:
    """Say who knows the names."""
    _source[:] = [names]


def tier_names() -> Names:
    """The names in force; empty where nobody sorts customers."""
    return _source[0]() if _source else {}


def tier_name(kind: str, code: str) -> str:
    """What a tier of customers of the kind is called; a code that no scheme knows stands for itself."""
    known = tier_names().get(kind, {}).get(code)
    return known.name if known else code


def add_tiers(customers: Iterable[Customer]) -> None:
    """Set ``tier_name`` and ``tier_step`` (-1 without a tier) for badges; the names are asked for once."""
    known = tier_names()
    for customer in customers:
        label = known.get(customer.kind, {}).get(customer.tier)
        customer.tier_name = label.name if label else customer.tier  # type: ignore[attr-defined]
        customer.tier_step = label.step if label else -1  # type: ignore[attr-defined]


def choices() -> list[tuple[str, str]]:
    """Codes and names for a choice, persons' before companies'; a code that both have stands once."""
    return list({label.code: label.name for labels in tier_names().values() for label in labels.values()}.items())


def name_of_rank(rank: int) -> str:
    """The tiers that have this rank, of persons and of companies, such as ``金卡 / 中型``."""
    found = (label.name for labels in tier_names().values() for label in labels.values() if label.rank == rank)
    return " / ".join(dict.fromkeys(found)) or str(rank)
