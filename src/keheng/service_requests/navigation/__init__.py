"""What the module registers with the frame, a file a topic."""

from keheng.service_requests.navigation import names, pages

__all__ = ["names", "pages"]
