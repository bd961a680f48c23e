"""What every form that changes rules asks for."""

from django import forms
from django.utils.translation import gettext_lazy as _


def reason_field() -> forms.CharField:
    """Why the rules change, or where it is decided, as their history tells it."""
    return forms.CharField(label=_("Reason or source"), max_length=200, widget=forms.TextInput(attrs={"data-wide": ""}))
