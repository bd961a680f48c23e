"""What is known of persons beyond the facts of every customer, and the brokerage sheet."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keheng.common.fields import EncryptedTextField, MoneyField
from keheng.customers.enums import (
    Interest,
    Investment,
    Kinship,
    SpendingHabit,
    TradingHabit,
    TradingMode,
    TradingParty,
    WealthContent,
    WealthManner,
)
from keheng.customers.models.customer import Customer

WEALTH_NEEDS = tuple(f"{content}.{manner}" for content in WealthContent for manner in WealthManner)
"""Every content × manner of the wealth need, such as ``research.sms``."""


@pghistory.track(  # each row as it was, as of customers
    pghistory.UpdateEvent(level=pghistory.Statement, row=pghistory.Old),
    pghistory.DeleteEvent(level=pghistory.Statement),
    obj_field=pghistory.ObjForeignKey(related_name="+"),
)
class Person(models.Model):
    """The personal fields of A1 that no feed brings; a row only where something is known."""

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="person")
    native_place = models.CharField(_("native place"), max_length=60, blank=True)
    employer = models.CharField(_("employer"), max_length=120, blank=True)
    position = models.CharField(_("position"), max_length=60, blank=True)
    annual_income = MoneyField(_("annual income"), null=True, blank=True)
    interests = ArrayField(
        models.CharField(max_length=12, choices=Interest), verbose_name=_("interests"), default=list, blank=True
    )
    other_interests = models.CharField(_("other interests"), max_length=120, blank=True)
    spending_habit = models.CharField(_("spending habit"), max_length=12, choices=SpendingHabit, blank=True)
    emergency_name = models.CharField(_("emergency contact"), max_length=60, blank=True)
    emergency_kinship = models.CharField(_("relation to the customer"), max_length=10, choices=Kinship, blank=True)
    emergency_phone = EncryptedTextField(
        _("telephone of the emergency contact"), purpose="customers.emergency_phone", null=True, blank=True
    )

    class Meta:
        verbose_name = _("personal facts")
        constraints = [
            models.CheckConstraint(
                condition=Q(annual_income__isnull=True) | Q(annual_income__gte=0), name="customers_income_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(interests__contained_by=Interest.values), name="customers_interests_known"
            ),
        ]

    def __str__(self) -> str:
        return self.customer.name


@pghistory.track(  # each row as it was, as of customers
    pghistory.UpdateEvent(level=pghistory.Statement, row=pghistory.Old),
    pghistory.DeleteEvent(level=pghistory.Statement),
    obj_field=pghistory.ObjForeignKey(related_name="+"),
)
class Sheet(models.Model):
    """The brokerage sheet 客户扩展资料 (A1, 002); a row only where something is known.

    Two of its fields stand elsewhere and only once: the client class is the customer's tier, the service need
    (does not want to be disturbed, or accepts service) is ``Customer.do_not_disturb``.
    """

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="sheet")
    investments = ArrayField(
        models.CharField(max_length=10, choices=Investment),
        verbose_name=_("investment preference"),
        default=list,
        blank=True,
    )
    trading_habit = models.CharField(_("trading habit"), max_length=8, choices=TradingHabit, blank=True)
    wealth_needs = ArrayField(
        models.CharField(max_length=20),
        verbose_name=_("wealth need"),
        default=list,
        blank=True,
        help_text=_("content × manner"),
    )
    trading_mode = models.CharField(_("trading mode"), max_length=8, choices=TradingMode, blank=True)
    trading_party = models.CharField(_("trades as"), max_length=10, choices=TradingParty, blank=True, default="")
    commission_rate = models.DecimalField(
        _("commission in ‱"), max_digits=6, decimal_places=2, null=True, blank=True, help_text=_("per ten thousand")
    )
    commission_note = models.CharField(_("commission status"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("brokerage sheet")
        constraints = [
            models.CheckConstraint(
                condition=Q(commission_rate__isnull=True) | Q(commission_rate__range=(0, 100)),
                name="customers_commission_in_range",
            ),
            models.CheckConstraint(
                condition=Q(investments__contained_by=Investment.values), name="customers_investments_known"
            ),
            models.CheckConstraint(
                condition=Q(wealth_needs__contained_by=WEALTH_NEEDS),
                name="customers_wealth_needs_known",
            ),
        ]

    def __str__(self) -> str:
        return self.customer.name
