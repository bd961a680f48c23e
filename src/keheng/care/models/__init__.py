"""The tables of the module, a file a topic."""

from keheng.care.models.ownership import CoverPeriod, Ownership

__all__ = ["CoverPeriod", "Ownership"]
