"""What happened in care, for whoever is above."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class ContactLogged:
    """One contact was logged, corrected or withdrawn; ``counts``: it stands and counts as a contact."""

    contact_id: int
    customer_id: int
    counts: bool
    at: datetime


@dataclass(frozen=True)
class ContactsLogged:
    """Contacts with many customers were logged at once, from one event or mailing."""

    contact_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True)
class TasksPlanned:
    """The tasks of a day have been planned by a run."""

    run_id: int
    day: date
    at: datetime
