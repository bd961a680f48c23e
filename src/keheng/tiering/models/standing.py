"""Where each customer stands, and every move.

Standings and moves are written by set-based SQL for every customer at once, within a transaction that read those
customers; a key constraint would check millions of rows one by one. So their keys carry none, as those of
``portfolio.CurrentFigures``; ``keheng doctor`` counts strays.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.common.fields import MoneyField
from keheng.customers.models import Customer
from keheng.customers.models.reach import own
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff
from keheng.tiering.enums import Direction
from keheng.tiering.models.run import Run
from keheng.tiering.models.scheme import Scheme, SchemeVersion


class ScopedQuerySet[M: models.Model](models.QuerySet[M]):
    """Rows about a customer: seen by whoever sees the customer."""

    def visible_to(self, staff: Staff) -> "ScopedQuerySet[M]":
        match staff.scope:
            case DataScope.ALL:
                return self.all()
            case DataScope.SUBTREE:
                return self.filter(customer__branch_id__in=staff.branch_ids)
            case _:
                return self.filter(own(staff, "customer__"))


class Evidence(models.Model):
    """Why a customer was put into a tier: the metric, its value on the day, the limit it met, the door if any."""

    metric = models.CharField(_("metric"), max_length=40, blank=True)
    value = MoneyField(pgettext_lazy("evidence", "value"), null=True)
    threshold = MoneyField(_("limit"), null=True)
    door = models.CharField(_("door"), max_length=40, blank=True)
    version = models.ForeignKey(
        SchemeVersion,
        models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("version"),
    )

    class Meta:
        abstract = True


class Standing(Evidence):
    """The tier of a customer in a scheme, written when it changes: value and run are those that set it."""

    pk = models.CompositePrimaryKey("scheme_id", "customer_id")
    scheme = models.ForeignKey(
        Scheme, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, verbose_name=_("scheme")
    )
    customer = models.ForeignKey(
        Customer, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, verbose_name=_("customer")
    )
    tier = models.CharField(_("tier"), max_length=12, db_collation="C")
    rank = models.SmallIntegerField(_("rank"))
    since = models.DateField(_("since"))
    run = models.ForeignKey(
        Run, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, verbose_name=_("evaluation")
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("standing")

    def __str__(self) -> str:
        return f"{self.customer_id} {self.tier}"


class Move(Evidence):
    """A customer's way from one tier to another, with its evidence. ``branch`` is the branch on that day."""

    run = models.ForeignKey(
        Run, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, verbose_name=_("evaluation")
    )
    customer = models.ForeignKey(
        Customer, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, verbose_name=_("customer")
    )
    branch = models.ForeignKey(
        Branch, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, verbose_name=_("branch")
    )
    direction = models.CharField(_("direction"), max_length=4, choices=Direction)
    from_tier = models.CharField(_("from"), max_length=12, blank=True, db_collation="C")
    to_tier = models.CharField(_("to"), max_length=12, blank=True, db_collation="C")
    effective_on = models.DateField(_("effective on"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("move")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["run", "id"], name="tiering_moves_of_run"),
            models.Index(fields=["customer", "-id"], name="tiering_moves_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.from_tier}→{self.to_tier}"
