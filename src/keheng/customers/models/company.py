"""What is known of companies."""

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from keheng.common.fields import MoneyField
from keheng.customers.enums import Industry
from keheng.customers.models.customer import Customer


@pghistory.track(  # each row as it was, as of customers
    pghistory.UpdateEvent(level=pghistory.Statement, row=pghistory.Old),
    pghistory.DeleteEvent(level=pghistory.Statement),
    obj_field=pghistory.ObjForeignKey(related_name="+"),
)
class Company(models.Model):
    """What is known of a customer that is a company (A2: type, size, strategic list)."""

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="company")
    industry = models.CharField(_("industry"), max_length=40, blank=True)
    is_borrower = models.BooleanField(_("has loans"), default=False)
    is_institution = models.BooleanField(_("institution"), default=False)
    is_strategic = models.BooleanField(_("on the strategic list"), default=False)
    annual_sales = MoneyField(_("annual sales"), null=True, blank=True)
    total_assets = MoneyField(_("total assets"), null=True, blank=True)
    credit_target = MoneyField(_("target credit"), null=True, blank=True)
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)

    class Meta:
        verbose_name = _("company")

    def __str__(self) -> str:
        return self.customer.name

    @property
    def industry_name(self) -> str:
        """The industry in words; a feed's own word stays as it is."""
        return str(dict(Industry.choices).get(self.industry, self.industry))
