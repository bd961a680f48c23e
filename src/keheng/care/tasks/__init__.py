"""Background work of care, a file a topic."""

from keheng.care.tasks import ownership, supervision

__all__ = ["ownership", "supervision"]
