"""What happens in the organisation that others want to know."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class BranchMoved:
    """A branch, with all below it, hangs elsewhere; data scopes follow at once."""

    branch_id: int
    at: datetime


@dataclass(frozen=True)
class StaffMoved:
    """A member of staff works in another branch; their customers stay theirs until reassigned."""

    staff_id: int
    from_branch_id: int
    to_branch_id: int
    at: datetime


@dataclass(frozen=True)
class StaffDeactivated:
    """A member of staff may no longer sign in; whoever answers for their customers must be found."""

    staff_id: int
    at: datetime


@dataclass(frozen=True)
class CalendarsChanged:
    """Hours of service, holidays or make-up days have changed: limits that run end at other times."""

    at: datetime
