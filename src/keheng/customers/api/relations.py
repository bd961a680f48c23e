"""Family and relations over HTTP."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Schema
from pydantic import Field

from keheng.common import clock
from keheng.customers import permissions
from keheng.customers.api.archive import Reason, Short, endpoints, visible
from keheng.customers.api.dossier.shapes import Note, Percent, Seen
from keheng.customers.enums import RelationKind
from keheng.customers.models import Relation
from keheng.customers.operations.relations import change_relation, relate, remove_relation
from keheng.customers.queries.relations import household_of, relation_of, ties_of
from keheng.org.acting import acting


class RelationOut(Schema):
    """What the other one is to the customer. Outside the caller's scope the name is masked and ``other_id`` empty."""

    id: int
    kind: RelationKind
    name: str
    other_id: int | None
    is_outsider: bool
    phone_mask: str
    phone_field: str
    share: Decimal | None
    started_on: date | None
    ended_on: date | None
    note: str
    changed_at: datetime


class HouseholdOut(Schema):
    """The members in the caller's scope, the total of their assets (CNY), and how many others there are."""

    member_ids: list[int]
    aum: Decimal
    hidden: int


class RelationsOut(Schema):
    relations: list[RelationOut]
    household: HouseholdOut


class RelationIn(Schema):
    """``other_id`` is another customer; else ``outsider`` names somebody."""

    kind: RelationKind
    other_id: int | None = None
    outsider: Annotated[str, Field(max_length=120)] = ""
    outsider_phone: Annotated[str, Field(max_length=40)] = ""
    share: Percent | None = None
    started_on: date | None = None
    note: Note = ""


class RelationChange(Seen):
    """An ``ended_on`` makes it a former relation."""

    outsider_phone: Short | None = None
    share: Percent | None = None
    started_on: date | None = None
    ended_on: date | None = None
    note: Note | None = None


@endpoints.get(
    "/{int:pk}/relations", permission=permissions.VIEW, summary=_("Family and relations"), response=RelationsOut
)
def relations(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Refused where the confidentiality level closes the archive to the caller."""
    return _relations(request, pk)


@endpoints.post("/{int:pk}/relations", permission=permissions.EDIT, summary=_("Add a relation"), response=RelationsOut)
def add_relation(request: HttpRequest, pk: int, sent: RelationIn) -> dict[str, Any]:
    values = sent.dict(exclude={"other_id"})
    other = visible(request, sent.other_id) if sent.other_id is not None else None
    relate(customer=visible(request, pk), other=other, **values, actor=acting(request), at=clock.now())
    return _relations(request, pk)


@endpoints.patch(
    "/{int:pk}/relations/{int:key}",
    permission=permissions.EDIT,
    summary=_("Change the relation"),
    response=RelationsOut,
)
def alter_relation(request: HttpRequest, pk: int, key: int, sent: RelationChange) -> dict[str, Any]:
    given: dict[str, Any] = {"seen": sent.seen, "actor": acting(request), "at": clock.now()}
    found = _relation(request, pk, key)
    change_relation(relation=found, customer=visible(request, pk), values=sent.values(), **given)
    return _relations(request, pk)


@endpoints.post(
    "/{int:pk}/relations/{int:key}/remove",
    permission=permissions.EDIT,
    summary=_("Remove the relation"),
    response=RelationsOut,
)
def drop_relation(request: HttpRequest, pk: int, key: int, sent: Reason) -> dict[str, Any]:
    given: dict[str, Any] = {"reason": sent.reason, "actor": acting(request), "at": clock.now()}
    remove_relation(relation=_relation(request, pk, key), customer=visible(request, pk), **given)
    return _relations(request, pk)


def _relation(request: HttpRequest, pk: int, key: int) -> Relation:
    found = relation_of(visible(request, pk), key)
    if found is None:
        raise Http404
    return found


def _relations(request: HttpRequest, pk: int) -> dict[str, Any]:
    customer, reader = visible(request, pk), acting(request)
    permissions.check_see(reader, customer, "relation")
    household = household_of(customer, reader)
    names = ("id", "share", "started_on", "ended_on", "note", "changed_at")
    return {
        "relations": [
            {
                **{name: getattr(tie.relation, name) for name in names},
                "kind": tie.kind,
                "name": tie.name,
                "other_id": tie.other.pk if tie.other else None,
                "is_outsider": tie.is_outsider,
                "phone_mask": tie.phone,
                "phone_field": tie.reveal_field if tie.phone else "",
            }
            for tie in ties_of(customer, reader)
        ],
        "household": {
            "member_ids": [member.pk for member in household.members],
            "aum": household.aum,
            "hidden": household.hidden,
        },
    }
