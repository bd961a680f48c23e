"""What a check says."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    OK = "ok"
    INFO = "info"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """One check: what was found and, unless all is well, what to do."""

    check: str
    state: State
    found: str
    remedy: str = ""


def judged(check: str, *, count: int, what: str, remedy: str) -> Finding:
    """A count that ought to be zero."""
    if not count:
        return Finding(check, State.OK, f"no {what}")
    return Finding(check, State.FAIL, f"{count:,} {what}", remedy)
