"""The HTTP API of complaints, a file a topic."""

from keheng.complaints.api.complaints import endpoints

__all__ = ["endpoints"]
