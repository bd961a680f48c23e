"""Words of the lists of potential customers (A1 潜力客户, A4)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PotentialSource(models.TextChoices):
    """Where the names of a list come from (A1 潜力客户; A4 名单制 over five sources, payroll drives)."""

    RULE = "rule", _("Rule over the archives")
    TELLER = "teller", _("Collected at the counter")
    COAL = "coal", _("Coal consolidation")
    LISTED = "listed", _("Executives of listed companies")
    OWNERS = "owners", _("Owners of small and private companies")
    CUSTODY = "custody", _("Custody")
    DEVELOPERS = "developers", _("Property developers")
    PAYROLL = "payroll", _("Payroll companies")
    OTHER = "other", _("Another source")


class PotentialState(models.TextChoices):
    """How far a potential customer has come."""

    NEW = "new", pgettext_lazy("potential customer", "New")
    CONTACTED = "contacted", _("Contacted")
    CUSTOMER = "customer", _("Became a customer")
    DECLINED = "declined", pgettext_lazy("potential customer", "Declined")
