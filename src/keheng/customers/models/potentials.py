"""Potential customers 潜力客户 (A1, A4): lists of whom to win or to win more of, and how far each has come."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from keheng.common.fields import EncryptedTextField, MoneyField
from keheng.customers.enums import CustomerKind, PotentialSource, PotentialState
from keheng.customers.models.customer import Customer
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff


class PotentialList(models.Model):
    """One list with its source. Of source ``rule`` its members follow from the archives; others are uploaded."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    source = models.CharField(_("source"), max_length=12, choices=PotentialSource)
    rule = models.CharField(_("rule"), max_length=20, blank=True)
    parameters = models.JSONField(_("limits"), default=dict, blank=True)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("branch"))
    owner = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("kept by"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    made_at = models.DateTimeField(_("made at"))
    refreshed_at = models.DateTimeField(_("refreshed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("list of potential customers")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(source=PotentialSource.RULE) ^ Q(rule=""), name="customers_rule_of_rule_lists"
            )
        ]

    def __str__(self) -> str:
        return self.name


class PotentialQuerySet(models.QuerySet["Potential"]):
    def visible_to(self, staff: Staff) -> "PotentialQuerySet":
        """Those of the branches in scope, and one's own; of customers, only those that the scope shows."""
        if staff.scope == DataScope.ALL:
            return self.all()
        if staff.scope == DataScope.SUBTREE:
            return self.filter(Q(branch_id__in=staff.branch_ids) | Q(owner=staff))
        return self.filter(owner=staff)


class Potential(models.Model):
    """One of a list: a customer of ours, or somebody who is none yet."""

    list = models.ForeignKey(PotentialList, models.CASCADE, related_name="potentials", verbose_name=_("list"))
    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="+", null=True, blank=True, verbose_name=_("customer")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=CustomerKind, default=CustomerKind.PERSON)
    name = models.CharField(_("name"), max_length=120)
    phone = EncryptedTextField(_("telephone"), purpose="customers.potential_phone", null=True, blank=True)
    phone_index = models.BinaryField(null=True, editable=False)
    employer = models.CharField(_("employer"), max_length=120, blank=True)
    amount = MoneyField(_("expected amount"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("branch"))
    owner = models.ForeignKey(
        Staff, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("relationship manager")
    )
    state = models.CharField(_("state"), max_length=10, choices=PotentialState, default=PotentialState.NEW)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    added_at = models.DateTimeField(_("added at"))
    changed_at = models.DateTimeField(_("changed at"))

    objects: ClassVar = PotentialQuerySet.as_manager()

    class Meta:
        verbose_name = _("potential customer")
        ordering = ["-added_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["list", "customer"], condition=Q(customer__isnull=False), name="customers_potential_once"
            ),
            models.UniqueConstraint(
                fields=["list", "phone_index"], condition=Q(phone_index__isnull=False), name="customers_potential_phone"
            ),
            models.CheckConstraint(
                condition=~Q(state=PotentialState.CUSTOMER) | Q(customer__isnull=False),
                name="customers_potential_became_one",
            ),
        ]
        indexes = [models.Index(fields=["branch", "-added_at", "-id"], name="customers_potentials_of")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("archive:potential", args=[self.pk])
