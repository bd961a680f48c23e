"""Customers who may be one and the same, and those who were made one."""

from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from keheng.customers.enums import PairState
from keheng.customers.models.customer import Customer
from keheng.customers.models.quality import QualityRun
from keheng.org.enums import DataScope
from keheng.org.models import Staff


class PairQuerySet(models.QuerySet["DuplicatePair"]):
    def visible_to(self, staff: Staff) -> "PairQuerySet":
        """Pairs of which the member of staff sees both customers: nobody learns of a stranger's customer here."""
        match staff.scope:
            case DataScope.ALL:
                return self.all()
            case DataScope.SUBTREE:
                branches = staff.branch_ids
                return self.filter(left__branch_id__in=branches, right__branch_id__in=branches)
            case _:
                return self.filter(left__owner_id=staff.pk, right__owner_id=staff.pk)


class DuplicatePair(models.Model):
    """Two customers who may be one, with a score from 0 to 100 and the keys they share.

    ``decided_*`` keep who said that they are not one: the next search leaves such a pair alone.
    """

    left = models.ForeignKey(
        Customer, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, verbose_name=_("customer")
    )
    right = models.ForeignKey(
        Customer, models.DO_NOTHING, related_name="+", db_constraint=False, verbose_name=_("other customer")
    )
    score = models.PositiveSmallIntegerField(_("score"))
    reasons = ArrayField(models.CharField(max_length=20), verbose_name=_("what they share"), default=list)
    against = ArrayField(models.CharField(max_length=20), verbose_name=_("what speaks against it"), default=list)
    state = models.CharField(_("state"), max_length=10, choices=PairState, default=PairState.OPEN)
    found_at = models.DateTimeField(_("found at"))
    decided_by = models.CharField(_("decided by"), max_length=40, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    note = models.CharField(_("reason"), max_length=200, blank=True)

    objects = PairQuerySet.as_manager()

    class Meta:
        verbose_name = _("possible duplicate")
        ordering = ["-score", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["left", "right"], name="customers_pair_once"),
            models.CheckConstraint(condition=Q(left__lt=F("right")), name="customers_pair_ordered"),
            models.CheckConstraint(condition=Q(score__lte=100), name="customers_pair_score"),
        ]
        indexes = [models.Index(fields=["state", "-score", "-id"], name="customers_pairs_by_score")]

    def __str__(self) -> str:
        return f"{self.left_id}–{self.right_id}"


class CrowdedKey(models.Model):
    """A key that too many customers share to be compared one with another, such as an agent's telephone (A1).

    Reported instead of enumerated: 500 customers of one telephone are 124,750 pairs that tell nothing.
    """

    run = models.ForeignKey(QualityRun, models.CASCADE, related_name="crowded", verbose_name=_("search"))
    block = models.CharField(_("key"), max_length=20)
    customers = models.PositiveIntegerField(_("customers"))
    sample = models.ForeignKey(
        Customer, models.DO_NOTHING, related_name="+", db_constraint=False, verbose_name=_("one of them")
    )

    class Meta:
        verbose_name = _("crowded key")
        ordering = ["-customers", "pk"]

    def __str__(self) -> str:
        return f"{self.block} {self.customers}"


class UnificationQuerySet(models.QuerySet["Unification"]):
    def visible_to(self, staff: Staff) -> "UnificationQuerySet":
        """The merges whose customer the member of staff sees, without their journals."""
        within = Customer.objects.visible_to(staff).order_by().values("pk")
        return self.filter(survivor__in=within).defer("journal")


class Unification(models.Model):
    """Two archives that were made one. ``journal`` holds every step, so that it can be taken back for 30 days.

    Sealed values stand in the journal as they stand in their tables: encrypted. It is emptied when the time is over.
    """

    UNDO = timedelta(days=30)

    survivor = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name=_("customer"))
    lost_id = models.BigIntegerField(_("key of the other archive"))
    lost_number = models.CharField(_("other customer number"), max_length=40, db_collation="C")
    reason = models.CharField(_("reason"), max_length=200)
    rows = models.PositiveIntegerField(_("rows moved"), default=0)
    journal = models.JSONField(_("journal"), default=list)
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("merged by"))
    made_at = models.DateTimeField(_("merged at"))
    undone_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", null=True, verbose_name=_("taken back by"))
    undone_at = models.DateTimeField(_("taken back at"), null=True)

    objects = UnificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge of duplicates")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None) | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="customers_undone_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"{self.lost_number} → {self.survivor_id}"

    @property
    def undo_until(self) -> datetime:
        return self.made_at + self.UNDO


class NumberAlias(models.Model):
    """A customer number that lives on after its archive went into another: search and feeds find it."""

    number = models.CharField(_("customer number"), max_length=40, primary_key=True, db_collation="C")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="number_aliases", verbose_name=_("customer"))
    unification = models.ForeignKey(Unification, models.CASCADE, related_name="+", verbose_name=_("merge"))

    class Meta:
        verbose_name = _("former customer number")
        ordering = ["number"]

    def __str__(self) -> str:
        return self.number
