"""What the base page needs on every request."""

from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, object]:
    """Navigation and counters of the base page."""
    return {}
