"""What people fill in to open an archive in an emergency, and to judge that."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from keheng.customers.enums import Verdict


class EmergencyForm(forms.Form):
    """Whose archive (unless the page knows), for how long, and why."""

    who = forms.CharField(
        label=_("Customer number, document number or phone"),
        max_length=40,
        help_text=_("Exactly and whole. It is not kept: the trail records the archive, the time and the reason."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    minutes = forms.TypedChoiceField(label=_("For how long"), coerce=int)
    reason = forms.CharField(
        label=_("What is the emergency?"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The owner and the security officer read this at once; it is reviewed afterwards."),
    )

    def __init__(self, *args: Any, minutes: tuple[int, ...], knows_who: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(number, gettext("%(n)d minutes") % {"n": number}) for number in minutes]
        self.fields["minutes"].choices = choices  # type: ignore[attr-defined]
        if knows_who:
            del self.fields["who"]


class ReviewForm(forms.Form):
    verdict = forms.ChoiceField(label=_("Verdict"), choices=Verdict)
    remark = forms.CharField(
        label=_("Remark"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
