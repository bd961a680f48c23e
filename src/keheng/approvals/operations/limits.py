"""The table of limits: presets, and new versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.approvals import permissions
from keheng.approvals.models import Limit, LimitTable
from keheng.audit import operations as audit
from keheng.common.clock import SHANGHAI
from keheng.org.enums import DataScope
from keheng.org.models import Role, Staff

_PRESETS = Path(__file__).parents[1] / "presets" / "limits.yaml"
_BEGINNING = date(2000, 1, 1)


@dataclass(frozen=True)
class NewLimit:
    """One row of a new version: how far a role may approve, and its level."""

    level: int
    role: Role
    max_amount: Decimal | None = None
    max_rank: int | None = None
    scope: DataScope = DataScope.SUBTREE


@transaction.atomic
def set_limits(
    *,
    kind: str,
    limits: Sequence[NewLimit],
    due_days: int,
    lapse_days: int | None,
    note: str,
    actor: Staff,
    at: datetime,
) -> LimitTable:
    """Put a new version of a kind's limits in force from today. Requests under way keep the version they began with.

    Raises:
        PermissionDenied: the role does not set limits.
        ValidationError: no row, a role twice, levels with holes, time limits that make no sense, or no reason.
    """
    permissions.check_set_limits(actor)
    _check(limits, due_days, lapse_days, note)
    last = LimitTable.objects.select_for_update().filter(kind=kind).order_by("-number").first()
    table = LimitTable.objects.create(
        kind=kind,
        number=last.number + 1 if last else 1,
        valid_from=at.astimezone(SHANGHAI).date(),
        due_days=due_days,
        lapse_days=lapse_days,
        note=note.strip()[:200],
        set_by=actor,
        set_at=at,
    )
    Limit.objects.bulk_create(
        Limit(
            table=table,
            level=row.level,
            role=row.role,
            max_amount=row.max_amount,
            max_rank=row.max_rank,
            scope=row.scope,
        )
        for row in limits
    )
    audit.record(
        "approvals.set_limits",
        actor=actor,
        at=at,
        target=table,
        reason=note,
        detail={"kind": kind, "rows": len(limits)},
    )
    return table


def _check(limits: Sequence[NewLimit], due_days: int, lapse_days: int | None, note: str) -> None:
    if not limits:
        raise ValidationError(_("Name at least one role: without a limit nobody could approve."))
    roles = [row.role.pk for row in limits]
    twice = next((row.role for row in limits if roles.count(row.role.pk) > 1), None)
    if twice:
        raise ValidationError(_("The role %(role)s stands twice; give it one row.") % {"role": twice})
    if sorted({row.level for row in limits}) != list(range(1, len({row.level for row in limits}) + 1)):
        raise ValidationError(_("Number the levels 1, 2, 3 … without a hole: an overdue request rises one by one."))
    if due_days < 1 or (lapse_days is not None and lapse_days < due_days):
        raise ValidationError(_("Give at least one working day, and let requests expire only after they are due."))
    if not note.strip():
        raise ValidationError({"note": _("Say why the limits change; auditors will ask.")})


@transaction.atomic
def load_presets() -> None:
    """Bring in the limits that ship with the product; a kind that has a table keeps its own."""
    roles = {role.code: role for role in Role.objects.all()}
    for row in yaml.safe_load(_PRESETS.read_text()):
        if not LimitTable.objects.filter(kind=row["kind"]).exists():
            _load(row, roles)


def _load(row: dict[str, Any], roles: dict[str, Role]) -> None:
    table = LimitTable.objects.create(
        kind=row["kind"],
        number=1,
        valid_from=_BEGINNING,
        due_days=row["due_days"],
        lapse_days=row.get("lapse_days"),
        note=row["note"],
        set_at=datetime.combine(_BEGINNING, datetime.min.time(), SHANGHAI),
    )
    Limit.objects.bulk_create(
        Limit(table=table, **{**limit, "role": roles[limit["role"]]})
        for limit in row["limits"]
        if limit["role"] in roles
    )
