"""What planners keep: queues, targets, events, contracts, shifts, teams, agents, profiles."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.db import models, transaction

from keheng.audit import operations as audit
from keheng.org.models import Staff
from keheng.workforce import permissions
from keheng.workforce.models import Contract, Profile, Shift

_PRESETS = Path(__file__).parents[1] / "presets"


@transaction.atomic
def save[M: models.Model](*, record: M, related: Mapping[str, Any] | None = None, actor: Staff, at: datetime) -> M:
    """Keep a record of the library, new or changed.

    Args:
        related: what its many-to-many fields hold.

    Raises:
        ValidationError: by field.
        PermissionDenied: the actor may not plan.
    """
    permissions.check_plan(actor)
    record.full_clean()
    record.save()
    for field, values in (related or {}).items():
        getattr(record, field).set(values)
    audit.record("workforce.save", actor=actor, at=at, target=record)
    return record


@transaction.atomic
def remove(*, record: models.Model, actor: Staff, at: datetime) -> None:
    """Remove an event, a fixed assignment: what nothing else rests on."""
    permissions.check_plan(actor)
    audit.record("workforce.remove", actor=actor, at=at, target=record)
    record.delete()


def load_presets() -> None:
    """Bring in profiles, contracts and shifts that ship with the product; what exists stays as people edited it."""
    rows: dict[str, list[dict[str, Any]]] = yaml.safe_load((_PRESETS / "library.yaml").read_text())
    kinds: dict[str, type[models.Model]] = {"profiles": Profile, "contracts": Contract, "shifts": Shift}
    for name, model in kinds.items():
        known = set(model._default_manager.values_list("code", flat=True))
        model._default_manager.bulk_create(model(**row) for row in rows[name] if row["code"] not in known)
