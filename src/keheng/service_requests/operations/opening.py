"""Taking a request in."""

import json
from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keheng.common.clock import SHANGHAI
from keheng.customers.models import Customer
from keheng.org.models import Branch, Staff
from keheng.org.queries import calendar_of
from keheng.service_requests import permissions
from keheng.service_requests.enums import Channel, ClockKind, Stage, State, StepKind
from keheng.service_requests.models import ServiceRequest
from keheng.service_requests.operations import clocks
from keheng.service_requests.operations.parts import locked, noted, told
from keheng.service_requests.queries.catalogue import version_on
from keheng.tiering.queries.entitlements import entitlements_of

OPENING = (ClockKind.RESPONSE, ClockKind.ON_SITE, ClockKind.HANDLING)


@transaction.atomic
def open_request(
    *,
    customer: Customer,
    business: str,
    channel: Channel,
    subject: str = "",
    answers: Mapping[str, str] | None = None,
    branch: Branch | None = None,
    parent: ServiceRequest | None = None,
    take: bool = False,
    actor: Staff,
    at: datetime,
) -> ServiceRequest:
    """Take in what a customer asks for and start its clocks; whoever is asked first answers for it (首问负责).

    Args:
        branch: whose calendar and queue; that of whoever takes it in by default.
        take: the actor handles it at once.

    Raises:
        ValidationError: the business is not in the catalogue, or a required answer is missing.
    """
    permissions.check_open(actor, customer)
    day = at.astimezone(SHANGHAI).date()
    version = version_on(day)
    found = version.catalogue.businesses.get(business)
    if found is None:
        raise ValidationError({"business": _("Choose a business of the catalogue.")})
    given = {field.code: (answers or {}).get(field.code, "").strip() for field in found.fields}
    missing = [field for field in found.fields if field.required and not given[field.code]]
    if missing:
        language = get_language() or ""
        raise ValidationError(
            {f"answer-{field.code}": _("Fill in %(field)s.") % {"field": field.told(language)} for field in missing}
        )
    branch = branch or actor.branch
    request = ServiceRequest(
        customer=customer,
        branch=branch,
        calendar=calendar_of(branch),
        version=version,
        business=business,
        channel=channel,
        is_priority=entitlements_of(customer, day).is_priority,
        subject=subject.strip() or None,
        answers=json.dumps(given, ensure_ascii=False) if any(given.values()) else None,
        opened_by=actor,
        opened_at=at,
        parent=_parent(parent, customer),
        assignee=actor if take else None,
    )
    request.held_clocks = clocks.begun(request, OPENING, at)
    clocks.refresh(request)
    request.number = _next_number(at)  # last: whoever takes the next one in waits for it
    request.save()
    clocks.keep_begun(request, at)
    write = noted
    if take:
        clocks.stop(request, [ClockKind.RESPONSE], at)
        request.state, request.stage = State.WORKING, Stage.ANALYSIS
        write = told
    write(request, StepKind.OPENED, actor=actor, at=at, business=business, channel=channel, taken=take)
    return request


def _parent(parent: ServiceRequest | None, customer: Customer) -> ServiceRequest | None:
    if parent is None:
        return None
    parent = locked(parent)
    if parent.customer_id != customer.pk or parent.parent_id is not None or not parent.is_open:
        raise ValidationError(_("A part belongs to an open request of the same customer that is not a part itself."))
    return parent


def _next_number(at: datetime) -> str:
    """The next number of the day that people can read out: ``260923-0417``."""
    day = at.astimezone(SHANGHAI).date()
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into service_requests_daynumber (day, last) values (%s, 1)"
            " on conflict (day) do update set last = service_requests_daynumber.last + 1 returning last",
            [day],
        )
        (last,) = cursor.fetchone() or (1,)
    return f"{day:%y%m%d}-{last:04d}"
