"""What people fill in about requests and limits. The operations decide; these only read."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.approvals.enums import Act
from keheng.approvals.operations import NewLimit
from keheng.approvals.policies import DECISIONS
from keheng.common.money import WAN
from keheng.org.enums import DataScope
from keheng.org.models import Role


class AnswerForm(forms.Form):
    """One answer with its reason."""

    outcome = forms.ChoiceField(choices=[(act.value, act.label) for act in DECISIONS], widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Opinion"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed to refuse or to return."),
    )

    def clean_outcome(self) -> Act:
        return Act(self.cleaned_data["outcome"])


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), required=False, max_length=300)


class LimitForm(forms.Form):
    """One row of the table of limits; without a role the row is left out."""

    level = forms.IntegerField(label=pgettext_lazy("approval limit", "Level"), min_value=1, max_value=9, required=False)
    role = forms.ModelChoiceField(
        Role.objects.exclude(code="system"), label=_("Role"), required=False, empty_label=_("no role")
    )
    max_amount = forms.DecimalField(
        label=_("Up to the amount (in 万)"), min_value=Decimal(0), max_digits=14, decimal_places=4, required=False
    )
    max_rank = forms.IntegerField(label=_("Up to the level of customer"), min_value=0, max_value=99, required=False)
    scope = forms.ChoiceField(
        label=_("Branches"), choices=[choice for choice in DataScope.choices if choice[0] != DataScope.OWN]
    )

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("role") and not self.cleaned_data.get("level"):
            self.add_error("level", _("Give the level: 1 decides first."))
        return self.cleaned_data

    def limit(self) -> NewLimit:
        """The row as the operation takes it."""
        given = self.cleaned_data
        amount = given["max_amount"]
        return NewLimit(
            level=given["level"],
            role=given["role"],
            max_amount=amount * WAN if amount is not None else None,
            max_rank=given["max_rank"],
            scope=DataScope(given["scope"]),
        )


class LimitTableForm(forms.Form):
    due_days = forms.IntegerField(label=_("Working days to decide"), min_value=1, max_value=60)
    lapse_days = forms.IntegerField(
        label=_("Working days until it expires"),
        min_value=1,
        max_value=250,
        required=False,
        help_text=_("Empty: never."),
    )
    note = forms.CharField(label=_("Why the limits change"), max_length=200)


LimitFormSet = forms.formset_factory(LimitForm, extra=2, max_num=20)
