"""Forms of the contact log and of the rules."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keheng.care.enums.contacts import Channel
from keheng.care.models import Contact
from keheng.care.policies.cadence import CadenceRule, Times
from keheng.care.policies.occasions import OccasionRule
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


class RuleForm(forms.Form):
    """What people change of one rule; the rest of it stays."""

    enabled = forms.BooleanField(label=_("In use"), required=False)
    urgency = forms.IntegerField(label=_("Urgency (0–100)"), min_value=0, max_value=100)
    reason = forms.CharField(label=_("Why does the rule change?"), max_length=200)

    def __init__(self, data: Any = None, *, rule: CadenceRule | OccasionRule) -> None:
        super().__init__(data, initial={"enabled": rule.enabled, "urgency": rule.urgency})
        if isinstance(rule, CadenceRule):
            if not isinstance(rule.times, Times):
                self.fields["times"] = forms.IntegerField(
                    label=_("Contacts in a period"), min_value=1, max_value=31, initial=rule.times
                )
        else:
            self.fields["days"] = forms.CharField(
                label=_("Days before, such as 30, 7, 1"), initial=", ".join(map(str, rule.days))
            )
            for name, label in (("aum_from", _("AUM from (CNY)")), ("aum_below", _("AUM below (CNY)"))):
                self.fields[name] = forms.DecimalField(
                    label=label, required=False, min_value=0, initial=getattr(rule, name)
                )
        self.order_fields([*[name for name in self.fields if name != "reason"], "reason"])

    def clean_days(self) -> list[int]:
        """The distances as numbers."""
        try:
            return [int(part) for part in self.cleaned_data["days"].replace("，", ",").split(",")]
        except ValueError as error:
            raise forms.ValidationError(_("Write whole days with commas between them, such as 30, 7, 1.")) from error

    def values(self) -> dict[str, Any]:
        """What the rule becomes."""
        return {
            name: str(value) if name.startswith("aum") and value is not None else value
            for name, value in self.cleaned_data.items()
            if name != "reason"
        }
