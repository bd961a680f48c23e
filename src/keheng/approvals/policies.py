"""Rules of approvals: which act leads from which state to which, and what a limit covers."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from keheng.approvals.enums import Act, State

#: Every act that is allowed, with the state that it leads to. What is not here is refused.
TRANSITIONS: Mapping[tuple[State, Act], State] = {
    (State.OPEN, Act.APPROVE): State.APPROVED,
    (State.OPEN, Act.REFUSE): State.REFUSED,
    (State.OPEN, Act.RETURN): State.RETURNED,
    (State.OPEN, Act.WITHDRAW): State.WITHDRAWN,
    (State.OPEN, Act.ESCALATE): State.OPEN,
    (State.OPEN, Act.EXPIRE): State.EXPIRED,
    (State.RETURNED, Act.RESUBMIT): State.OPEN,
    (State.RETURNED, Act.WITHDRAW): State.WITHDRAWN,
}

#: What an approver may answer.
DECISIONS = (Act.APPROVE, Act.REFUSE, Act.RETURN)

#: Answers that must say why.
NEEDS_REASON = frozenset({Act.REFUSE, Act.RETURN, Act.RESUBMIT})


def after(state: State, act: Act) -> State | None:
    """The state that an act leads to; ``None`` where it is not allowed."""
    return TRANSITIONS.get((state, act))


def states_before(act: Act) -> tuple[State, ...]:
    """The states in which an act is allowed."""
    return tuple(state for state, allowed in TRANSITIONS if allowed is act)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a limit goes; ``None``: without end."""

    max_amount: Decimal | None = None
    max_rank: int | None = None

    def covers(self, amount: Decimal | None, rank: int | None) -> bool:
        """Tell whether a request of this amount (CNY) and rank lies within the limit, edges included."""
        enough = self.max_amount is None or (amount or 0) <= self.max_amount
        return enough and (self.max_rank is None or (rank or 0) <= self.max_rank)
