"""Rules of the archive, by topic."""

from keheng.customers.policies import reviews  # noqa: F401  # its topic joins the rules
from keheng.customers.policies.confidentiality import (
    level_of,
    local_number,
    opens,
    shows_facts,
)

__all__ = [
    "level_of",
    "local_number",
    "opens",
    "shows_facts",
]
