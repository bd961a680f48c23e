"""What the module registers with the frame, a file a topic."""

from keheng.care.navigation import contacts, ownership

__all__ = ["contacts", "ownership"]
