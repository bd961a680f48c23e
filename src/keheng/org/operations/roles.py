"""Writes to roles."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.audit import changes
from keheng.audit.operations import record
from keheng.org import permissions
from keheng.org.enums import DataScope
from keheng.org.models import Role, Staff


@transaction.atomic
def change_role_rights(
    *, role: Role, scope: DataScope, permissions_held: Iterable[str], actor: Staff, at: datetime
) -> None:
    """Change whose customers a role sees and what it may do; holds from the next request of everybody in it.

    Raises:
        ValidationError: nobody would be left who may manage the organisation.
    """
    permissions.check_manage_role(actor, role)
    changed = changes.apply(role, scope=scope, permissions=sorted(set(permissions_held)))
    if not changed:
        return
    role.save(update_fields=["scope", "permissions"])
    managers = Staff.objects.people().filter(is_active=True)
    if not any(member.can(permissions.MANAGE) for member in managers):
        raise ValidationError(_("Nobody would be left who may manage the organisation."))
    record("org.change_role", actor=actor, at=at, target=role, detail={"changes": changed})
