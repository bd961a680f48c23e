"""What the module registers with the frame, a file a topic."""

from keheng.care.navigation import ownership

__all__ = ["ownership"]
