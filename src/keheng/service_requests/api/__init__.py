"""The HTTP API of service requests and of penalty sheets, a file a topic."""

from keheng.service_requests.api import acts, penalties  # noqa: F401  # they add their calls
from keheng.service_requests.api.requests import endpoints

__all__ = ["endpoints"]
