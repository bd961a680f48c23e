"""Changing how one customer wants to be cared for, beside the tab 沟通记录."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from keheng.care.forms.profile import ProfileForm
from keheng.care.models import CareProfile
from keheng.care.operations.profile import change_profile
from keheng.care.permissions import contacts as permissions
from keheng.customers.models import Customer
from keheng.customers.views.parts import customer_of
from keheng.ui.views import SideForm


class ChangeProfile(SideForm):
    permission = permissions.LOG
    heading = _("How does the customer want to be cared for?")
    submit = _("Save")
    done = _("Saved. Plans follow from the next morning on.")
    note = _("Only what differs from the rules: empty fields leave the rules as they are.")

    @property
    def customer(self) -> Customer:
        """The customer of the address, within scope."""
        return customer_of(self.request, self.kwargs["pk"])

    def make_form(self, *data: Any) -> ProfileForm:
        return ProfileForm(*data[:1], profile=CareProfile.objects.filter(customer=self.customer).first())

    def carry_out(self, form: Any, **given: Any) -> CareProfile:
        return change_profile(customer=self.customer, values=form.cleaned_data, **given)
