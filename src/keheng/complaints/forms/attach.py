"""Handing in a file."""

from django import forms
from django.utils.translation import gettext_lazy as _


class AttachForm(forms.Form):
    file = forms.FileField(label=_("File"))
    about = forms.CharField(label=_("what it is"), max_length=60, required=False)


class AuthorityForm(forms.Form):
    file = forms.FileField(label=_("File"), help_text=_("A photograph, a scan or a PDF."))
