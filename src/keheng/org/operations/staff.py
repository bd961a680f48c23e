"""Writes to staff: who they are, where they work, what they may do, whether they may sign in."""

import secrets
from datetime import date, datetime

from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.audit import changes
from keheng.audit.operations import record
from keheng.common.events import publish
from keheng.org import permissions
from keheng.org.events import StaffDeactivated, StaffMoved
from keheng.org.models import Branch, Role, Staff
from keheng.org.operations.tokens import revoke_tokens_of

_LEGIBLE = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_TEMPORARY_LENGTH = 14


@transaction.atomic
def add_staff(
    *,
    username: str,
    name: str,
    branch: Branch,
    role: Role,
    title: str = "",
    email: str = "",
    joined_on: date | None = None,
    actor: Staff,
    at: datetime,
) -> tuple[Staff, str]:
    """Make an account and return it with its temporary password, which is stored nowhere and must be changed."""
    permissions.check_manage_branch(actor, branch)
    _check_role(role)
    member = Staff(
        username=username,
        name=name,
        branch=branch,
        role=role,
        title=title,
        email=email,
        joined_on=joined_on,
    )
    password = _set_temporary_password(member)
    member.full_clean()
    member.save()
    record("org.add_staff", actor=actor, at=at, target=member, detail={"branch": branch.name, "role": role.name})
    return member, password


@transaction.atomic
def change_staff(
    *,
    member: Staff,
    name: str,
    branch: Branch,
    role: Role,
    title: str,
    email: str,
    joined_on: date | None,
    actor: Staff,
    at: datetime,
) -> None:
    """Change a person's particulars, place or role. A new role or place holds from their next request."""
    permissions.check_manage_staff(actor, member)
    permissions.check_manage_branch(actor, branch)
    _check_role(role)
    from_branch = member.branch_id
    changed = changes.apply(member, name=name, branch=branch, role=role, title=title, email=email, joined_on=joined_on)
    if not changed:
        return
    member.full_clean(exclude=["password"])
    member.save(update_fields=list(changed))
    record("org.change_staff", actor=actor, at=at, target=member, detail={"changes": changed})
    if branch.pk != from_branch:
        publish(StaffMoved(member.pk, from_branch, branch.pk, at))


@transaction.atomic
def deactivate_staff(*, member: Staff, reason: str, actor: Staff, at: datetime) -> None:
    """Refuse further sign-ins and end the present ones, tokens included; the person's records stay."""
    permissions.check_manage_staff(actor, member)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why, such as: left, long absence.")})
    if not member.is_active:
        return
    member.is_active = False
    member.save(update_fields=["is_active"])
    _end_sessions(member)
    revoke_tokens_of(member, at)
    record("org.deactivate_staff", actor=actor, at=at, target=member, reason=reason.strip())
    publish(StaffDeactivated(member.pk, at))


@transaction.atomic
def reactivate_staff(*, member: Staff, actor: Staff, at: datetime) -> None:
    """Let a person sign in again."""
    permissions.check_manage_staff(actor, member)
    if member.is_active:
        return
    member.is_active = True
    member.save(update_fields=["is_active"])
    record("org.reactivate_staff", actor=actor, at=at, target=member)


@transaction.atomic
def reset_password(*, member: Staff, actor: Staff, at: datetime) -> str:
    """Give a temporary password, returned once and stored nowhere; sessions and tokens end, and it must be changed."""
    permissions.check_manage_staff(actor, member)
    password = _set_temporary_password(member)
    member.save(update_fields=["password", "must_change_password"])
    _end_sessions(member)
    revoke_tokens_of(member, at)
    record("org.reset_password", actor=actor, at=at, target=member)
    return password


@transaction.atomic
def password_changed(*, member: Staff, at: datetime) -> None:
    """The person has chosen a password of their own."""
    Staff.objects.filter(pk=member.pk).update(must_change_password=False)
    record("org.change_password", actor=member, at=at, target=member)


def _set_temporary_password(member: Staff) -> str:
    while True:
        password = "".join(secrets.choice(_LEGIBLE) for _ in range(_TEMPORARY_LENGTH))
        try:
            validate_password(password, member)
        except ValidationError:
            continue
        member.set_password(password)
        member.must_change_password = True
        return password


def _check_role(role: Role) -> None:
    if role.code == "system":
        raise ValidationError({"role": _("The system role is not for people.")})


def _end_sessions(member: Staff) -> None:
    """Sessions hold their user inside, signed; a bank has few enough to look at each."""
    for session in Session.objects.iterator():
        if session.get_decoded().get("_auth_user_id") == str(member.pk):
            session.delete()
