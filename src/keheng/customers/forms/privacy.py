"""What people fill in at the desk for personal information."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keheng.customers.enums import (
    CaseKind,
    CaseState,
    ConsentHow,
    ContactKind,
    CustomerKind,
    FileForm,
    IdentityProof,
    RiskLevel,
)
from keheng.customers.models import Customer
from keheng.customers.operations.cases import CORRECTABLE
from keheng.customers.policies.consent import Basis, PrivacyRules

_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _long(rows: int = 2) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class ConsentForm(forms.Form):
    """One act: purpose, the channels that hold from now on (none: withdrawn), how, and the evidence."""

    purpose = forms.ChoiceField(label=_("Purpose"))
    channels = forms.MultipleChoiceField(
        label=_("Channels agreed to"), required=False, widget=forms.CheckboxSelectMultiple
    )
    how = forms.ChoiceField(label=_("How"), choices=ConsentHow)
    evidence = forms.CharField(
        label=_("Evidence"), required=False, max_length=80, help_text=_("Number of the form or recording.")
    )
    guardian = forms.CharField(label=_("Guardian"), required=False, max_length=60)

    def __init__(self, *args: Any, rules: PrivacyRules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = [(found.code, found.name) for found in rules.purposes if found.basis is Basis.CONSENT]
        self.fields["purpose"].choices = asked  # type: ignore[attr-defined]
        self.fields["channels"].choices = [(found.code, found.name) for found in rules.channels]  # type: ignore[attr-defined]
        self.fields["guardian"].help_text = _("Of a customer under %(age)d.") % {"age": rules.guardian_below}


class CaseForm(forms.Form):
    """A request as it comes in."""

    kind = forms.ChoiceField(label=_("Request"))
    proof = forms.ChoiceField(label=_("Identity shown by"), choices=IdentityProof)
    wish = forms.CharField(
        label=_("What is asked for"),
        required=False,
        max_length=300,
        widget=_long(3),
        help_text=_("Without numbers or other personal values."),
    )

    def __init__(self, *args: Any, customer: Customer | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [
            (code, label)
            for code, label in CaseKind.choices
            if code != CaseKind.DELETION or customer is None or customer.kind == CustomerKind.PERSON
        ]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        if customer is None:
            number = forms.CharField(label=_("Customer number"), max_length=40)
            self.fields = {"number": number, **self.fields}


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=[pair for pair in CaseState.choices if pair[0] != CaseState.OPEN]
    )
    answer = forms.CharField(label=_("Answer to the customer"), max_length=500, widget=_long(3))


class ExtendForm(forms.Form):
    reason = forms.CharField(label=_("Why the answer takes longer"), max_length=200)


class AllowForm(forms.Form):
    reason = forms.CharField(
        label=_("How the customer made it known"),
        max_length=300,
        help_text=_("Such as the number of the form or recording; without personal values."),
    )


class CopyForm(forms.Form):
    form = forms.ChoiceField(label=_("File format"), choices=FileForm)


class CorrectForm(forms.Form):
    """One field and its right value."""

    field = forms.ChoiceField(label=_("What is corrected"))
    value = forms.CharField(
        label=_("Right value"),
        max_length=200,
        help_text=_("A date as 1985-03-21."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        facts = [(name, Customer._meta.get_field(name).verbose_name) for name in CORRECTABLE]  # type: ignore[union-attr]
        self.fields["field"].choices = [*facts, *ContactKind.choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A date of birth is a date."""
        given = super().clean() or {}
        if given.get("field") == "birth_date" and given.get("value"):
            try:
                given["value"] = forms.DateField().to_python(given["value"])
            except forms.ValidationError as error:
                self.add_error("value", error)
        return given


class AssessmentForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=80)
    processing = forms.CharField(label=_("What is done with personal data"), max_length=500, widget=_long())
    necessity = forms.CharField(label=_("Purpose, lawfulness and necessity"), max_length=500, widget=_long())
    risks = forms.CharField(label=_("Effects on people and risks"), max_length=500, widget=_long())
    measures = forms.CharField(label=_("Measures of protection"), max_length=500, widget=_long())
    level = forms.ChoiceField(label=_("Remaining risk"), choices=RiskLevel)
    assessed_on = forms.DateField(label=_("Assessed on"), widget=_DATE)


class ExportForm(forms.Form):
    purpose = forms.CharField(
        label=_("What the file is for"),
        max_length=200,
        widget=_long(),
        help_text=_("Stands in the watermark of the file and in the trail."),
    )
    personal = forms.BooleanField(
        label=_("Document and phone numbers whole, as far as you may have each shown"), required=False
    )
