"""Pages of the archive, by topic."""

from keheng.customers.views.archive import (
    ChangeCustomer,
    NewCustomer,
)

__all__ = [
    "ChangeCustomer",
    "NewCustomer",
]
