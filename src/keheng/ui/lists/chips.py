"""Filters as chips: what each is set to in words, how to remove it, how many rows each choice would leave."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _

from keheng.common import clock
from keheng.ui.lists.filters import parameter_names
from keheng.ui.lists.parts import Chip, Option, Panel
from keheng.ui.lists.state import SEARCH, ListState

_HIDDEN = "****"
_TOLD = 2  # choices that a chip names; of more it gives the number


def chips(filterset: Any, state: ListState, usual: Sequence[str] = ()) -> tuple[list[Chip], list[Chip]]:
    """One chip for each filter but the search box: those in the row, the lit ones first, and those behind "more".

    Quiet ones show only while they are lit.

    Args:
        usual: the filters that stand in the row also when they are not lit, in this order; none: all.
    """
    names = [name for name in filterset.labels() if name != SEARCH]
    first = {name: place for place, name in enumerate(usual or names)}
    made = [_chip(filterset, name, state) for name in sorted(names, key=lambda name: first.get(name, len(first)))]
    made = [chip for chip in made if chip.active or chip.name not in filterset.quiet]
    row = [chip for chip in made if chip.active or chip.name in first]
    return sorted(row, key=lambda chip: not chip.active), [chip for chip in made if chip not in row]


def panel(filterset: Any, name: str, facet: Mapping[Any, int] | None) -> Panel:
    """The controls of one filter, with the rows that each choice has where the list counts them."""
    field = filterset.form[name]
    multiple = isinstance(field.field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField)
    return Panel(name, field, list(_options(field, facet, multiple=multiple)), multiple)


def search_field(filterset: Any) -> forms.BoundField | None:
    """The search box of the list, where it has one."""
    if filterset is None or SEARCH not in filterset.filters:
        return None
    field: forms.BoundField = filterset.form[SEARCH]
    return field


def in_words(filterset: Any, *, for_trail: bool = False) -> str:
    """All active filters in one line, for the watermark of an export.

    Args:
        for_trail: without what was searched for, which may be a name or a number of somebody.
    """
    cleaned = getattr(filterset.form, "cleaned_data", {})
    shown = {name: _text(filterset, name, value) for name, value in cleaned.items()}
    if for_trail and shown.get(SEARCH):
        shown[SEARCH] = _HIDDEN
    told = ((filterset.form[name].label, text) for name, text in shown.items())
    return "; ".join(f"{label}: {text}" for label, text in told if text)


def problems(filterset: Any) -> list[str]:
    """What could not be read, one sentence a filter."""
    return [
        _("“%(field)s” was left out: %(reason)s")
        % {"field": filterset.form[name].label, "reason": " ".join(str(error) for error in errors)}
        for name, errors in filterset.form.errors.items()
        if name in filterset.form.fields
    ]


def _chip(filterset: Any, name: str, state: ListState) -> Chip:
    if name not in filterset.filters:
        return Chip(name, str(filterset.labels()[name]), text="", remove_url="", given=())
    field = filterset.form[name]
    names = parameter_names(field)
    text = _text(filterset, name, filterset.form.cleaned_data.get(name))
    return Chip(
        name=name,
        label=str(field.label),
        text=text,
        remove_url=state.url(drop=tuple(names)) if text else "",
        given=[(part, value) for part in names for value in state.parameters.getlist(part)],
    )


def _options(field: forms.BoundField, facet: Mapping[Any, int] | None, *, multiple: bool) -> Iterator[Option]:
    choices = getattr(field.field, "choices", None)
    if choices is None:
        return
    given = field.value() or []
    chosen = {str(value) for value in (given if multiple else [given])}
    counts = None if facet is None else {str(value): count for value, count in facet.items()}
    for value, label in _flat(choices):
        key = str(value)
        if key:
            yield Option(key, str(label), key in chosen, None if counts is None else counts.get(key, 0))


def _flat(choices: Any) -> Iterator[tuple[Any, Any]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield value, label


def _text(filterset: Any, name: str, value: Any) -> str:
    """A filter's value in words; empty when the filter is not set."""
    if value is None or value == "" or (not isinstance(value, bool | int | slice) and not value):
        return ""
    if isinstance(value, slice):
        return _range(value, getattr(filterset.filters[name], "words", _bound))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    values = [value] if isinstance(value, str) or not hasattr(value, "__iter__") else list(value)
    if isinstance(values[0], Model):
        told = [str(item) for item in values]
    else:
        labels = {str(key): str(label) for key, label in _flat(getattr(filterset.form.fields[name], "choices", []))}
        told = [labels.get(str(item), str(item)) for item in values]
    if len(told) > _TOLD:
        return _("%(first)s and %(n)d more") % {"first": told[0], "n": len(told) - 1}
    return "、".join(told)


def _range(value: slice, words: Any) -> str:
    low, high = value.start, value.stop
    if low is not None and high is not None:
        return f"{words(low)} – {words(high)}"
    if low is not None:
        return f"≥ {words(low)}"
    return f"≤ {words(high)}" if high is not None else ""


def _bound(bound: Any) -> str:
    if isinstance(bound, datetime):
        return f"{bound.astimezone(clock.SHANGHAI):%Y-%m-%d}"
    if isinstance(bound, date):
        return f"{bound:%Y-%m-%d}"
    return f"{bound:,}"
