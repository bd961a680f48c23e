"""The form of a subscription."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keheng.org.models import Branch
from keheng.webhooks.kinds import declared


class SubscriptionForm(forms.Form):
    name = forms.CharField(label=_("Receiver"), max_length=60, help_text=_("Which program, in words"))
    url = forms.URLField(label=_("Address"), max_length=500, assume_scheme="https")
    kinds = forms.MultipleChoiceField(label=_("It is told when"), widget=forms.CheckboxSelectMultiple)
    branch = forms.ModelChoiceField(
        Branch.objects.none(), label=_("Only of this branch and below"), required=False, empty_label=_("all branches")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = list(declared().items())  # type: ignore[attr-defined]
        self.fields["branch"].queryset = Branch.objects.order_by("path")  # type: ignore[attr-defined]
