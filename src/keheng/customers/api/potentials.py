"""Fields of the institution's own and lists of potential customers over HTTP (A1, A4)."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Query, Schema
from pydantic import Field

from keheng.api.paging import Page, Paging, page_of
from keheng.common import clock
from keheng.common.masking import mask_phone
from keheng.customers import permissions
from keheng.customers.api.archive import CustomerRow, endpoints
from keheng.customers.enums import CustomerKind, CustomType, PotentialSource, PotentialState
from keheng.customers.models import Customer, CustomField, Potential, PotentialList
from keheng.customers.operations import custom
from keheng.customers.operations import potentials as operations
from keheng.customers.operations.potentials import Named
from keheng.org.acting import acting
from keheng.org.models import Branch

type Short = Annotated[str, Field(max_length=120)]
type Amount = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)]


class CustomFieldOut(Schema):
    """A field that the institution has added; its values stand in the sections under ``custom.<code>``."""

    id: int
    code: str
    label: str
    type: CustomType
    choices: list[str]
    section: str
    kind: str
    hint: str
    order: int
    is_required: bool
    is_active: bool


class CustomFieldChange(Schema):
    """What may change of a field; what is left out stays."""

    label: Annotated[str, Field(max_length=40)] | None = None
    choices: list[Annotated[str, Field(max_length=40)]] | None = None
    section: Annotated[str, Field(max_length=20)] | None = None
    kind: CustomerKind | None = None
    hint: Short | None = None
    order: Annotated[int, Field(ge=0, le=9999)] | None = None
    is_required: bool | None = None


class CustomFieldIn(CustomFieldChange):
    """A field to be added; code and type never change afterwards."""

    code: Annotated[str, Field(max_length=30)]
    type: CustomType
    label: Annotated[str, Field(max_length=40)]
    section: Annotated[str, Field(max_length=20)] = "more"


class FieldUse(Schema):
    """Out of use, or back into it, and why; values stay."""

    is_active: bool
    reason: Annotated[str, Field(min_length=2, max_length=200)]


class ListOut(Schema):
    """A list of potential customers; ``rule`` and its limits where members follow from the archives."""

    id: int
    name: str
    source: PotentialSource
    rule: str
    parameters: dict[str, str]
    branch_id: int
    owner_id: int
    note: str
    made_at: datetime
    refreshed_at: datetime | None


class ListIn(Schema):
    """A list to be opened; amounts of ``parameters`` in CNY."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    source: PotentialSource
    branch_id: int
    rule: Annotated[str, Field(max_length=20)] = ""
    parameters: dict[str, Decimal] = {}
    note: Annotated[str, Field(max_length=200)] = ""


class PotentialIn(Schema):
    """Somebody who may become a customer; the amount in CNY."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    kind: CustomerKind = CustomerKind.PERSON
    phone: Annotated[str, Field(max_length=40)] = ""
    employer: Short = ""
    amount: Amount | None = None
    note: Annotated[str, Field(max_length=200)] = ""


class PotentialsIn(Schema):
    """Names for a list."""

    potentials: Annotated[list[PotentialIn], Field(min_length=1, max_length=5000)]


class PotentialOut(Schema):
    """One of a list; the telephone masked."""

    id: int
    list_id: int
    customer_id: int | None
    kind: CustomerKind
    name: str
    phone_mask: str
    employer: str
    amount: Decimal | None
    state: PotentialState
    reason: str
    branch_id: int
    owner_id: int | None
    added_at: datetime
    changed_at: datetime


class PotentialQuestion(Schema):
    """Which potential customers."""

    list_id: int | None = None
    state: PotentialState | None = None
    branch_id: int | None = None


class Added(Schema):
    """How many were new to the list."""

    added: int


class Step(Schema):
    """How far a potential customer has come, and why."""

    state: PotentialState
    reason: Annotated[str, Field(max_length=200)] = ""


class Where(Schema):
    """The branch that keeps the archive of a new customer."""

    branch_id: int


@endpoints.get("/fields", permission=permissions.VIEW, summary=_("Custom fields"), response=list[CustomFieldOut])
def custom_fields(request: HttpRequest) -> Any:  # noqa: ARG001
    return CustomField.objects.all()


@endpoints.post(
    "/fields",
    permission=permissions.RULES,
    summary=_("Add a field to the archives"),
    response=CustomFieldOut,
    status=201,
)
def define_field(request: HttpRequest, sent: CustomFieldIn) -> CustomField:
    return custom.define_field(**_said(sent), actor=acting(request), at=clock.now())


@endpoints.patch(
    "/fields/{int:key}",
    permission=permissions.RULES,
    summary=_("Change a field of the archives"),
    response=CustomFieldOut,
)
def change_field(request: HttpRequest, key: int, sent: CustomFieldChange) -> CustomField:
    field = get_object_or_404(CustomField, pk=key)
    custom.change_field(field=field, **_said(sent), actor=acting(request), at=clock.now())
    field.refresh_from_db()
    return field


@endpoints.post(
    "/fields/{int:key}/use",
    permission=permissions.RULES,
    summary=_("Retire a field of the archives, or bring it back"),
    response=CustomFieldOut,
)
def use_field(request: HttpRequest, key: int, sent: FieldUse) -> CustomField:
    field = get_object_or_404(CustomField, pk=key)
    operation = custom.restore_field if sent.is_active else custom.retire_field
    operation(field=field, reason=sent.reason, actor=acting(request), at=clock.now())
    return field


@endpoints.get(
    "/potential-lists",
    permission=permissions.VIEW,
    summary=_("Lists of potential customers"),
    response=list[ListOut],
)
def potential_lists(request: HttpRequest) -> Any:  # noqa: ARG001
    return PotentialList.objects.all()


@endpoints.post(
    "/potential-lists",
    permission=permissions.ASSIGN,
    summary=_("Open a list of potential customers"),
    response=ListOut,
    status=201,
)
def open_potentials(request: HttpRequest, sent: ListIn) -> PotentialList:
    branch = _branch(request, sent.branch_id)
    given = sent.dict(exclude={"branch_id"})
    return operations.open_list(branch=branch, **given, actor=acting(request), at=clock.now())


@endpoints.post(
    "/potential-lists/{int:key}/refresh",
    permission=permissions.ASSIGN,
    summary=_("Work a list of potential customers out anew"),
    response=ListOut,
)
def refresh_potentials(request: HttpRequest, key: int) -> PotentialList:
    held = get_object_or_404(PotentialList.objects.select_related("branch"), pk=key)
    operations.refresh_list(held=held, actor=acting(request), at=clock.now())
    return held


@endpoints.post(
    "/potential-lists/{int:key}/potentials",
    permission=permissions.EDIT,
    summary=_("Add potential customers"),
    response=Added,
    status=201,
)
def add_potentials(request: HttpRequest, key: int, sent: PotentialsIn) -> dict[str, int]:
    """All of them or, where one cannot be read, none; telephones that the list has already are left out."""
    held = get_object_or_404(PotentialList.objects.select_related("branch"), pk=key)
    named = [Named(**one.dict()) for one in sent.potentials]
    return {"added": operations.add_potentials(held=held, named=named, actor=acting(request), at=clock.now())}


@endpoints.get(
    "/potentials", permission=permissions.VIEW, summary=_("Potential customers"), response=Page[PotentialOut]
)
def potentials(request: HttpRequest, asked: Query[PotentialQuestion], paging: Query[Paging]) -> dict[str, Any]:
    """Those in scope, the newest first."""
    conditions = {name: value for name, value in asked.dict().items() if value is not None}
    found = Potential.objects.visible_to(acting(request)).filter(**conditions)
    return page_of(found, paging, order=("-added_at", "-pk"), shape=lambda rows: [_shown(row) for row in rows])


@endpoints.post(
    "/potentials/{int:key}/step",
    permission=permissions.EDIT,
    summary=_("Record a step of a potential customer"),
    response=PotentialOut,
)
def move_potential(request: HttpRequest, key: int, sent: Step) -> dict[str, Any]:
    given: dict[str, Any] = {"to": sent.state, "reason": sent.reason}
    moved = operations.move_potential(
        potential=_potential(request, key), **given, actor=acting(request), at=clock.now()
    )
    return _shown(moved)


@endpoints.post(
    "/potentials/{int:key}/convert",
    permission=permissions.EDIT,
    summary=_("Open the archive of a potential customer"),
    response=CustomerRow,
    status=201,
)
def convert_potential(request: HttpRequest, key: int, sent: Where) -> Customer:
    branch = _branch(request, sent.branch_id)
    return operations.convert_potential(
        potential=_potential(request, key), branch=branch, actor=acting(request), at=clock.now()
    )


def _said(sent: Schema) -> dict[str, Any]:
    return {name: value for name, value in sent.dict(exclude_unset=True).items() if value is not None}


def _branch(request: HttpRequest, key: int) -> Branch:
    return get_object_or_404(Branch.objects.visible_to(acting(request)), pk=key)


def _potential(request: HttpRequest, key: int) -> Potential:
    found: Potential = get_object_or_404(Potential.objects.visible_to(acting(request)), pk=key)
    return found


def _shown(row: Potential) -> dict[str, Any]:
    names = [name for name in PotentialOut.model_fields if name != "phone_mask"]
    return {**{name: getattr(row, name) for name in names}, "phone_mask": mask_phone(row.phone) if row.phone else ""}
