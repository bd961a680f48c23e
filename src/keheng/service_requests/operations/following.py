"""What follows from news of the modules below: tiers, calendars, approvals, the passing of time."""

from collections.abc import Collection
from datetime import datetime
from functools import partial

from django.db import transaction

from keheng.approvals.models import Request
from keheng.common.clock import SHANGHAI
from keheng.customers.models import Customer
from keheng.org.models import Staff
from keheng.service_requests.enums import State
from keheng.service_requests.models import ServiceRequest
from keheng.service_requests.operations import clocks, handling, ticking
from keheng.service_requests.operations.catalogue import CATALOGUE
from keheng.service_requests.operations.parts import locked
from keheng.tiering.policies.definition import PRIORITY
from keheng.tiering.queries.entitlements import entitled
from keheng.versions import operations as versions


def tick(*, actor: Staff, at: datetime) -> int:
    """What the worker does every minute: pauses that have lasted long enough end, then marks are told."""
    for pk in ServiceRequest.objects.filter(state=State.PAUSED, pause_ends__lte=at).values_list("pk", flat=True):
        _end_pause(pk, actor, at)
    return ticking.tick(actor=actor, at=at)


@transaction.atomic
def _end_pause(pk: int, actor: Staff, at: datetime) -> None:
    """End a pause that has lasted long enough, unless somebody acts on the request just now, or already has."""
    free = ServiceRequest.objects.select_for_update(skip_locked=True)
    request = free.filter(pk=pk, state=State.PAUSED, pause_ends__lte=at).first()
    if request is not None:
        handling.resume(request=request, actor=actor, at=at, lapsed=True)


def follow_tiers(*, customer_ids: Collection[int], at: datetime) -> int:
    """Recompute the open requests of customers whose tier has moved; return how many changed their limits."""
    concerned = Customer.objects.filter(pk__in=customer_ids)
    big = set(entitled(concerned, PRIORITY, at.astimezone(SHANGHAI).date()).values_list("pk", flat=True))
    changed = 0
    for request in ServiceRequest.objects.open().filter(customer__in=customer_ids):
        is_priority = request.customer_id in big
        if is_priority != request.is_priority:
            handling.change_priority(request=request, is_priority=is_priority, cause="tier", actor=None, at=at)
            changed += 1
    return changed


def follow_approval(*, request: Request, approved: bool, at: datetime) -> None:
    """Put an approved catalogue into force."""
    if approved:
        put = partial(versions.put_into_force, CATALOGUE)
        versions.carry_out(request=request, put=put, notice="service_requests.rules", at=at)


def follow_calendars(*, at: datetime) -> int:
    """Recompute what runs after hours, holidays or make-up days have changed; return how many requests moved."""
    moved = 0
    for pk in ServiceRequest.objects.open().order_by("pk").values_list("pk", flat=True).iterator():
        with transaction.atomic():
            request = locked(ServiceRequest(pk=pk))
            if request.is_open and clocks.recompute(request, at, cause="calendar"):
                clocks.refresh(request)
                request.save()
                moved += 1
    return moved
