"""The customer's link to rate what was done: signed, so that nobody guesses another's; it names no person."""

from django.core import signing
from django.urls import reverse

from keheng.service_requests.models import ServiceRequest

_SALT = "service_requests.rating"
_DAYS = 30


def rating_url(request: ServiceRequest) -> str:
    """The address of the page on which the customer rates the request."""
    return reverse("service_requests:rate", args=[signing.dumps(request.pk, salt=_SALT)])


def rated_request(token: str) -> ServiceRequest | None:
    """The request that a link is about; ``None`` when it was tampered with or is older than thirty days."""
    try:
        pk = signing.loads(token, salt=_SALT, max_age=_DAYS * 86_400)
    except signing.BadSignature:
        return None
    return ServiceRequest.objects.select_related("version").filter(pk=pk).first()
