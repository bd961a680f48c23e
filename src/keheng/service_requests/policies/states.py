"""The states of a request and the acts that lead from one to another; the page of states is made from this table."""

from collections.abc import Mapping
from enum import StrEnum

from keheng.service_requests.enums import State


class Act(StrEnum):
    """What is done to a request."""

    CLAIM = "claim"
    ASSIGN = "assign"
    PAUSE = "pause"
    RESUME = "resume"
    ASK = "ask"
    APPROVE = "approve"
    RETURN = "return"
    RESOLVE = "resolve"
    CLOSE = "close"
    REOPEN = "reopen"
    CANCEL = "cancel"
    MERGE = "merge"


TRANSITIONS: Mapping[tuple[State, Act], State] = {
    (State.WAITING, Act.CLAIM): State.WORKING,
    (State.WAITING, Act.ASSIGN): State.WAITING,
    (State.WAITING, Act.CANCEL): State.CANCELLED,
    (State.WAITING, Act.MERGE): State.MERGED,
    (State.WORKING, Act.ASSIGN): State.WORKING,
    (State.WORKING, Act.PAUSE): State.PAUSED,
    (State.WORKING, Act.ASK): State.APPROVAL,
    (State.WORKING, Act.RESOLVE): State.RESOLVED,
    (State.WORKING, Act.CANCEL): State.CANCELLED,
    (State.WORKING, Act.MERGE): State.MERGED,
    (State.PAUSED, Act.RESUME): State.WORKING,
    (State.PAUSED, Act.ASSIGN): State.PAUSED,
    (State.PAUSED, Act.CANCEL): State.CANCELLED,
    (State.PAUSED, Act.MERGE): State.MERGED,
    (State.APPROVAL, Act.APPROVE): State.RESOLVED,
    (State.APPROVAL, Act.RETURN): State.WORKING,
    (State.RESOLVED, Act.CLOSE): State.CLOSED,
    (State.RESOLVED, Act.REOPEN): State.WORKING,
    (State.CLOSED, Act.REOPEN): State.WORKING,
}

OPEN: frozenset[State] = frozenset({State.WAITING, State.WORKING, State.PAUSED, State.APPROVAL, State.RESOLVED})
"""The states in which somebody still has to do something."""


def after(state: State, act: Act) -> State | None:
    """The state that an act leads to; ``None``: it cannot be done now."""
    return TRANSITIONS.get((state, act))


def acts_in(state: State) -> list[Act]:
    """What can be done in a state, in the order of the table."""
    return [act for (before, act) in TRANSITIONS if before == state]
