"""Setting the fields of a record and saying, for the trail, what changed."""

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
        field = record._meta.get_field(name)
        before = getattr(record, name)
        if before == value:
            continue
        setattr(record, name, value)
        hidden = isinstance(field, EncryptedTextField)
        changes[name] = [_told(field, before, hidden=hidden), _told(field, value, hidden=hidden)]
    return changes


def _told(field: Any, value: Any, *, hidden: bool) -> str | None:
    if value is None or value == "":
        return None
    if hidden:
        return _HIDDEN
    choices = dict(field.flatchoices) if getattr(field, "choices", None) else {}
    return str(getattr(value, "value", value) if value in choices else value)
