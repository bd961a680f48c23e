"""How far a potential customer may go from where they stand (A1, A4). Pure."""

from collections.abc import Mapping
from decimal import Decimal

from keheng.customers.enums import PotentialState

TRANSITIONS: Mapping[PotentialState, frozenset[PotentialState]] = {
    PotentialState.NEW: frozenset({PotentialState.CONTACTED, PotentialState.CUSTOMER, PotentialState.DECLINED}),
    PotentialState.CONTACTED: frozenset({PotentialState.CUSTOMER, PotentialState.DECLINED}),
    PotentialState.DECLINED: frozenset({PotentialState.CONTACTED}),
    PotentialState.CUSTOMER: frozenset(),
}
TELLER_FROM = Decimal(50_000)
"""A1: tellers collect existing and potential customers of 5万 and above."""


def may_go(present: str, to: PotentialState) -> bool:
    """Is this a step that one may take?"""
    return to in TRANSITIONS[PotentialState(present)]


def from_states(to: PotentialState) -> list[PotentialState]:
    """The states from which a step leads there."""
    return [state for state, nexts in TRANSITIONS.items() if to in nexts]
