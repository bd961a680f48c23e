"""Branches, staff, roles and the rules of signing in over HTTP."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Query, Schema

from keheng.api.endpoints import Endpoints
from keheng.api.paging import Page, Paging, page_of
from keheng.org import permissions
from keheng.org.acting import acting
from keheng.org.models import Branch, Role, Staff
from keheng.org.sign_in_rules import SignInRule, sign_in_rules

endpoints = Endpoints(_("Organisation"))


class BranchOut(Schema):
    """A node of the tree; ``path`` joins the codes from the root."""

    id: int
    code: str
    name: str
    kind: str
    parent_id: int | None
    path: str
    is_active: bool


class StaffOut(Schema):
    """A member of staff, without anything about the sign-in but whether there is one."""

    id: int
    username: str
    name: str
    title: str
    branch_id: int
    branch: str
    role: str
    role_name: str
    joined_on: date | None
    is_active: bool

    @staticmethod
    def resolve_branch(member: Staff) -> str:
        return member.branch.name

    @staticmethod
    def resolve_role(member: Staff) -> str:
        return member.role.code

    @staticmethod
    def resolve_role_name(member: Staff) -> str:
        return str(member.role)


class RoleOut(Schema):
    """A role: whose customers it sees (``own``, ``subtree``, ``all``) and what it may do (``module.verb``)."""

    id: int
    code: str
    name: str
    scope: str
    permissions: list[str]


class SignInRuleOut(Schema):
    """A rule of signing in, in words."""

    code: str
    name: str
    holds: str
    source: str


class Active(Schema):
    """Only those in use, or only those not; left out: all."""

    is_active: bool | None = None


@endpoints.get("/branches", permission=permissions.VIEW, summary=_("Branches in scope"), response=Page[BranchOut])
def branches(request: HttpRequest, asked: Query[Active], paging: Query[Paging]) -> dict[str, Any]:
    found = Branch.objects.visible_to(acting(request)).filter(**asked.dict(exclude_none=True))
    return page_of(found, paging, order=("path",), shape=list)


@endpoints.get("/staff", permission=permissions.VIEW, summary=_("Staff in scope"), response=Page[StaffOut])
def staff(
    request: HttpRequest, asked: Query[Active], paging: Query[Paging], branch_id: int | None = None
) -> dict[str, Any]:
    found = Staff.objects.visible_to(acting(request)).filter(**asked.dict(exclude_none=True))
    if branch_id is not None:
        found = found.filter(branch_id=branch_id)
    return page_of(found, paging, order=("pk",), shape=list)


@endpoints.get("/roles", permission=permissions.VIEW, summary=_("Roles and their rights"), response=list[RoleOut])
def roles(request: HttpRequest) -> list[Role]:  # noqa: ARG001  # the same for everybody
    return list(Role.objects.exclude(code="system"))


@endpoints.get(
    "/sign-in-rules", permission=permissions.VIEW, summary=_("Rules of signing in"), response=list[SignInRuleOut]
)
def rules_of_signing_in(request: HttpRequest) -> list[SignInRule]:  # noqa: ARG001  # the same for everybody
    """As the system enforces them."""
    return sign_in_rules()
