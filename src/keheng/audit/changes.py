"""Setting the fields of a record and saying, for the trail, what changed."""

from enum import Enum
from typing import Any

from django.db import models

from keheng.common.fields import EncryptedTextField

type Changes = dict[str, list[str | None]]

_HIDDEN = "****"


def apply(record: models.Model, **values: Any) -> Changes:
    """Set fields of ``record`` (not saved yet) and return ``{field: [before, after]}`` of those that changed.

    Encrypted values are told apart but not told.
    """
    changes: Changes = {}
    for name, value in values.items():
        before = getattr(record, name, None)  # a required key that is not set yet is none
        if before == value:
            continue
        setattr(record, name, value)
        hidden = isinstance(record._meta.get_field(name), EncryptedTextField)
        changes[name] = [_told(before, hidden=hidden), _told(value, hidden=hidden)]
    return changes


def _told(value: Any, *, hidden: bool) -> str | None:
    if value in (None, "", []):
        return None
    if hidden:
        return _HIDDEN
    if isinstance(value, Enum):
        return str(value.value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
