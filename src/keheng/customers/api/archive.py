"""The archive over HTTP: the same scopes, levels and masks as the pages."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Query, Schema
from pydantic import AwareDatetime, Field

from keheng.api.endpoints import Endpoints
from keheng.api.paging import Page, Paging, page_of
from keheng.common import clock
from keheng.customers import operations, permissions, queries
from keheng.customers.archive.history import Change, all_changes, disclosed
from keheng.customers.enums import (
    ContactKind,
    CustomerKind,
    CustomerStatus,
    Disclosure,
    IdentityKind,
    Interest,
    Investment,
    RiskGrade,
    Sex,
    SpendingHabit,
)
from keheng.customers.models import ContactPoint, Customer
from keheng.customers.queries.classes import of_class
from keheng.customers.values.masks import masked_contact, masked_document
from keheng.org.acting import acting
from keheng.org.models import Branch

endpoints = Endpoints(_("Customers"))

type Short = Annotated[str, Field(max_length=60)]
type Amount = Annotated[Decimal, Field(max_digits=18, decimal_places=2)]


class CustomerRow(Schema):
    """A customer as lists show one. AUM is the month average in CNY."""

    id: int
    number: str
    kind: CustomerKind
    name: str
    status: CustomerStatus
    branch_id: int
    owner_id: int | None
    tier: str
    aum: Decimal
    do_not_disturb: bool
    opened_on: date | None
    updated_at: datetime


class ContactOut(Schema):
    """A way to reach the customer, masked; ``field`` is what a reveal asks for."""

    id: int
    kind: ContactKind
    mask: str
    field: str
    is_primary: bool
    preferred_time: str
    source: str
    updated_at: datetime


class FactsOut(Schema):
    """What a person's archive says of them."""

    sex: str
    birth_date: date | None
    occupation: str
    education: str
    marital: str


class CompanyOut(Schema):
    """What is known of a company; amounts in CNY."""

    industry: str
    is_borrower: bool
    is_institution: bool
    is_strategic: bool
    annual_sales: Decimal | None
    total_assets: Decimal | None
    credit_target: Decimal | None
    employees: int | None


class CustomerOut(CustomerRow):
    """One archive. ``facts`` is empty where the confidentiality level closes them to the caller."""

    confidentiality: int
    id_kind: str
    id_mask: str
    source: str
    contacts: list[ContactOut]
    facts: FactsOut | None
    company: CompanyOut | None


class CustomerQuestion(Schema):
    """Which customers; names and numbers are asked for by ``/search``, for addresses are written to logs."""

    kind: CustomerKind | None = None
    tier: Short | None = None
    status: CustomerStatus | None = None
    branch_id: int | None = None
    owner_id: int | None = None
    aum_from: Amount | None = None
    aum_below: Amount | None = None
    updated_since: datetime | None = None


class ClassQuestion(Schema):
    """The classes of A1: customers of whom the caller is shown the field. Ages in completed years, both included."""

    age_from: Annotated[int, Field(ge=0, le=150)] | None = None
    age_to: Annotated[int, Field(ge=0, le=150)] | None = None
    birthday: Annotated[int, Field(ge=1, le=12)] | None = None
    sex: Sex | None = None
    occupation: Short | None = None
    income_from: Amount | None = None
    income_below: Amount | None = None
    interests: list[Interest] = []
    spending: list[SpendingHabit] = []
    investments: list[Investment] = []
    risk: list[RiskGrade] = []


class SearchQuestion(Schema):
    """What people type: a name, pinyin, initials, a number, or the last four digits of one."""

    text: Annotated[str, Field(min_length=1, max_length=60)]
    limit: Annotated[int, Field(ge=1, le=50)] = 8


class PersonFacts(Schema):
    """Facts to set; what is left out stays."""

    name: Annotated[str, Field(max_length=120)] | None = None
    id_kind: IdentityKind | None = None
    id_number: Annotated[str, Field(max_length=40)] | None = None
    sex: Sex | None = None
    birth_date: date | None = None
    occupation: Short | None = None
    education: Annotated[str, Field(max_length=30)] | None = None
    marital: Annotated[str, Field(max_length=20)] | None = None
    opened_on: date | None = None


class CompanyFacts(Schema):
    """Facts of a company to set; what is left out stays."""

    industry: Annotated[str, Field(max_length=40)] | None = None
    is_borrower: bool | None = None
    is_institution: bool | None = None
    is_strategic: bool | None = None
    annual_sales: Amount | None = None
    total_assets: Amount | None = None
    credit_target: Amount | None = None
    employees: Annotated[int, Field(ge=0)] | None = None


class CustomerIn(PersonFacts):
    """A customer whom no feed has brought."""

    kind: CustomerKind = CustomerKind.PERSON
    name: Annotated[str, Field(max_length=120)]
    branch_id: int
    company: CompanyFacts | None = None
    contacts: dict[ContactKind, Annotated[str, Field(max_length=200)]] = {}


class CustomerChange(PersonFacts):
    """Changes to one archive; what is left out stays."""

    status: CustomerStatus | None = None
    do_not_disturb: bool | None = None
    company: CompanyFacts | None = None
    contacts: dict[ContactKind, Annotated[str, Field(max_length=200)]] = {}


class ContactIn(Schema):
    """A way to reach the customer."""

    kind: ContactKind
    value: Annotated[str, Field(min_length=1, max_length=200)]
    is_primary: bool = True
    preferred_time: Short = ""


class Reason(Schema):
    """Why."""

    reason: Annotated[str, Field(min_length=2, max_length=300)]


class RevealIn(Reason):
    """Which sealed value to show whole: ``id_number``, or the ``field`` of a contact point."""

    field: Annotated[str, Field(max_length=40)]


class RevealOut(Schema):
    """A sealed value in the clear; the reveal stands in the trail."""

    field: str
    value: str


class ChangesQuestion(Schema):
    """Which changes: about ``limit`` of the newest before an instant; the next part begins before the last one's."""

    before: AwareDatetime | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ChangeOut(Schema):
    """One change of one fact, or one act; ``actor`` is empty for a file, sealed values are masked."""

    at: datetime
    actor: str
    field: str
    label: str
    before: str
    after: str
    reason: str


@endpoints.get("", permission=permissions.VIEW, summary=_("Customers in scope"), response=Page[CustomerRow])
def customers(
    request: HttpRequest, asked: Query[CustomerQuestion], classes: Query[ClassQuestion], paging: Query[Paging]
) -> dict[str, Any]:
    """The largest first."""
    conditions = {
        "aum__gte": asked.aum_from,
        "aum__lt": asked.aum_below,
        "updated_at__gte": asked.updated_since,
        **asked.dict(exclude={"aum_from", "aum_below", "updated_since"}),
    }
    found = Customer.objects.visible_to(acting(request)).filter(
        **{name: value for name, value in conditions.items() if value is not None}
    )
    return page_of(of_class(found, acting(request), **classes.dict()), paging, order=("-aum", "-pk"), shape=list)


@endpoints.post("/search", permission=permissions.VIEW, summary=_("Find customers"), response=list[CustomerRow])
def search(request: HttpRequest, asked: SearchQuestion) -> list[Customer]:
    """By POST: what is asked for may be a phone or document number."""
    return queries.search(acting(request), asked.text, asked.limit)


@endpoints.post("", permission=permissions.EDIT, summary=_("Open an archive"), response=CustomerOut, status=201)
def create(request: HttpRequest, sent: CustomerIn) -> dict[str, Any]:
    branch = get_object_or_404(Branch.objects.visible_to(acting(request)), pk=sent.branch_id)
    facts = sent.dict(exclude_unset=True, exclude={"kind", "name", "branch_id", "company", "contacts"})
    customer = operations.create_customer(
        kind=sent.kind,
        name=sent.name,
        branch=branch,
        facts=facts,
        company=_company(sent.company),
        contacts=_contacts(sent.contacts),
        actor=acting(request),
        at=clock.now(),
    )
    return _archive(request, customer)


@endpoints.get("/{int:pk}", permission=permissions.VIEW, summary=_("One archive"), response=CustomerOut)
def customer(request: HttpRequest, pk: int) -> dict[str, Any]:
    return _archive(request, visible(request, pk))


@endpoints.patch("/{int:pk}", permission=permissions.EDIT, summary=_("Change an archive"), response=CustomerOut)
def change(request: HttpRequest, pk: int, sent: CustomerChange) -> dict[str, Any]:
    found = visible(request, pk)
    operations.change_customer(
        customer=found,
        facts=sent.dict(exclude_unset=True, exclude={"company", "contacts"}),
        company=_company(sent.company),
        contacts=_contacts(sent.contacts),
        actor=acting(request),
        at=clock.now(),
    )
    return _archive(request, found)


@endpoints.get(
    "/{int:pk}/contacts", permission=permissions.VIEW, summary=_("Contact points"), response=list[ContactOut]
)
def contacts(request: HttpRequest, pk: int) -> list[dict[str, Any]]:
    return _points_of(request, visible(request, pk))


@endpoints.put("/{int:pk}/contacts", permission=permissions.EDIT, summary=_("Set a contact point"), response=ContactOut)
def set_contact(request: HttpRequest, pk: int, sent: ContactIn) -> dict[str, Any]:
    point = operations.set_contact_point(
        customer=visible(request, pk), **sent.dict(), actor=acting(request), at=clock.now()
    )
    return _points([point])[0]


@endpoints.post(
    "/{int:pk}/contacts/{int:key}/remove",
    permission=permissions.EDIT,
    summary=_("Remove a contact point"),
    response=list[ContactOut],
)
def remove_contact(request: HttpRequest, pk: int, key: int, sent: Reason) -> list[dict[str, Any]]:
    found = visible(request, pk)
    point = get_object_or_404(found.contact_points.select_related("customer"), pk=key)
    operations.remove_contact_point(point=point, reason=sent.reason, actor=acting(request), at=clock.now())
    return _points_of(request, found)


@endpoints.get(
    "/{int:pk}/changes", permission=permissions.VIEW, summary=_("Changes of an archive"), response=list[ChangeOut]
)
def changes(request: HttpRequest, pk: int, asked: Query[ChangesQuestion]) -> list[Change]:
    found, reader = visible(request, pk), acting(request)
    if not permissions.can_see_facts(reader, found):
        raise PermissionDenied(_("The confidentiality level of the archive closes its changes to your role."))
    part = all_changes(found, before=asked.before or clock.now(), limit=asked.limit)
    return disclosed(part, found, reader)


@endpoints.post(
    "/{int:pk}/reveal", permission=permissions.REVEAL, summary=_("Show a sealed value whole"), response=RevealOut
)
def reveal(request: HttpRequest, pk: int, sent: RevealIn) -> dict[str, str]:
    """Always with a reason, always in the trail."""
    given: dict[str, Any] = {"actor": acting(request), "reason": sent.reason, "at": clock.now()}
    try:
        value = operations.reveal(customer=visible(request, pk), field=sent.field, **given)
    except operations.UnknownFieldError as error:
        raise Http404 from error
    return {"field": sent.field, "value": value}


def visible(request: HttpRequest, pk: int) -> Customer:
    """The customer, if the caller's scope lets them see it; else there is nothing here."""
    return get_object_or_404(Customer.objects.visible_to(acting(request)).select_related("branch"), pk=pk)


def _archive(request: HttpRequest, found: Customer) -> dict[str, Any]:
    """What the caller may read of an archive."""
    prefetch_related_objects([found], "contact_points", "company")
    sees = permissions.can_see_facts(acting(request), found)
    is_person = found.kind == CustomerKind.PERSON
    return {
        **{name: getattr(found, name) for name in (*CustomerRow.model_fields, "confidentiality", "id_kind", "source")},
        "id_mask": masked_document(found) if _shows(request, found, "id_number") else "",
        "contacts": _points_of(request, found),
        "facts": found if sees and is_person else None,
        "company": None if is_person or not sees else getattr(found, "company", None),
    }


def _shows(request: HttpRequest, found: Customer, field: str) -> bool:
    """May the caller see at least the mask of a field?"""
    return permissions.disclosure(acting(request), found, field) != Disclosure.HIDDEN


def _points_of(request: HttpRequest, found: Customer) -> list[dict[str, Any]]:
    return _points(found.contact_points.all()) if _shows(request, found, "contact") else []


def _points(points: "Sequence[ContactPoint] | Any") -> list[dict[str, Any]]:
    names = ("id", "kind", "is_primary", "preferred_time", "source", "updated_at")
    return [
        {
            **{name: getattr(point, name) for name in names},
            "mask": masked_contact(point),
            "field": f"contact.{point.pk}",
        }
        for point in points
    ]


def _company(sent: CompanyFacts | None) -> dict[str, Any]:
    return sent.dict(exclude_unset=True) if sent else {}


def _contacts(sent: dict[ContactKind, str]) -> dict[str, str]:
    return {kind.value: value for kind, value in sent.items()}
