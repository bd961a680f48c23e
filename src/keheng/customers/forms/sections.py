"""Forms of one section of an archive, made from the catalogue; sealed values are never shown: empty leaves them."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from keheng.customers.archive.catalogue import ArchiveField
from keheng.customers.enums import (
    AssessmentChannel,
    ContactKind,
    CustomerKind,
    CustomType,
    IdentityKind,
    Industry,
    ReviewOutcome,
    Source,
    WealthContent,
    WealthManner,
)
from keheng.customers.forms.dossier import SeenMixin
from keheng.customers.models import ContactPoint
from keheng.customers.operations import Difference
from keheng.customers.policies.custom import LONGEST
from keheng.customers.policies.risk import Definition
from keheng.customers.queries.archive import Archive, mark_of
from keheng.customers.values.masks import masked_contact

TELLERS = [choice for choice in Source.choices if choice[0] != Source.FEED]
_NONE = ("", "—")
_MINE, _THEIRS = "mine", "theirs"


def _date() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class SectionForm(forms.Form):
    """The fields of a section with what the editor saw of them.

    ``seen`` travels with the form: marks of the values shown, so that the operation can tell whose change is whose.
    """

    seen = forms.CharField(widget=forms.HiddenInput)
    source = forms.ChoiceField(label=_("According to"), choices=TELLERS)

    def __init__(
        self, data: Any = None, *, archive: Archive, fields: list[ArchiveField], source: Source = Source.MANAGER
    ) -> None:
        self.shown = fields
        initial = {field.code: archive.value(field.code) for field in self.shown if not field.is_sealed}
        seen = {field.code: mark_of(archive.encoded(field.code)) for field in self.shown}
        super().__init__(data, initial={**initial, "seen": json.dumps(seen), "source": source})
        for field in self.shown:
            self.fields[field.code] = _input(field, archive)
        self.differences: list[Difference] = []

    @property
    def bound(self) -> list[forms.BoundField]:
        """The inputs in the order of the section."""
        return [self[field.code] for field in self.shown]

    def clean_seen(self) -> dict[str, str]:
        try:
            seen = json.loads(self.cleaned_data["seen"])
        except ValueError as error:
            raise forms.ValidationError(gettext("The form is damaged. Load the page again.")) from error
        return {str(code): str(mark) for code, mark in seen.items()} if isinstance(seen, dict) else {}

    def facts(self) -> dict[str, Any]:
        """What the editor says; without sealed values left empty and without what they leave to the other editor."""
        return {
            field.code: self.cleaned_data[field.code]
            for field in self.shown
            if not (field.is_sealed and not self.cleaned_data[field.code])
            and self.data.get(f"choose-{field.code}") != _THEIRS
        }

    def contest(self, differences: list[Difference], present: Mapping[str, str]) -> None:
        """Show the editor what somebody else has written meanwhile, and let them choose."""
        self.differences = differences
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # as posted
        data["seen"] = json.dumps({**self.cleaned_data["seen"], **present})
        self.data = data


class ContactForm(SeenMixin):
    """A contact point: a new one, or the value and the use of a known one."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ContactKind)
    value = forms.CharField(label=_("Value"), max_length=200)
    is_primary = forms.BooleanField(label=_("First choice of its kind"), required=False, initial=True)
    preferred_time = forms.CharField(
        label=_("Preferred contact times"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"list": "contact-times"}),
    )
    told_by = forms.ChoiceField(label=_("According to"), choices=TELLERS)

    times = (
        _("Working days, mornings"),
        _("Working days, noon"),
        _("Working days, afternoons"),
        _("Working days, evenings"),
        _("Weekends"),
        _("By appointment only"),
    )

    def __init__(
        self, *args: Any, point: ContactPoint | None = None, kind: str = "", source: Source = Source.MANAGER
    ) -> None:
        super().__init__(*args)
        self.initial.update(told_by=source, kind=kind)
        if point:
            self.initial.update(is_primary=point.is_primary, preferred_time=point.preferred_time)
            self.read(point.updated_at)
            del self.fields["kind"]
            self.fields["value"].required = False
            self.fields["value"].help_text = gettext("Now %(mask)s; leave empty to keep it.") % {
                "mask": masked_contact(point)
            }

    def values(self) -> dict[str, Any]:
        """The arguments of the operation."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return {**values, "told_by": Source(values["told_by"])}


class RemoveContactForm(SeenMixin):
    reason = forms.CharField(label=_("Why it is removed"), max_length=100, widget=forms.TextInput({"data-wide": ""}))

    def __init__(self, *args: Any, point: ContactPoint) -> None:
        super().__init__(*args)
        self.read(point.updated_at)


class AssessmentForm(forms.Form):
    """A questionnaire to be filled in; answers are the places of the options."""

    taken_on = forms.DateField(label=_("Taken on"), widget=_date())
    channel = forms.ChoiceField(label=pgettext_lazy("risk assessment", "How"), choices=AssessmentChannel)

    def __init__(self, *args: Any, definition: Definition, english: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.definition = definition
        for number, asked in enumerate(definition.questions, 1):
            told = asked.text_en if english and asked.text_en else asked.text
            self.fields[asked.code] = forms.TypedChoiceField(
                label=f"{number}. {told}",
                coerce=int,
                widget=forms.RadioSelect,
                choices=[
                    (place, option.text_en if english and option.text_en else option.text)
                    for place, option in enumerate(asked.options)
                ],
                error_messages={"required": gettext("Choose one of the answers.")},
            )

    @property
    def questions(self) -> list[forms.BoundField]:
        """The questions in order."""
        return [self[asked.code] for asked in self.definition.questions]

    def answers(self) -> dict[str, int]:
        """What was chosen."""
        return {asked.code: self.cleaned_data[asked.code] for asked in self.definition.questions}


class AskForReviewForm(forms.Form):
    """What the customer, or a colleague, is to bring up to date."""

    note = forms.CharField(label=_("What is to be updated"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    at_counter = forms.BooleanField(
        label=_("Remind the customer at the counter"),
        required=False,
        initial=True,
        help_text=_("Tellers see it on the customer's page."),
    )


class CloseReviewForm(forms.Form):
    outcome = forms.ChoiceField(label=_("Result"), choices=ReviewOutcome)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


def _input(field: ArchiveField, archive: Archive) -> forms.Field:
    """The input of a field."""
    made = _custom(field) if field.custom else _builtin(field, archive)
    made.label = field.label
    made.required = field.code == "name" or (field.custom is not None and field.custom.is_required)
    if field.is_sealed and archive.text(field.code):
        made.help_text = gettext("Now %(mask)s; leave empty to keep it.") % {"mask": archive.text(field.code)}
    return made


def _custom(field: ArchiveField) -> forms.Field:
    definition = field.custom
    assert definition is not None
    choices = [(choice, choice) for choice in definition.choices]
    hint: dict[str, Any] = {"help_text": definition.hint}
    match CustomType(definition.type):
        case CustomType.NUMBER:
            return forms.DecimalField(**hint)
        case CustomType.DATE:
            return forms.DateField(widget=_date(), **hint)
        case CustomType.YES_NO:
            answers = [_NONE, ("true", pgettext_lazy("a fact", "Yes")), ("false", pgettext_lazy("a fact", "No"))]
            return _YesNo(choices=answers, coerce=lambda text: text == "true", empty_value=None, **hint)
        case CustomType.ONE:
            return forms.ChoiceField(choices=[_NONE, *choices], **hint)
        case CustomType.SEVERAL:
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **hint)
    return forms.CharField(max_length=LONGEST, **hint)


def _builtin(field: ArchiveField, archive: Archive) -> forms.Field:
    special = _SPECIAL.get(field.code)
    if special:
        return special(archive)
    column = field.column
    if field.is_sealed:
        return forms.CharField(max_length=40)
    if isinstance(column, ArrayField):
        return forms.MultipleChoiceField(choices=column.base_field.flatchoices, widget=forms.CheckboxSelectMultiple)
    if isinstance(column, models.DateField):
        return forms.DateField(widget=_date())
    if column.choices:
        return forms.ChoiceField(choices=[_NONE, *column.flatchoices])
    made = column.formfield()
    assert made is not None
    made.help_text = _("in CNY") if column.get_internal_type() == "MoneyField" else made.help_text
    return made


def _documents(archive: Archive) -> forms.Field:
    is_company = archive.customer.kind == CustomerKind.COMPANY
    usual = IdentityKind.CREDIT_CODE if is_company else IdentityKind.RESIDENT
    others = [choice for choice in IdentityKind.choices if choice[0] not in {"resident", "uscc"}]
    return forms.ChoiceField(choices=[_NONE, (usual.value, usual.label), *others])


def _service_need(_archive: Archive) -> forms.Field:
    choices = [("false", _("Accepts service")), ("true", _("Does not want to be disturbed"))]
    return _YesNo(choices=choices, coerce=lambda text: text == "true")


def _industry(archive: Archive) -> forms.Field:
    own = archive.value("industry")
    extra = [(own, own)] if own not in {"", *Industry.values} else []  # a feed's own word
    return forms.ChoiceField(choices=[_NONE, *Industry.choices, *extra])


def _needs(_archive: Archive) -> forms.Field:
    choices = [
        (f"{content}.{manner}", f"{content.label} · {manner.label}")
        for content in WealthContent
        for manner in WealthManner
    ]
    return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple)


class _YesNo(forms.TypedChoiceField):
    """A choice of two; shows a stored truth value as one of them."""

    def prepare_value(self, value: Any) -> Any:
        return {True: "true", False: "false"}.get(value, value)


_SPECIAL = {
    "id_kind": _documents,
    "do_not_disturb": _service_need,
    "industry": _industry,
    "wealth_needs": _needs,
}
