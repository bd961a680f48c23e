"""What the module registers with the frame, a file a topic."""

from keheng.service_requests.navigation import names

__all__ = ["names"]
