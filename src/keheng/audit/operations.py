"""The one way into the trail."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

import pgtrigger
from django.db import connection, models

from keheng.audit import context
from keheng.audit.enums import Outcome
from keheng.audit.models import Entry


class Actor(Protocol):
    """Whoever acts: a member of staff or the system account."""

    @property
    def pk(self) -> Any: ...
    @property
    def name(self) -> Any: ...


def record(
    action: str,
    *,
    actor: Actor | None,
    at: datetime,
    target: models.Model | None = None,
    reason: str = "",
    outcome: Outcome = Outcome.DONE,
    detail: dict[str, Any] | None = None,
) -> Entry:
    """Append one entry, in the caller's transaction.

    Args:
        action: ``module.verb``, named for people by :func:`keheng.audit.actions.declare`.
        actor: ``None`` for somebody unknown, such as a failed sign-in.
        target: the record acted on; bulk work names its run or batch.
        detail: JSON values only, and no personal data in the clear; ``{"changes": changes.apply(…)}`` for edits.
    """
    return Entry.objects.create(
        at=at,
        actor_id=actor.pk if actor else None,
        actor_name=actor.name if actor else "",
        action=action,
        outcome=outcome,
        target_type=target._meta.label_lower if target else "",
        target_id=target.pk if target else None,
        target_label=str(target)[:120] if target else "",
        reason=reason,
        address=context.address(),
        detail=detail or {},
    )


def forget(target_type: str, target_ids: Sequence[int]) -> int:
    """Take out of the trail what tells who the records were, in the caller's transaction; what was done stays.

    The one exception to "append-only", for people whose data are erased by law (PIPL 47): names, changed values and
    free words go; act, actor, time and record number stay. Return how many entries it touched.
    """
    with pgtrigger.ignore(f"{Entry._meta.label}:append_only"), connection.cursor() as cursor:
        cursor.execute(
            f"update {Entry._meta.db_table} set target_label = '', reason = '', detail = detail - 'changes' - 'value'"
            " where target_type = %s and target_id = any(%s)",
            [target_type, list(target_ids)],
        )
        return int(cursor.rowcount)
