"""The dossier of a company over HTTP: key contacts, cooperation, competitors, projects with health handbook, group."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Query, Schema
from pydantic import Field

from keheng.api.paging import Page, Paging, page_of
from keheng.common import clock
from keheng.customers import permissions
from keheng.customers.api.archive import Amount, Reason, Short, endpoints, visible
from keheng.customers.enums import CooperationState, DecisionRole, GroupRole, HealthGrade, ProjectState
from keheng.customers.models import Competitor, Cooperation, DossierEntry, GroupMember, KeyContact, Project
from keheng.customers.operations.dossier import add_entry, change_entry, record_check, remove_entry
from keheng.customers.queries.dossier import GroupView, dossier_of, projects_for
from keheng.org.acting import acting

type Note = Annotated[str, Field(max_length=300)]
type Percent = Annotated[Decimal, Field(ge=0, le=100, decimal_places=2)]


class Entry(Schema):
    """What every entry tells: its key, and the instant of its last change (send it back as ``seen``)."""

    id: int
    note: str
    changed_at: datetime


class Seen(Schema):
    """``seen`` is the ``changed_at`` you have read: then nobody's later change is overwritten."""

    seen: datetime | None = None


class ContactPersonOut(Entry):
    """Somebody who matters; ``phone_mask`` opens by a reveal of ``phone_field``."""

    name: str
    post: str
    decision_role: DecisionRole
    birthday: date | None
    preference: str
    phone_mask: str
    phone_field: str


class ContactPersonIn(Seen):
    name: Short | None = None
    post: Short | None = None
    decision_role: DecisionRole | None = None
    phone: Annotated[str, Field(max_length=40)] | None = None
    birthday: date | None = None
    preference: Annotated[str, Field(max_length=200)] | None = None
    note: Note | None = None


class CooperationOut(Entry):
    """Amounts in CNY, margin and likelihood in percent."""

    state: CooperationState
    product: str
    starts_on: date | None
    ends_on: date | None
    amount: Decimal | None
    margin: Decimal | None
    likelihood: int | None


class CooperationIn(Seen):
    state: CooperationState | None = None
    product: Annotated[str, Field(max_length=80)] | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    amount: Amount | None = None
    margin: Annotated[Decimal, Field(max_digits=6, decimal_places=3)] | None = None
    likelihood: Annotated[int, Field(ge=0, le=100)] | None = None
    note: Note | None = None


class CompetitorOut(Entry):
    """Another institution; ``share`` of the company's business in percent."""

    institution: str
    products: str
    share: Decimal | None
    since: date | None


class CompetitorIn(Seen):
    institution: Short | None = None
    products: Annotated[str, Field(max_length=200)] | None = None
    share: Percent | None = None
    since: date | None = None
    note: Note | None = None


class CheckOut(Schema):
    """An entry of the health handbook."""

    id: int
    checked_on: date
    grade: HealthGrade
    finding: str
    measures: str
    next_check_on: date | None
    checked_by_id: int


class CheckIn(Schema):
    """Without ``next_check_on`` the next check follows from the grade."""

    checked_on: date
    grade: HealthGrade
    finding: Annotated[str, Field(min_length=1, max_length=300)]
    measures: Note = ""
    next_check_on: date | None = None


class ProjectRow(Entry):
    """A project of the project library; ``grade`` and ``next_check_on`` are those of the newest check."""

    customer_id: int
    name: str
    place: str
    content: str
    state: ProjectState
    amount: Decimal | None
    starts_on: date | None
    accepted_on: date | None
    warranty_until: date | None
    grade: str
    next_check_on: date | None


class ProjectOut(ProjectRow):
    checks: list[CheckOut]


class ProjectIn(Seen):
    name: Annotated[str, Field(max_length=80)] | None = None
    place: Annotated[str, Field(max_length=80)] | None = None
    content: Annotated[str, Field(max_length=200)] | None = None
    state: ProjectState | None = None
    amount: Amount | None = None
    starts_on: date | None = None
    accepted_on: date | None = None
    warranty_until: date | None = None
    next_check_on: date | None = None
    note: Note | None = None


class MemberOut(Schema):
    """A member; the name is masked and ``customer_id`` empty where it lies outside the caller's scope."""

    customer_id: int | None
    name: str
    role: GroupRole
    share: Decimal | None


class GroupOut(Schema):
    """A group; ``aum`` of the members in the caller's scope, ``hidden`` the number of the others."""

    entry_id: int
    name: str
    is_strategic: bool
    aum: Decimal
    hidden: int
    members: list[MemberOut]


class GroupMemberIn(Seen):
    group: Annotated[str, Field(max_length=120)] | None = None
    role: GroupRole | None = None
    share: Percent | None = None
    since: date | None = None
    note: Note | None = None


class DossierOut(Schema):
    contacts: list[ContactPersonOut]
    cooperation: list[CooperationOut]
    competitors: list[CompetitorOut]
    projects: list[ProjectOut]
    group: GroupOut | None


class ProjectQuestion(Schema):
    """Which projects."""

    grade: HealthGrade | None = None
    due_by: date | None = None


MODELS: dict[str, type[DossierEntry]] = {
    "contacts": KeyContact,
    "cooperation": Cooperation,
    "competitors": Competitor,
    "projects": Project,
    "group": GroupMember,
}


@endpoints.get(
    "/projects", permission=permissions.VIEW, summary=_("Projects of companies in scope"), response=Page[ProjectRow]
)
def projects(request: HttpRequest, asked: Query[ProjectQuestion], paging: Query[Paging]) -> dict[str, Any]:
    found = projects_for(acting(request))
    if asked.grade:
        found = found.filter(grade=asked.grade)
    if asked.due_by:
        found = found.filter(next_check_on__lte=asked.due_by)
    return page_of(found, paging, order=("pk",), shape=list)


@endpoints.get("/{int:pk}/dossier", permission=permissions.VIEW, summary=_("Dossier of a company"), response=DossierOut)
def dossier(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Refused where the confidentiality level closes the archive to the caller."""
    return _dossier(request, pk)


@endpoints.post(
    "/{int:pk}/dossier/contacts", permission=permissions.EDIT, summary=_("Add a key contact"), response=DossierOut
)
def add_contact_person(request: HttpRequest, pk: int, sent: ContactPersonIn) -> dict[str, Any]:
    return _add(request, pk, "contacts", sent)


@endpoints.post(
    "/{int:pk}/dossier/cooperation", permission=permissions.EDIT, summary=_("Add cooperation"), response=DossierOut
)
def add_cooperation(request: HttpRequest, pk: int, sent: CooperationIn) -> dict[str, Any]:
    return _add(request, pk, "cooperation", sent)


@endpoints.post(
    "/{int:pk}/dossier/competitors", permission=permissions.EDIT, summary=_("Add a competitor"), response=DossierOut
)
def add_competitor(request: HttpRequest, pk: int, sent: CompetitorIn) -> dict[str, Any]:
    return _add(request, pk, "competitors", sent)


@endpoints.post(
    "/{int:pk}/dossier/projects", permission=permissions.EDIT, summary=_("Add a project"), response=DossierOut
)
def add_project(request: HttpRequest, pk: int, sent: ProjectIn) -> dict[str, Any]:
    return _add(request, pk, "projects", sent)


@endpoints.post(
    "/{int:pk}/dossier/group", permission=permissions.EDIT, summary=_("Assign to a group"), response=DossierOut
)
def join_group(request: HttpRequest, pk: int, sent: GroupMemberIn) -> dict[str, Any]:
    return _add(request, pk, "group", sent)


@endpoints.patch(
    "/{int:pk}/dossier/contacts/{int:key}",
    permission=permissions.EDIT,
    summary=_("Change the key contact"),
    response=DossierOut,
)
def change_contact_person(request: HttpRequest, pk: int, key: int, sent: ContactPersonIn) -> dict[str, Any]:
    return _change(request, pk, "contacts", key, sent)


@endpoints.patch(
    "/{int:pk}/dossier/cooperation/{int:key}",
    permission=permissions.EDIT,
    summary=_("Change the cooperation"),
    response=DossierOut,
)
def change_cooperation(request: HttpRequest, pk: int, key: int, sent: CooperationIn) -> dict[str, Any]:
    return _change(request, pk, "cooperation", key, sent)


@endpoints.patch(
    "/{int:pk}/dossier/competitors/{int:key}",
    permission=permissions.EDIT,
    summary=_("Change the competitor"),
    response=DossierOut,
)
def change_competitor(request: HttpRequest, pk: int, key: int, sent: CompetitorIn) -> dict[str, Any]:
    return _change(request, pk, "competitors", key, sent)


@endpoints.patch(
    "/{int:pk}/dossier/projects/{int:key}",
    permission=permissions.EDIT,
    summary=_("Change the project"),
    response=DossierOut,
)
def change_project(request: HttpRequest, pk: int, key: int, sent: ProjectIn) -> dict[str, Any]:
    return _change(request, pk, "projects", key, sent)


@endpoints.patch(
    "/{int:pk}/dossier/group/{int:key}",
    permission=permissions.EDIT,
    summary=_("Change the group membership"),
    response=DossierOut,
)
def change_membership(request: HttpRequest, pk: int, key: int, sent: GroupMemberIn) -> dict[str, Any]:
    return _change(request, pk, "group", key, sent)


@endpoints.post(
    "/{int:pk}/dossier/{slug:section}/{int:key}/remove",
    permission=permissions.EDIT,
    summary=_("Remove from the dossier"),
    response=DossierOut,
)
def remove(request: HttpRequest, pk: int, section: str, key: int, sent: Reason) -> dict[str, Any]:
    entry = _entry(request, pk, section, key)
    remove_entry(entry=entry, reason=sent.reason, actor=acting(request), at=clock.now())
    return _dossier(request, pk)


@endpoints.post(
    "/{int:pk}/dossier/projects/{int:key}/checks",
    permission=permissions.EDIT,
    summary=_("Record a health check"),
    response=CheckOut,
    status=201,
)
def add_check(request: HttpRequest, pk: int, key: int, sent: CheckIn) -> Any:
    project = get_object_or_404(
        Project.objects.filter(customer=visible(request, pk)).select_related("customer"), pk=key
    )
    return record_check(project=project, **sent.dict(), actor=acting(request), at=clock.now())


def _add(request: HttpRequest, pk: int, section: str, sent: Seen) -> dict[str, Any]:
    values = sent.dict(exclude_unset=True, exclude={"seen"})
    given: dict[str, Any] = {"values": values, "actor": acting(request), "at": clock.now()}
    add_entry(model=MODELS[section], customer=visible(request, pk), **given)
    return _dossier(request, pk)


def _change(request: HttpRequest, pk: int, section: str, key: int, sent: Seen) -> dict[str, Any]:
    values = sent.dict(exclude_unset=True, exclude={"seen"})
    entry = _entry(request, pk, section, key)
    change_entry(entry=entry, values=values, seen=sent.seen, actor=acting(request), at=clock.now())
    return _dossier(request, pk)


def _entry(request: HttpRequest, pk: int, section: str, key: int) -> DossierEntry:
    model = MODELS.get(section)
    if model is None:
        raise Http404
    entries = model._default_manager.filter(customer=visible(request, pk)).select_related("customer")
    return get_object_or_404(entries, pk=key)


def _dossier(request: HttpRequest, pk: int) -> dict[str, Any]:
    customer, reader = visible(request, pk), acting(request)
    permissions.check_see(reader, customer, "dossier")
    found = dossier_of(customer, reader)
    fields = [name for name in ContactPersonOut.model_fields if not name.startswith("phone_")]
    return {
        "contacts": [
            {
                **{name: getattr(person.entry, name) for name in fields},
                "phone_mask": person.phone,
                "phone_field": person.reveal_field,
            }
            for person in found.people
        ],
        "cooperation": [entry for part in found.business for entry in part.entries],
        "competitors": found.competitors,
        "projects": [_project(project) for project in found.projects],
        "group": _group(found.group) if found.group else None,
    }


def _project(project: Project) -> dict[str, Any]:
    row = {name: getattr(project, name) for name in ProjectRow.model_fields}
    return {**row, "checks": list(project.checks.all())}


def _group(found: GroupView) -> dict[str, Any]:
    group = found.entry.group
    return {
        "entry_id": found.entry.pk,
        "name": group.name,
        "is_strategic": group.is_strategic,
        "aum": found.aum,
        "hidden": found.hidden,
        "members": [
            {
                "customer_id": member.customer.pk if member.customer else None,
                "name": member.name,
                "role": member.entry.role,
                "share": member.entry.share,
            }
            for member in found.members
        ],
    }
