"""Forms of the contact log."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keheng.care.enums.contacts import Channel
from keheng.care.models import Contact
from keheng.care.queries.rules import outcome_rules


class CorrectForm(forms.Form):
    """A contact as it is logged, to be put right, with the reason."""

    channel = forms.ChoiceField(label=_("Channel"), choices=Channel.choices)
    outcome = forms.ChoiceField(label=_("Outcome"))
    note = forms.CharField(label=_("What was said"), required=False, widget=forms.Textarea(attrs={"rows": 4}))
    next_step = forms.CharField(label=_("Next step"), required=False, max_length=120)
    next_on = forms.DateField(label=_("Next date"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=_("Why is it corrected?"), max_length=200)

    def __init__(self, data: Any = None, *, contact: Contact) -> None:
        names = ("channel", "outcome", "note", "next_step", "next_on")
        super().__init__(data, initial={name: getattr(contact, name) for name in names})
        chosen = [(one.code, one.name) for one in outcome_rules().rules.outcomes]
        self.fields["outcome"].choices = chosen  # type: ignore[attr-defined]


class WithdrawForm(forms.Form):
    """Why a contact is taken out of the log."""

    reason = forms.CharField(label=_("Why is it withdrawn?"), max_length=200)
