"""The form that defines a field of the institution's own."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keheng.customers.archive.catalogue import SECTIONS
from keheng.customers.enums import CustomerKind, CustomType
from keheng.customers.models import CustomField


class CustomFieldForm(forms.Form):
    """All of a definition; of a known one, what may change."""

    label = forms.CharField(label=_("Name on pages"), max_length=40)
    code = forms.CharField(
        label=_("Code"), max_length=30, help_text=_("For the HTTP API; small letters, digits and _. It never changes.")
    )
    type = forms.ChoiceField(label=_("Type"), choices=CustomType)
    kind = forms.ChoiceField(
        label=_("For whom"), required=False, choices=[("", _("All customers")), *CustomerKind.choices]
    )
    section = forms.ChoiceField(label=_("Section"), choices=[(one.code, one.label) for one in SECTIONS], initial="more")
    order = forms.IntegerField(label=_("Order"), min_value=0, max_value=9999, initial=100)
    is_required = forms.BooleanField(label=_("Required when the section is saved"), required=False)
    choices = forms.CharField(
        label=_("Choices, one a line"), required=False, widget=forms.Textarea({"rows": 5, "data-wide": ""})
    )
    hint = forms.CharField(label=_("Hint"), max_length=120, required=False, widget=forms.TextInput({"data-wide": ""}))

    def __init__(self, *args: Any, field: CustomField | None = None) -> None:
        super().__init__(*args)
        if field:
            del self.fields["code"], self.fields["type"]
            self.initial = {name: getattr(field, name) for name in self.fields}
            self.initial["choices"] = "\n".join(field.choices)
            if not field.choices:
                del self.fields["choices"]

    def values(self) -> dict[str, Any]:
        """The arguments of the operation."""
        values = dict(self.cleaned_data)
        if "choices" in values:
            lines = (line.strip() for line in values["choices"].splitlines())
            values["choices"] = list(dict.fromkeys(line for line in lines if line))
        return values
