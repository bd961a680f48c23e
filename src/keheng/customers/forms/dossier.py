"""The forms of a company's dossier, one a section."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from keheng.common.masking import mask_phone
from keheng.customers.models import (
    CompanyGroup,
    Competitor,
    Cooperation,
    DossierEntry,
    GroupMember,
    HealthCheck,
    KeyContact,
    Project,
)


def day_input() -> forms.DateInput:
    """A date, as browsers ask for one."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class SeenMixin(forms.Form):
    """Carries the instant at which the entry was read, so that nobody overwrites what another has changed since.

    Once the second editor has been told what stands there now, the form carries the instant of that.
    """

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def read(self, changed_at: datetime) -> None:
        """Note when what the editor sees was written."""
        self.initial["seen"] = timezone.localtime(changed_at).isoformat()

    def add_error(self, field: Any, error: Any) -> None:
        super().add_error(field, error)
        if self.has_error(NON_FIELD_ERRORS, code="overtaken"):
            data: Any = self.data.copy()  # type: ignore[attr-defined]  # as posted
            data["seen"] = self.initial["seen"]
            self.data = data

    def seen_at(self) -> Any:
        """That instant, or nothing for a new entry."""
        text = self.cleaned_data.get("seen") or ""
        return parse_datetime(text) if text else None


class EntryForm(SeenMixin):
    """Fields of a model as a plain form: the operation decides, and its refusals land beside them."""

    model: ClassVar[type[DossierEntry]]
    names: ClassVar[tuple[str, ...]]
    wide: ClassVar[tuple[str, ...]] = ("note",)

    def __init__(self, *args: Any, entry: DossierEntry | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        made = forms.fields_for_model(self.model, self.names, widgets=self._widgets())
        self.fields.update(made)
        self.fields["note"].label = gettext("Remarks")
        for name in self.wide:
            self.fields[name].widget.attrs["data-wide"] = ""
        if entry is not None:
            self.initial.update({name: getattr(entry, name) for name in self.names})
            self.read(entry.changed_at)

    def values(self) -> dict[str, Any]:
        """The arguments of the operation."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}

    def _widgets(self) -> dict[str, type[forms.Widget] | forms.Widget]:
        fields = {name: self.model._meta.get_field(name) for name in self.names}
        return {name: day_input() for name, field in fields.items() if isinstance(field, models.DateField)}


class KeyContactForm(EntryForm):
    """The phone is sealed: its mask stands below the field, which stays empty unless it changes."""

    model = KeyContact
    names = ("name", "post", "decision_role", "birthday", "preference", "note")
    wide = ("preference", "note")

    phone = forms.CharField(label=_("Phone"), required=False, max_length=40)
    field_order = ("name", "post", "decision_role", "phone", "birthday", "preference", "note")

    def __init__(self, *args: Any, entry: DossierEntry | None = None, **kwargs: Any) -> None:
        super().__init__(*args, entry=entry, **kwargs)
        self.order_fields(self.field_order)
        self.fields["name"].label = gettext("Full name")
        if isinstance(entry, KeyContact) and entry.phone:
            told = gettext("Now %(mask)s; leave empty to keep it.") % {"mask": mask_phone(entry.phone)}
            self.fields["phone"].help_text = told

    def values(self) -> dict[str, Any]:
        values = super().values()
        if not values["phone"]:
            del values["phone"]
        return values


class CooperationForm(EntryForm):
    model = Cooperation
    names = ("state", "product", "starts_on", "ends_on", "amount", "margin", "likelihood", "note")


class CompetitorForm(EntryForm):
    model = Competitor
    names = ("institution", "share", "products", "since", "note")
    wide = ("products", "note")


class ProjectForm(EntryForm):
    model = Project
    names = ("name", "state", "place", "amount", "content", "starts_on", "accepted_on", "warranty_until",
             "next_check_on", "note")  # fmt: skip
    wide = ("content", "note")


class GroupMemberForm(EntryForm):
    """The group by name: a known one, or a new one."""

    model = GroupMember
    names = ("role", "share", "since", "note")

    group = forms.CharField(
        label=_("Company group"), max_length=120, widget=forms.TextInput(attrs={"list": "known-groups"})
    )
    field_order = ("group", "role", "share", "since", "note")

    def __init__(self, *args: Any, entry: DossierEntry | None = None, **kwargs: Any) -> None:
        super().__init__(*args, entry=entry, **kwargs)
        self.order_fields(self.field_order)
        self.fields["group"].widget.attrs["data-wide"] = ""
        if isinstance(entry, GroupMember):
            self.initial["group"] = entry.group.name

    def clean_group(self) -> str:
        name: str = self.cleaned_data["group"].strip()
        return name

    def known_groups(self) -> list[str]:
        """The names to choose from."""
        return list(CompanyGroup.objects.values_list("name", flat=True)[:200])


class HealthCheckForm(forms.Form):
    """A check in the health handbook."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = ("checked_on", "grade", "finding", "measures", "next_check_on")
        dates: dict[str, type[forms.Widget] | forms.Widget] = {
            "checked_on": day_input(),
            "next_check_on": day_input(),
        }
        self.fields.update(forms.fields_for_model(HealthCheck, names, widgets=dates))
        for name in ("finding", "measures"):
            self.fields[name].widget = forms.Textarea(attrs={"rows": 2, "maxlength": 300})
        self.fields["next_check_on"].help_text = gettext("Left empty, it follows from the grade.")


class RemoveForm(forms.Form):
    """Why an entry goes."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
