"""The states of a complaint and the acts that lead from one to another (A7); the page of states is made from here.

There is one table. A path (004e, 004k, 004l; data in the rules) says which states a complaint passes through: an act
that leads to a state that its path leaves out leads on to the next one that it has. Pure.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum

from keheng.complaints.enums import State


class Act(StrEnum):
    """What is done to a complaint."""

    CLASSIFY = "classify"
    DECLINE = "decline"
    JOIN = "join"
    ISSUE = "issue"
    SIGN = "sign"
    RETURN_FORM = "return_form"
    SETTLE = "settle"
    RECEIVE = "receive"
    VISIT = "visit"
    CONTAIN = "contain"
    FIND_CAUSE = "find_cause"
    PLAN = "plan"
    SUBMIT = "submit"
    ACCEPT = "accept"
    RETURN = "return"
    APPROVE = "approve"
    REFUSE = "refuse"
    PROVE = "prove"
    IMPLEMENT = "implement"
    REPLY = "reply"
    CONFIRM = "confirm"
    FAIL = "fail"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    ASK_REVIEW = "ask_review"
    UPHOLD = "uphold"
    OVERTURN = "overturn"


ORDER: tuple[State, ...] = (
    State.REGISTERED,
    State.ROUTING,
    State.SIGNING,
    State.INVESTIGATING,
    State.PLAN_REVIEW,
    State.APPROVAL,
    State.IMPLEMENTING,
    State.REPLYING,
    State.VERIFYING,
    State.CLOSING,
    State.CLOSED,
)
"""The way from registration to the end; a path leaves out some of it."""

OPTIONAL: frozenset[State] = frozenset({State.SIGNING, State.PLAN_REVIEW, State.APPROVAL, State.VERIFYING})
"""What a path may leave out. The rest is what the regulation asks of every complaint."""

OPEN: frozenset[State] = frozenset(ORDER[:-1]) | {State.UNDER_REVIEW}
"""The states in which somebody still has to do something."""

_WORKED_ON = (State.INVESTIGATING, State.PLAN_REVIEW, State.APPROVAL, State.IMPLEMENTING)

TRANSITIONS: Mapping[tuple[State, Act], State] = {
    (State.REGISTERED, Act.CLASSIFY): State.ROUTING,
    (State.REGISTERED, Act.DECLINE): State.DECLINED,
    (State.REGISTERED, Act.JOIN): State.JOINED,
    (State.ROUTING, Act.JOIN): State.JOINED,
    (State.ROUTING, Act.CLASSIFY): State.ROUTING,
    (State.ROUTING, Act.SETTLE): State.REPLYING,
    (State.ROUTING, Act.ISSUE): State.SIGNING,
    (State.SIGNING, Act.SIGN): State.INVESTIGATING,
    (State.SIGNING, Act.RETURN_FORM): State.ROUTING,
    (State.INVESTIGATING, Act.RECEIVE): State.INVESTIGATING,
    (State.INVESTIGATING, Act.FIND_CAUSE): State.INVESTIGATING,
    (State.INVESTIGATING, Act.PLAN): State.INVESTIGATING,
    (State.INVESTIGATING, Act.SUBMIT): State.PLAN_REVIEW,
    (State.PLAN_REVIEW, Act.ACCEPT): State.APPROVAL,
    (State.PLAN_REVIEW, Act.RETURN): State.INVESTIGATING,
    (State.APPROVAL, Act.APPROVE): State.IMPLEMENTING,
    (State.APPROVAL, Act.REFUSE): State.INVESTIGATING,
    (State.IMPLEMENTING, Act.PROVE): State.IMPLEMENTING,
    (State.IMPLEMENTING, Act.IMPLEMENT): State.REPLYING,
    (State.IMPLEMENTING, Act.REPLY): State.IMPLEMENTING,
    (State.REPLYING, Act.REPLY): State.VERIFYING,
    (State.VERIFYING, Act.CONFIRM): State.CLOSING,
    (State.VERIFYING, Act.FAIL): State.INVESTIGATING,
    (State.CLOSING, Act.CLOSE): State.CLOSED,
    (State.CLOSED, Act.REOPEN): State.ROUTING,
    (State.CLOSED, Act.ASK_REVIEW): State.UNDER_REVIEW,
    (State.UNDER_REVIEW, Act.UPHOLD): State.CLOSED,
    (State.UNDER_REVIEW, Act.OVERTURN): State.INVESTIGATING,
    (State.WITHDRAWN, Act.REOPEN): State.ROUTING,
    **{(state, act): state for state in (State.ROUTING, State.SIGNING) for act in (Act.VISIT, Act.CONTAIN)},
    **{(state, act): state for state in _WORKED_ON for act in (Act.VISIT, Act.CONTAIN)},
    **{(state, Act.WITHDRAW): State.WITHDRAWN for state in ORDER[:-1]},
}


def after(state: State, act: Act, left_out: Collection[State] = ()) -> State | None:
    """The state that an act leads to; ``None``: it cannot be done now.

    Args:
        left_out: the states that the complaint's path does not have, and those that it has no need of any more.
    """
    target = TRANSITIONS.get((state, act))
    if target is None or target == state:
        return target
    while target in left_out and target in ORDER[:-1]:
        target = ORDER[ORDER.index(target) + 1]
    return target


def acts_in(state: State) -> list[Act]:
    """What can be done in a state, in the order of the table."""
    return [act for (before, act) in TRANSITIONS if before == state]
