"""The customer archive: persons, companies and their contact points."""

from typing import ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from keheng.common.fields import EncryptedTextField, MoneyField
from keheng.customers.enums import (
    Confidentiality,
    CustomerKind,
    CustomerStatus,
    IdentityKind,
    Sex,
)
from keheng.customers.models.emergency import opened_to
from keheng.customers.models.reach import own
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff


class Characters(models.Func):
    """The characters of a text as an array: a part of a company's name is found through them, however short it is."""

    function = "string_to_array"
    template = "%(function)s(%(expressions)s, null)"
    output_field = ArrayField(models.TextField())


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, staff: Staff) -> "CustomerQuerySet":
        """The customers that the scope of the member of staff lets them see, or an emergency (A15)."""
        if staff.scope == DataScope.ALL:
            return self.all()
        opened = opened_to(staff)
        return self.filter(_scope_of(staff) | Q(pk__in=opened)) if opened else self.in_scope_of(staff)

    def in_scope_of(self, staff: Staff) -> "CustomerQuerySet":
        """Those of them that are not only open for reading in an emergency: the ones for writes."""
        return self.all() if staff.scope == DataScope.ALL else self.filter(_scope_of(staff))


def _scope_of(staff: Staff) -> Q:
    if staff.scope == DataScope.SUBTREE:
        return Q(branch_id__in=staff.branch_ids)
    return own(staff)


class CustomerManager(models.Manager["Customer"]):
    """Leaves document numbers sealed: one is fetched and opened only when code asks a customer for it."""

    def get_queryset(self) -> CustomerQuerySet:
        return CustomerQuerySet(self.model, using=self._db).defer("id_number")

    def visible_to(self, staff: Staff) -> CustomerQuerySet:
        return self.get_queryset().visible_to(staff)

    def in_scope_of(self, staff: Staff) -> CustomerQuerySet:
        return self.get_queryset().in_scope_of(staff)


@pghistory.track(
    # The row as it was: with the next event, or the customer today, that tells what changed to what.
    pghistory.UpdateEvent(level=pghistory.Statement, row=pghistory.Old),
    pghistory.DeleteEvent(level=pghistory.Statement),
    exclude=["tier", "tier_rank", "aum", "updated_at"],
    obj_field=pghistory.ObjForeignKey(related_name="+"),
)
class Customer(models.Model):
    """One person or company.

    ``tier``, ``tier_rank`` and ``aum`` are copies for lists and search: ``tiering`` keeps the first two, ``portfolio``
    the last (the month average of assets, CNY), each in the transaction that changes the source. They and
    ``updated_at`` stay out of the history, which tells what people and feeds changed.
    """

    number = models.CharField(_("customer number"), max_length=40, db_collation="C")
    kind = models.CharField(_("kind"), max_length=8, choices=CustomerKind)
    status = models.CharField(_("status"), max_length=8, choices=CustomerStatus, default=CustomerStatus.ACTIVE)
    name = models.CharField(_("name"), max_length=120, db_collation="C")
    pinyin = models.CharField(_("pinyin"), max_length=400, db_collation="C", blank=True, editable=False)
    initials = models.CharField(_("initials"), max_length=120, db_collation="C", blank=True, editable=False)
    # Imports write these keys for whole files, from the very tables they point to: a check per row would take a third
    # of the time of a load. `keheng doctor` counts strays.
    branch = models.ForeignKey(
        Branch, models.PROTECT, related_name="+", verbose_name=_("branch"), db_index=False, db_constraint=False
    )
    owner = models.ForeignKey(
        Staff,
        models.PROTECT,
        related_name="+",
        verbose_name=_("relationship manager"),
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
    )
    id_kind = models.CharField(_("document"), max_length=8, choices=IdentityKind, blank=True)
    id_number = EncryptedTextField(_("document number"), purpose="customers.id_number", null=True, blank=True)
    id_index = models.BinaryField(null=True, editable=False)
    id_tail = models.IntegerField(null=True, editable=False)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex, blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    occupation = models.CharField(_("occupation"), max_length=60, blank=True)
    education = models.CharField(_("education"), max_length=30, blank=True)
    marital = models.CharField(_("marital status"), max_length=20, blank=True)
    confidentiality = models.PositiveSmallIntegerField(
        _("confidentiality"), choices=Confidentiality, default=Confidentiality.ORDINARY
    )
    do_not_disturb = models.BooleanField(_("do not disturb"), default=False)
    opened_on = models.DateField(_("customer since"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=40, blank=True, help_text=_("profile of the feed, or a person"))
    tier = models.CharField(_("tier"), max_length=12, blank=True, default="", db_collation="C", editable=False)
    tier_rank = models.SmallIntegerField(_("tier rank"), default=-1, editable=False)
    aum = MoneyField(_("AUM, month average"), default=0, editable=False)
    created_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)
    updated_at = models.DateTimeField(_("changed at"), db_default=Now(), editable=False)

    objects: ClassVar[CustomerManager] = CustomerManager()

    class Meta:
        verbose_name = _("customer")
        ordering = ["-aum", "-pk"]
        constraints = [models.UniqueConstraint(fields=["number"], name="customers_number")]
        # Every index is paid for by each imported row (3 to 6 µs), so there are few, and each serves several pages:
        # the included columns let the planner walk a list in order of AUM and filter without touching the table.
        indexes = [
            models.Index(fields=["-aum", "-id"], include=["branch", "tier"], name="customers_by_aum"),
            models.Index(fields=["branch", "-aum", "-id"], include=["tier"], name="customers_of_branch"),
            models.Index(fields=["owner", "-aum", "-id"], condition=Q(owner__isnull=False), name="customers_of_owner"),
            models.Index(
                fields=["tier", "-aum", "-id"], include=["branch"], condition=~Q(tier=""), name="customers_of_tier"
            ),
            models.Index(
                fields=["-aum", "-id"],
                include=["branch", "tier", "name"],
                condition=Q(kind=CustomerKind.COMPANY),
                name="customers_companies",
            ),
            GinIndex(Characters("name"), condition=Q(kind=CustomerKind.COMPANY), name="customers_company_characters"),
            models.Index(fields=["pinyin"], include=["name", "branch", "id", "aum"], name="customers_by_pinyin"),
            models.Index(fields=["initials"], include=["branch", "id", "aum"], name="customers_by_initials"),
            # The tail of a number is a prefix of the search for the whole number.
            models.Index(fields=["id_tail", "id_index"], condition=Q(id_tail__isnull=False), name="customers_by_id"),
        ]

    def __str__(self) -> str:
        return self.name
