"""The quick log: a contact in a few keys (A4; less than 30 seconds)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.care.enums.contacts import Channel, Direction
from keheng.care.policies.quick_log import keyed
from keheng.care.queries.rules import outcome_rules
from keheng.customers.models import Customer


class KeyedRadios(forms.RadioSelect):
    """Choices as chips, each with the key that chooses it (``care/log.js``)."""

    template_name = "care/log/radios.html"

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        keys = dict(keyed([str(value) for value, _label in self.choices]))
        option["key"] = keys.get(str(option["value"]), "")
        return option


class QuickLogForm(forms.Form):
    """Who, how, with what result, and what comes next."""

    customer = forms.ModelChoiceField(
        Customer.objects.none(),
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Choose the customer first."),
            "invalid_choice": _("This customer lies outside your scope."),
        },
    )
    task = forms.IntegerField(required=False, widget=forms.HiddenInput)
    channel = forms.ChoiceField(
        label=_("How?"),
        choices=Channel.choices,
        widget=KeyedRadios,
        error_messages={"required": _("Choose how you talked.")},
    )
    outcome = forms.ChoiceField(
        label=_("With what result?"), widget=KeyedRadios, error_messages={"required": _("Choose the result.")}
    )
    incoming = forms.BooleanField(label=_("The customer came to us"), required=False)
    note = forms.CharField(
        label=pgettext_lazy("of a contact", "Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    next_step = forms.CharField(label=_("Next step"), required=False, max_length=120)
    next_on = forms.DateField(label=_("Next date"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, customers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcomes: Any = self.fields["outcome"]
        outcomes.choices = [(one.code, one.name) for one in outcome_rules().rules.outcomes if one.active]
        customer: Any = self.fields["customer"]
        customer.queryset = customers

    def values(self) -> dict[str, Any]:
        """The arguments of the operation but for the task."""
        told = dict(self.cleaned_data)
        told.pop("task")
        told["direction"] = Direction.IN if told.pop("incoming") else Direction.OUT
        return told
