"""The one way into the trail."""

from datetime import datetime
from typing import Any, Protocol

from django.db import models

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
