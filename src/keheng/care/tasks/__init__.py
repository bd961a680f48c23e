"""Background work of care, a file a topic."""

from keheng.care.tasks import ownership, planning, supervision

__all__ = ["ownership", "planning", "supervision"]
