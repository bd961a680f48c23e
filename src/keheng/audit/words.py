"""The trail in words: records by their kind, changes by the names of fields, details by their names."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _

from keheng.audit.actions import detail_name, name_of
from keheng.audit.models import Entry

_EMPTY = "—"


@dataclass(frozen=True)
class FieldChange:
    """One field of a changed record, before and after."""

    field: str
    before: str
    after: str


def action_of(entry: Entry) -> str:
    """What was done."""
    return name_of(entry.action)


def kind_name(target_type: str) -> str:
    """What kind of record a model's label names (``customers.customer`` → 客户)."""
    model = _model(target_type)
    return str(model._meta.verbose_name) if model else target_type


def kinds() -> list[tuple[str, str]]:
    """Every kind of record of this application with its name."""
    models = [model for model in apps.get_models() if model.__module__.startswith("keheng.")]
    named = [(model._meta.label_lower, str(model._meta.verbose_name)) for model in models]
    return sorted((label, name) for label, name in named if not label.endswith("event"))


def changes_of(entry: Entry) -> list[FieldChange]:
    """What an edit changed, by the names that the fields have on pages."""
    return [
        FieldChange(_field_name(entry, field), _value(entry, field, before), _value(entry, field, after))
        for field, (before, after) in fields_of(entry).items()
    ]


def fields_of(entry: Entry) -> dict[str, Any]:
    """The fields that an edit changed, with what was before and after; work on many rows tells only how many."""
    told = entry.detail.get("changes", {})
    return told if isinstance(told, dict) else {}


def details_of(entry: Entry) -> list[tuple[str, str]]:
    """The other details of an act: name and value."""
    others = {key: value for key, value in entry.detail.items() if key != "changes" or not fields_of(entry)}
    return [(detail_name(key), _plain(entry, key, value)) for key, value in others.items()]


def summary_of(entry: Entry) -> str:
    """All of it in one line."""
    told = [_("%(field)s: %(before)s → %(after)s") % change.__dict__ for change in changes_of(entry)]
    told += [f"{name}: {value}" for name, value in details_of(entry)]
    return "; ".join(told)


def _model(target_type: str) -> Any:
    try:
        return apps.get_model(target_type)
    except (LookupError, ValueError):
        return None


def _field(entry: Entry, name: str) -> Any:
    model = _model(entry.target_type)
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None


def _field_name(entry: Entry, name: str) -> str:
    field = _field(entry, name)
    return str(field.verbose_name) if field is not None and hasattr(field, "verbose_name") else detail_name(name)


def _value(entry: Entry, name: str, value: str | None) -> str:
    field = _field(entry, name)
    choices = {str(code): str(label) for code, label in getattr(field, "flatchoices", None) or []}
    words = {"True": _("yes"), "False": _("no"), None: _EMPTY}
    return choices.get(str(value)) or words.get(value) or str(value)


def _plain(entry: Entry, key: str, value: Any) -> str:
    """A detail's value: ``{"field": "mobile"}`` names a field, choices of the record's fields have labels."""
    if isinstance(value, list):
        return "、".join(map(str, value))
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if key == "field" and isinstance(value, str):
        return _field_name(entry, value)
    return _value(entry, key, None if value is None else str(value))
