"""The HTTP API of complaints, a file a topic; all stand under one address."""

from keheng.complaints.api import acts, lessons, letters  # noqa: F401  # they add their calls
from keheng.complaints.api.complaints import endpoints

__all__ = ["endpoints"]
