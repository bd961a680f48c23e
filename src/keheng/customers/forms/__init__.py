"""What people fill in, by topic."""

from keheng.customers.forms.archive import (
    COMPANY_FACTS,
    PERSON_FACTS,
    ArchiveForm,
    ChangeCustomerForm,
    NewCustomerForm,
)

__all__ = [
    "COMPANY_FACTS",
    "PERSON_FACTS",
    "ArchiveForm",
    "ChangeCustomerForm",
    "NewCustomerForm",
]
