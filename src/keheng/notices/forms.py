"""What people choose about notices."""

from django import forms
from django.utils.translation import gettext_lazy as _

from keheng.notices import kinds


class ChoicesForm(forms.Form):
    """The kinds that a person wants to be told."""

    wanted = forms.MultipleChoiceField(
        label=_("Tell me when"),
        required=False,
        choices=lambda: list(kinds.declared().items()),
        widget=forms.CheckboxSelectMultiple,
    )

    def muted(self) -> list[str]:
        """What is not wanted."""
        return [code for code in kinds.declared() if code not in self.cleaned_data["wanted"]]
