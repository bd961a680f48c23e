"""What the module registers with the frame, a file a topic."""

from keheng.complaints.navigation import names, pages

__all__ = ["names", "pages"]
