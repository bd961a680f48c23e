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
class MessageClosed:
    """A drafted message was marked as sent, or is not going to be; ``cause`` is what it came from."""

    cause: str
    sent: bool
    at: datetime


@dataclass(frozen=True)
class TasksPlanned:
    """The tasks of a day have been planned by a run."""

    run_id: int
    day: date
    at: datetime


@dataclass(frozen=True)
class OwnersPassed:
    """Customers have other owners from now on: ``owners`` gives the new one by customer.

    ``contact_by``: the new owner contacts each at once, by this day [004a]; none where nobody is to.
    """

    owners: dict[int, int]
    source: str
    contact_by: date | None
    at: datetime


@dataclass(frozen=True)
class CustomersAdopted:
    """Somebody has adopted customers."""

    customer_ids: tuple[int, ...]
    staff_id: int
    at: datetime


@dataclass(frozen=True)
class CustomersHandedOver:
    """A hand-over has been accepted; the customers are the taker's, who contacts each by ``contact_by``."""

    hand_over_id: int
    customer_ids: tuple[int, ...]
    taker_id: int
    contact_by: date
    at: datetime


@dataclass(frozen=True)
class CustomerReferred:
    """A referral has reached another state."""

    referral_id: int
    state: str
    at: datetime


@dataclass(frozen=True)
class StaffReleased:
    """Somebody has left: none of these customers is theirs any more, all have another owner."""

    staff_id: int
    customer_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True)
class CoverSet:
    """Somebody is away from ``first`` to ``last`` and ``cover_id`` acts for their customers; nobody yet without it."""

    staff_id: int
    cover_id: int | None
    first: date
    last: date
    at: datetime
