"""The contact log over HTTP: the same operations and rights as the pages (A1, A4)."""

from datetime import date, datetime, time
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Query, Schema
from pydantic import AwareDatetime, Field

from keheng.api.endpoints import Endpoints
from keheng.api.paging import Page, Paging, page_of
from keheng.care.enums.contacts import BirthdayCalendar, Channel, Direction, ExtraCare, Origin
from keheng.care.models import CareProfile, Contact, Task
from keheng.care.operations.contacts import correct_contact, log_contact, withdraw_contact
from keheng.care.operations.profile import change_profile
from keheng.care.permissions.contacts import LOG, VIEW, can_read_note
from keheng.common import clock
from keheng.customers.models import Customer
from keheng.customers.permissions.archive import can_reveal
from keheng.org.acting import acting

endpoints = Endpoints(_("Contact log"))
type Words = Annotated[str, Field(max_length=2000)]
type Step = Annotated[str, Field(max_length=200)]
type Reason = Annotated[str, Field(min_length=1, max_length=200)]


class ContactOut(Schema):
    """One contact as logged or last corrected.

    ``counts``: the customer was really contacted. ``note`` is empty where there is none, ``null`` where the caller may
    not read it.
    """

    id: int
    customer_id: int
    staff: str
    channel: Channel
    direction: Direction
    purpose: str
    at: datetime
    outcome: str
    counts: bool
    note: str | None
    next_step: str
    next_on: date | None
    event: str
    task_id: int | None
    logged_at: datetime
    corrected_at: datetime | None
    withdrawn_at: datetime | None


class Wanted(Paging):
    """Which contacts: of a customer, of a person by user name, by channel, from and before an instant."""

    customer: int | None = None
    staff: str = ""
    channel: Channel | None = None
    since: AwareDatetime | None = None
    before: AwareDatetime | None = None


class ContactIn(Schema):
    """What is logged; ``at``: when it took place, as a rule now. ``task``: the planned task that it did."""

    customer: int
    channel: Channel
    outcome: Annotated[str, Field(max_length=40)]
    direction: Direction = Direction.OUT
    purpose: Annotated[str, Field(max_length=30)] = "service"
    at: AwareDatetime | None = None
    note: Words = ""
    next_step: Step = ""
    next_on: date | None = None
    task: int | None = None


class CorrectionIn(Schema):
    """What was wrong, and why it is put right; fields that are left out stay."""

    reason: Reason
    channel: Channel | None = None
    direction: Direction | None = None
    purpose: Annotated[str, Field(max_length=30)] | None = None
    at: AwareDatetime | None = None
    outcome: Annotated[str, Field(max_length=40)] | None = None
    note: Words | None = None
    next_step: Step | None = None
    next_on: date | None = None


class ReasonIn(Schema):
    reason: Reason


class ProfileOut(Schema):
    """How a customer wants to be cared for, where it differs from the rules; ``strategy`` is ``null`` where there is
    none, or the caller may not read it."""

    birthday_calendar: BirthdayCalendar = BirthdayCalendar.SOLAR
    wedding_on: date | None = None
    hours_from: time | None = None
    hours_to: time | None = None
    extra_care: list[ExtraCare] = []
    every_days: int | None = None
    strategy: str | None = None


class ProfileIn(Schema):
    """What changes; fields that are left out stay."""

    birthday_calendar: BirthdayCalendar | None = None
    wedding_on: date | None = None
    hours_from: time | None = None
    hours_to: time | None = None
    extra_care: list[ExtraCare] | None = None
    every_days: Annotated[int, Field(ge=1, le=366)] | None = None
    strategy: Words | None = None


@endpoints.get("", permission=VIEW, summary=_("Contacts"), response=Page[ContactOut])
def contacts(request: HttpRequest, asked: Query[Wanted]) -> dict[str, Any]:
    """Those of the caller's scope that stand, the newest first."""
    reader = acting(request)
    found = Contact.objects.standing().visible_to(reader).select_related("staff", "customer__branch")
    given = {
        "customer": asked.customer,
        "staff__username": asked.staff or None,
        "channel": asked.channel,
        "at__gte": asked.since,
        "at__lt": asked.before,
    }
    found = found.filter(**{name: value for name, value in given.items() if value is not None})
    return page_of(found, asked, order=("-at", "-pk"), shape=lambda rows: [_shown(request, row) for row in rows])


@endpoints.get("/{int:pk}", permission=VIEW, summary=_("A contact"), response=ContactOut)
def contact(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Also one that was withdrawn."""
    return _shown(request, _contact(request, pk))


@endpoints.post("", permission=LOG, summary=_("Log a contact"), response=ContactOut, status=201)
def log(request: HttpRequest, sent: ContactIn) -> dict[str, Any]:
    """Duties and tasks follow at once; a next step becomes a task of its own."""
    actor, task = acting(request), None
    if sent.task is not None:
        task = get_object_or_404(Task.objects.visible_to(actor).select_related("customer"), pk=sent.task)
    customer = task.customer if task is not None and task.customer_id == sent.customer else None
    if customer is None:
        customer = _customer(request, sent.customer)
    made = log_contact(
        customer=customer,
        took_place=sent.at,
        task=task,
        origin=Origin.API,
        actor=actor,
        at=clock.now(),
        **sent.model_dump(exclude={"customer", "task", "at"}),
    )
    return _shown(request, made)


@endpoints.post("/{int:pk}/correction", permission=LOG, summary=_("Correct a contact"), response=ContactOut)
def correct(request: HttpRequest, pk: int, sent: CorrectionIn) -> dict[str, Any]:
    """How it stood before is kept."""
    values = sent.model_dump(exclude={"reason"}, exclude_unset=True)
    given: dict[str, Any] = {"reason": sent.reason, "actor": acting(request), "at": clock.now()}
    return _shown(request, correct_contact(contact=_contact(request, pk), values=values, **given))


@endpoints.post("/{int:pk}/withdrawal", permission=LOG, summary=_("Withdraw a contact"), response=ContactOut)
def withdraw(request: HttpRequest, pk: int, sent: ReasonIn) -> dict[str, Any]:
    """It stays on record and counts no longer."""
    given: dict[str, Any] = {"reason": sent.reason, "actor": acting(request), "at": clock.now()}
    return _shown(request, withdraw_contact(contact=_contact(request, pk), **given))


@endpoints.get("/profiles/{int:pk}", permission=VIEW, summary=_("Care profile of a customer"), response=ProfileOut)
def profile(request: HttpRequest, pk: int) -> dict[str, Any]:
    """As the rules say where nothing is noted."""
    return _profile(request, _customer(request, pk))


@endpoints.patch("/profiles/{int:pk}", permission=LOG, summary=_("Change a care profile"), response=ProfileOut)
def change(request: HttpRequest, pk: int, sent: ProfileIn) -> dict[str, Any]:
    """Plans follow from the next one on."""
    customer, values = _customer(request, pk), sent.model_dump(exclude_unset=True)
    change_profile(customer=customer, values=values, actor=acting(request), at=clock.now())
    return _profile(request, customer)


def _customer(request: HttpRequest, pk: int) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(acting(request)), pk=pk)


def _profile(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    held = CareProfile.objects.filter(customer=customer).first() or CareProfile(customer=customer)
    strategy = held.strategy if can_reveal(acting(request), customer) else None
    return {name: getattr(held, name) for name in ProfileOut.model_fields} | {"strategy": strategy}


def _contact(request: HttpRequest, pk: int) -> Contact:
    seen = Contact.objects.visible_to(acting(request)).select_related("customer", "staff")
    return get_object_or_404(seen, pk=pk)


def _shown(request: HttpRequest, row: Contact) -> dict[str, Any]:
    names = [name for name in ContactOut.model_fields if name not in {"staff", "note"}]
    note = (row.note or "") if can_read_note(acting(request), row) else None
    return {name: getattr(row, name) for name in names} | {"staff": row.staff.username, "note": note}
