"""Background work of care, a file a topic."""

from keheng.care.tasks import supervision

__all__ = ["supervision"]
