"""What people can, on their page; what customers need, in the tab of their owners."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from keheng.care.forms.skills import SkillsForm
from keheng.care.models import CustomerNeed, StaffSkill
from keheng.care.operations.skills import set_needs, set_skills
from keheng.care.permissions import ownership as permissions
from keheng.care.views.ownership.customer import OwnerSide
from keheng.org.acting import acting
from keheng.org.models import Staff
from keheng.ui.views import SideForm


class SetSkills(SideForm):
    """Languages, qualifications and exams of somebody."""

    permission = permissions.ASSIGN
    heading = _("What can this person do?")
    submit = _("Save")
    done = _("Saved; assignments by rule heed it at once.")

    def member(self) -> Staff:
        """Whose skills they are."""
        return get_object_or_404(Staff.objects.visible_to(acting(self.request)), pk=self.kwargs["pk"])

    def make_form(self, *data: Any) -> SkillsForm:
        held = StaffSkill.objects.filter(staff=self.member()).values_list("skill", flat=True)
        return SkillsForm(*data[:1], label=_("Languages, qualifications, exams passed"), held=held)

    def carry_out(self, form: Any, **given: Any) -> bool:
        set_skills(member=self.member(), skills=form.cleaned_data["skills"], **given)
        return True


class SetNeeds(OwnerSide):
    """What whoever looks after the customer should be able to do."""

    heading = _("What should the owner be able to do?")
    submit = _("Save")
    done = _("Saved; assignments by rule heed it at once.")

    def make_form(self, *data: Any) -> SkillsForm:
        held = CustomerNeed.objects.filter(customer=self.customer).values_list("skill", flat=True)
        return SkillsForm(*data[:1], label=_("Languages and qualifications"), held=held)

    def carry_out(self, form: Any, **given: Any) -> bool:
        set_needs(customer=self.customer, skills=form.cleaned_data["skills"], **given)
        return True
