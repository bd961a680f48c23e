"""The customer's link to rate what was done: signed, so that nobody guesses another's; it names no person.

A link is the same whenever it is asked for, and holds for as many days after the work was done as the catalogue says.
"""

from datetime import datetime, timedelta

from django.core import signing
from django.urls import reverse

from keheng.service_requests.models import ServiceRequest

_SALT = "service_requests.rating"


def rating_url(request: ServiceRequest) -> str:
    """The address of the page on which the customer rates the request."""
    return reverse("service_requests:rate", args=[signing.Signer(salt=_SALT).sign_object(request.pk)])


def holds_until(request: ServiceRequest) -> datetime | None:
    """When the link expires; ``None`` while the request is not done, or not done any more."""
    if request.resolved_at is None:
        return None
    return request.resolved_at + timedelta(days=request.catalogue.rating.days)


def rated_request(token: str, at: datetime) -> ServiceRequest | None:
    """The request that a link is about; ``None`` when it was tampered with or does not hold at an instant."""
    try:
        pk = signing.Signer(salt=_SALT).unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    found = ServiceRequest.objects.filter(pk=pk).first()
    until = holds_until(found) if found else None
    return found if until is not None and at <= until else None
