"""Forms of protected customers: one, and a list."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keheng.customers.models import Customer
from keheng.org.models import Staff
from keheng.tiering.forms.corporate import PreviewedForm


def _until() -> forms.DateField:
    return forms.DateField(label=_("Protected until"), widget=forms.DateInput(attrs={"type": "date"}))


def _reason() -> forms.CharField:
    return forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class ProtectForm(forms.Form):
    """One customer by number, reason and date."""

    number = forms.CharField(label=_("Customer number"), max_length=40)
    reason = _reason()
    until = _until()

    def __init__(self, *args: Any, staff: Staff, number: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._staff = staff
        self.fields["number"].initial = number
        if number:
            self.fields["number"].widget.attrs["readonly"] = True

    def clean_number(self) -> str:
        """The customer must be one of the reader's scope."""
        number: str = self.cleaned_data["number"].strip()
        self.customer = Customer.objects.visible_to(self._staff).filter(number=number).first()
        if self.customer is None:
            raise forms.ValidationError(_("No customer of yours has the number %(number)s."), params={"number": number})
        return number


class ProtectUploadForm(PreviewedForm):
    """A list of customers, with one reason and date for all."""

    reason = _reason()
    until = _until()

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = f"{today.replace(month=12, day=31):%Y-%m-%d}"
