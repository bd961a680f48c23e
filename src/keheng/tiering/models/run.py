"""Evaluations and what they counted."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff
from keheng.tiering.enums import RunState
from keheng.tiering.models.scheme import Scheme, SchemeVersion


class Run(models.Model):
    """One evaluation of a scheme. A look back (``applied`` false) counts the tiers of a past date and moves nobody."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="runs", verbose_name=_("scheme"))
    version = models.ForeignKey(SchemeVersion, models.PROTECT, related_name="+", verbose_name=_("version"))
    as_of = models.DateField(pgettext_lazy("evaluation", "as of"))
    figures_of = models.DateField(_("month end of the figures"), null=True)
    actor = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("started by"))
    state = models.CharField(_("state"), max_length=8, choices=RunState, default=RunState.QUEUED)
    applied = models.BooleanField(_("applied"), default=False)
    requested_at = models.DateTimeField(_("asked for at"))
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    seconds = models.DecimalField(_("seconds"), max_digits=10, decimal_places=3, null=True)
    evaluated = models.BigIntegerField(_("customers evaluated"), default=0)
    new = models.BigIntegerField(_("new"), default=0)
    up = models.BigIntegerField(_("up"), default=0)
    down = models.BigIntegerField(_("down"), default=0)
    left = models.BigIntegerField(_("left"), default=0)
    waiting = models.BigIntegerField(_("waiting in grace"), default=0)
    proposed = models.BigIntegerField(_("proposed for approval"), default=0)
    distribution = models.JSONField(_("customers a tier"), default=dict)
    failure = models.CharField(_("failure"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("evaluation")
        ordering = ["-id"]
        indexes = [models.Index(fields=["scheme", "-as_of", "-id"], name="tiering_runs_of_scheme")]

    def __str__(self) -> str:
        return f"{self.scheme.code} {self.as_of}"

    @property
    def is_over(self) -> bool:
        return self.state in {RunState.DONE, RunState.FAILED}


class TallyQuerySet[M: models.Model](models.QuerySet[M]):
    """Sums by branch and relationship manager."""

    def visible_to(self, staff: Staff) -> "TallyQuerySet[M]":
        """The tallies of the customers that the scope of the member of staff lets them see."""
        match staff.scope:
            case DataScope.ALL:
                return self.all()
            case DataScope.SUBTREE:
                return self.filter(branch_id__in=staff.branch_ids)
            case _:
                return self.filter(owner_id=staff.pk)


class Tally(models.Model):
    """Customers and assets of a branch and a relationship manager in a tier on the day of a run, and how many of them
    the run moved there; without a manager, of those whom nobody looks after.

    Pyramid and trend are sums of these, so that nobody's page counts customers.
    """

    run = models.ForeignKey(Run, models.CASCADE, related_name="tallies", db_index=False, verbose_name=_("evaluation"))
    branch = models.ForeignKey(Branch, models.CASCADE, related_name="+", db_index=False, verbose_name=_("branch"))
    owner = models.ForeignKey(
        Staff,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        null=True,
        verbose_name=_("relationship manager"),
    )
    tier = models.CharField(_("tier"), max_length=12, db_collation="C")
    customers = models.BigIntegerField(_("customers"))
    aum = models.DecimalField(_("AUM"), max_digits=22, decimal_places=2)
    new = models.BigIntegerField(_("new"), default=0)
    up = models.BigIntegerField(_("up"), default=0)
    down = models.BigIntegerField(_("down"), default=0)

    objects = TallyQuerySet.as_manager()

    class Meta:
        verbose_name = _("tally")
        constraints = [
            models.UniqueConstraint(
                fields=["run", "branch", "owner", "tier"], nulls_distinct=False, name="tiering_tally_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.branch_id} {self.tier}"
