"""One act on many requests: each stands or falls for itself, and what was refused is told with its reason."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from keheng.service_requests.models import ServiceRequest


@dataclass(frozen=True)
class Outcome:
    """To which requests it was done, and why not to the others."""

    done: list[ServiceRequest]
    refused: list[tuple[ServiceRequest, str]]


def each(requests: Iterable[ServiceRequest], act: Callable[[ServiceRequest], object]) -> Outcome:
    """Carry an operation out on each request, in a transaction of its own, so that one refusal holds up no other."""
    outcome = Outcome([], [])
    for request in requests:
        try:
            with transaction.atomic():
                act(request)
        except ValidationError as error:
            outcome.refused.append((request, " ".join(error.messages)))
        except PermissionDenied as error:
            outcome.refused.append((request, str(error)))
        else:
            outcome.done.append(request)
    return outcome
