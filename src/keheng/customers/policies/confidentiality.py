"""Rules of the archive: how far a confidentiality level opens, and what numbers customers made here bear."""

from datetime import date

from keheng.customers.enums import Confidentiality


def level_of(confidentiality: int, *, is_closed: bool) -> Confidentiality:
    """The level that counts: the archive of a closed customer is at least restricted (A1, A15)."""
    return Confidentiality(max(confidentiality, Confidentiality.RESTRICTED if is_closed else Confidentiality.ORDINARY))


def opens(level: Confidentiality, *, clearance: Confidentiality, is_owner: bool) -> bool:
    """Tell whether an archive opens: to its owner always (staff answer for their own), to others by clearance."""
    return is_owner or clearance >= level


def local_number(day: date, order: int) -> str:
    """The number of a customer made here, until the core system gives one: ``P260923-0417``, easy to read out."""
    return f"P{day:%y%m%d}-{order:04d}"
