"""What the module registers with the frame, a file a topic."""

from keheng.complaints.navigation import after, names, pages

__all__ = ["after", "names", "pages"]
