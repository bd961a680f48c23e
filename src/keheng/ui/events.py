"""What happens in the frame that others want to know."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class ListExported:
    """Rows left the system as a file or on paper.

    Attributes:
        actor: the member of staff.
        list_key: which list, such as ``customers``.
        form: ``xlsx`` or ``print``.
        rows: how many rows.
        filters: the filters in words.
    """

    actor: Any
    list_key: str
    form: str
    rows: int
    filters: str
    at: datetime
