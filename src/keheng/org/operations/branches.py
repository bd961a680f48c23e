"""Writes to the tree of branches."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from keheng.audit import changes
from keheng.audit.operations import record
from keheng.common.events import publish
from keheng.org import permissions, policies
from keheng.org.enums import BranchKind
from keheng.org.events import BranchMoved
from keheng.org.models import Branch, ServiceCalendar, Staff
from keheng.org.queries import contents_of


@transaction.atomic
def add_branch(*, code: str, name: str, kind: BranchKind, parent: Branch, actor: Staff, at: datetime) -> Branch:
    """Hang a new branch under ``parent``.

    Raises:
        ValidationError: code taken or malformed, or the kind does not go there.
    """
    permissions.check_manage_branch(actor, parent)
    _check_place(kind, parent)
    branch = Branch(code=code, name=name, kind=kind, parent=parent, path=f"{parent.path}{code}/")
    branch.full_clean()
    branch.save()
    record("org.add_branch", actor=actor, at=at, target=branch, detail={"parent": parent.name})
    return branch


@transaction.atomic
def change_branch(
    *, branch: Branch, name: str, kind: BranchKind, calendar: ServiceCalendar | None, actor: Staff, at: datetime
) -> None:
    """Rename a branch, change its kind or the calendar that it follows (``None``: that of the branch above)."""
    permissions.check_manage_branch(actor, branch)
    if branch.parent is None:
        if calendar is None:
            raise ValidationError({"calendar": _("The head office needs a calendar: every branch falls back on it.")})
    else:
        _check_place(kind, branch.parent)
    for child in branch.children.all():
        _check_place(BranchKind(child.kind), branch, parent_kind=kind)
    changed = changes.apply(branch, name=name, kind=kind, calendar=calendar)
    if not changed:
        return
    branch.full_clean()
    branch.save()
    record("org.change_branch", actor=actor, at=at, target=branch, detail={"changes": changed})


@transaction.atomic
def move_branch(*, branch: Branch, parent: Branch, actor: Staff, at: datetime) -> None:
    """Hang a branch, with all below it, under another; the paths of the whole subtree change in one statement."""
    permissions.check_manage_branch(actor, branch)
    permissions.check_manage_branch(actor, parent)
    if branch.parent is None:
        raise ValidationError({"parent": _("The head office is the root and cannot be moved.")})
    if parent.path.startswith(branch.path):
        raise ValidationError(
            {"parent": _("%(parent)s lies below %(branch)s.") % {"parent": parent.name, "branch": branch.name}}
        )
    _check_place(BranchKind(branch.kind), parent)
    if branch.parent_id == parent.pk:
        return
    before, old_path = branch.parent.name, branch.path
    new_path = f"{parent.path}{branch.code}/"
    with connection.cursor() as cursor:
        cursor.execute(
            "update org_branch set path = %s || substr(path, %s), "
            "parent_id = case id when %s then %s else parent_id end where starts_with(path, %s)",
            [new_path, len(old_path) + 1, branch.pk, parent.pk, old_path],
        )
    branch.refresh_from_db()
    record("org.move_branch", actor=actor, at=at, target=branch, detail={"changes": {"parent": [before, parent.name]}})
    publish(BranchMoved(branch.pk, at))


@transaction.atomic
def close_branch(*, branch: Branch, actor: Staff, at: datetime) -> None:
    """Take a branch out of use.

    Raises:
        ValidationError: something still hangs on it; the sentence says what and how many.
    """
    permissions.check_manage_branch(actor, branch)
    if branch.parent is None:
        raise ValidationError(_("The head office cannot be closed."))
    left = contents_of(branch)
    if left:
        raise ValidationError(
            _("%(branch)s still has %(left)s. Move them elsewhere first.")
            % {"branch": branch.name, "left": "、".join(f"{label} {number:,}" for label, number in left.items())}
        )
    _set_active(branch, active=False, actor=actor, at=at)


@transaction.atomic
def reopen_branch(*, branch: Branch, actor: Staff, at: datetime) -> None:
    """Take a closed branch into use again."""
    permissions.check_manage_branch(actor, branch)
    _set_active(branch, active=True, actor=actor, at=at)


def _set_active(branch: Branch, *, active: bool, actor: Staff, at: datetime) -> None:
    if branch.is_active == active:
        return
    branch.is_active = active
    branch.save(update_fields=["is_active"])
    record("org.reopen_branch" if active else "org.close_branch", actor=actor, at=at, target=branch)


def _check_place(kind: BranchKind, parent: Branch, *, parent_kind: BranchKind | None = None) -> None:
    above = parent_kind or BranchKind(parent.kind)
    if not policies.may_hang_under(kind, above):
        raise ValidationError(
            {
                "kind": _("A %(kind)s cannot stand under a %(above)s.")
                % {"kind": BranchKind(kind).label, "above": BranchKind(above).label}
            }
        )
