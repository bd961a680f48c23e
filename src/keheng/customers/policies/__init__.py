"""Rules of the archive, by topic."""

from keheng.customers.policies import reviews  # noqa: F401  # its topic joins the rules
from keheng.customers.policies.confidentiality import level_of, local_number, opens
from keheng.customers.policies.disclosure import (
    ConfidentialityRules,
    Matrix,
    Reader,
    disclose,
    needs_approval,
)

__all__ = [
    "ConfidentialityRules",
    "Matrix",
    "Reader",
    "disclose",
    "level_of",
    "local_number",
    "needs_approval",
    "opens",
]
