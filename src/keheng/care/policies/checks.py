"""The way of one checked contact."""

from keheng.care.enums.reports import CheckState

TRANSITIONS: dict[str, dict[CheckState, CheckState]] = {
    "pass": {CheckState.OPEN: CheckState.CLOSED},
    "fault": {CheckState.OPEN: CheckState.FAULTY, CheckState.ANSWERED: CheckState.FAULTY},
    "answer": {CheckState.FAULTY: CheckState.ANSWERED},
    "close": {CheckState.ANSWERED: CheckState.CLOSED, CheckState.FAULTY: CheckState.CLOSED},
}


def follows(act: str, state: CheckState) -> CheckState | None:
    """The state after an act, or ``None`` where it is not to be done now."""
    return TRANSITIONS[act].get(state)
