"""How one customer wants to be cared for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keheng.care.enums.contacts import ExtraCare
from keheng.care.models import CareProfile
from keheng.care.operations.profile import FIELDS

_WIDGETS: dict[str, type[forms.Widget] | forms.Widget] = {
    "wedding_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    "hours_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    "hours_to": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    "strategy": forms.Textarea(attrs={"rows": 4, "data-wide": ""}),
}


class ProfileForm(forms.Form):
    """The fields of the profile; the operation decides, and its refusals land beside them."""

    def __init__(self, data: Any = None, *, profile: CareProfile | None) -> None:
        super().__init__(data)
        self.fields.update(forms.fields_for_model(CareProfile, FIELDS, widgets=_WIDGETS))
        self.fields["extra_care"] = forms.MultipleChoiceField(
            label=_("Extra care"),
            choices=ExtraCare,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        for name in FIELDS:
            self.fields[name].initial = getattr(profile, name) if profile else self.fields[name].initial
