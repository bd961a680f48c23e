"""What happens in the archive that others want to know."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class CustomerCreated:
    """A person opened an archive by hand; feeds publish their own event for a whole batch."""

    customer_id: int
    at: datetime


@dataclass(frozen=True)
class CustomerChanged:
    """Facts or contact points were changed by hand; ``fields`` names them (``contact`` for contact points)."""

    customer_id: int
    fields: tuple[str, ...]
    at: datetime
    actor_id: int | None = None


@dataclass(frozen=True)
class CustomersAssigned:
    """Customers have another owner, or none; one event for all of them, and nothing says which were not changed."""

    customer_ids: tuple[int, ...]
    owner_id: int | None
    at: datetime


@dataclass(frozen=True)
class CustomersMoved:
    """Customers are kept by another branch."""

    customer_ids: tuple[int, ...]
    branch_id: int
    at: datetime


@dataclass(frozen=True)
class UpdateSuggested:
    """Somebody suggests a value for a field of an archive; suggestions of feeds are told with their batch."""

    customer_id: int
    field: str
    at: datetime


@dataclass(frozen=True)
class CustomersUnified:
    """Two archives became one; rows of the lost one now belong to the survivor."""

    survivor_id: int
    lost_id: int
    at: datetime


@dataclass(frozen=True)
class CustomersSeparated:
    """A merge was taken back; both archives are there again."""

    survivor_id: int
    lost_id: int
    at: datetime


@dataclass(frozen=True)
class RiskAssessed:
    """A customer's risk was assessed; ``grade`` is what the answers came to."""

    customer_id: int
    grade: str
    at: datetime


@dataclass(frozen=True)
class ArchiveOpened:
    """Somebody reads an archive in an emergency; owner and reviewers are to know."""

    access_id: int
    customer_id: int
    actor_id: int
    at: datetime


@dataclass(frozen=True)
class ConsentChanged:
    """A customer has consented to a purpose by these channels from now on; none: withdrawn."""

    customer_id: int
    purpose: str
    channels: tuple[str, ...]
    at: datetime


@dataclass(frozen=True)
class CustomersAnonymised:
    """Nothing tells any more who these customers were; their figures stay."""

    customer_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True)
class FileMade:
    """A file that somebody asked for can be fetched now, or could not be made."""

    handout_id: int
    is_ready: bool
    at: datetime
