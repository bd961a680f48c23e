"""The way of a task and what becomes of it."""

from datetime import date

from keheng.care.enums.tasks import TaskState

TRANSITIONS: dict[TaskState, dict[str, TaskState]] = {
    TaskState.OPEN: {"complete": TaskState.DONE, "skip": TaskState.SKIPPED, "lapse": TaskState.LAPSED},
    TaskState.DONE: {"reopen": TaskState.OPEN},
    TaskState.SKIPPED: {"reopen": TaskState.OPEN},
    TaskState.LAPSED: {},
}
"""Which act leads where; an act that is not named for a state cannot be done in it."""


def follows(act: str, state: TaskState) -> TaskState | None:
    """The state after an act, ``None`` where it cannot be done."""
    return TRANSITIONS[state].get(act)


def lateness(due_on: date, today: date) -> int:
    """By how many days a task is late; 0 for one that is due today or later."""
    return max((today - due_on).days, 0)
