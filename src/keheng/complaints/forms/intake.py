"""The form of the intake: who, what, about whom, and how it was made sure."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.complaints.enums import Channel, IdentityCheck, PartyRole
from keheng.complaints.operations.intake import Complaining
from keheng.complaints.queries.people import accused
from keheng.org.models import Branch, Staff

REPRESENTATIVES = 5
"""How many lines the form has; how many count is a rule."""


class IntakeForm(forms.Form):
    """What is taken down while somebody complains. ``name-1`` … are further representatives of a joint complaint."""

    channel = forms.ChoiceField(label=pgettext_lazy("complaint", "channel"), choices=Channel, initial=Channel.PHONE)
    statement = forms.CharField(
        label=_("what is complained about"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": 4000}),
        help_text=_("In the complainant's words: when, where, who, what."),
    )
    wish = forms.CharField(
        label=_("what the complainant asks for"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 1000}),
    )
    about_branch = forms.ModelChoiceField(
        label=_("unit complained about"), queryset=Branch.objects.none(), required=False, empty_label="—"
    )
    about_staff = forms.ModelChoiceField(
        label=_("person complained about"), queryset=Staff.objects.none(), required=False, empty_label="—"
    )
    happened_on = forms.DateField(
        label=_("happened on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    external_number = forms.CharField(
        label=_("number given by the sender"),
        max_length=60,
        required=False,
        help_text=_("Of the regulator's transfer."),
    )
    role = forms.ChoiceField(label=_("complains as"), choices=PartyRole.choices[:3])
    authority_held = forms.BooleanField(label=_("the bank holds the authority already"), required=False)
    authority = forms.FileField(
        label=_("power of attorney"),
        required=False,
        help_text=_("A photograph, a scan or a PDF; it can be added later too."),
    )
    joint_size = forms.IntegerField(label=_("how many complain jointly"), required=False, min_value=2, max_value=9999)
    identity_by = forms.ChoiceField(label=_("identity checked by"), choices=IdentityCheck, required=False)
    read_back = forms.BooleanField(label=_("Read back, and confirmed by the complainant"), required=False)

    def __init__(self, *args: Any, actor: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about_branch"].queryset = Branch.objects.filter(is_active=True)  # type: ignore[attr-defined]
        self.fields["about_staff"].queryset = accused(actor)  # type: ignore[attr-defined]
        for place in range(REPRESENTATIVES):
            self.fields[f"name-{place}"] = forms.CharField(
                label=pgettext_lazy("complaint", "name"), max_length=120, required=False
            )
            self.fields[f"phone-{place}"] = forms.CharField(label=_("telephone"), max_length=40, required=False)
            self.fields[f"mail-{place}"] = forms.CharField(label=_("e-mail"), max_length=120, required=False)

    @property
    def first(self) -> list[forms.BoundField]:
        return [self["name-0"], self["phone-0"], self["mail-0"]]

    @property
    def others(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        return [(self[f"name-{n}"], self[f"phone-{n}"], self[f"mail-{n}"]) for n in range(1, REPRESENTATIVES)]

    def add_error(self, field: str | None, error: Any) -> None:
        """What the operation says of the complainants stands beside the first of them."""
        named = {"phone": "phone-0", "mail": "mail-0", "complaining": "name-0"}
        super().add_error(named.get(field or "", field), error)

    def values(self) -> dict[str, Any]:
        """The arguments of the operation."""
        given = dict(self.cleaned_data)
        role, held = PartyRole(given.pop("role")), given.pop("authority_held")
        people = []
        for place in range(REPRESENTATIVES):
            name, phone, mail = (given.pop(f"{part}-{place}") for part in ("name", "phone", "mail"))
            if name or phone or mail:
                people.append(Complaining(name, phone, mail, role, held))
        return {**given, "channel": Channel(given["channel"]), "complaining": people}
