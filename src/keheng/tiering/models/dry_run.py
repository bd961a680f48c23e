"""Dry runs: what a version would do, kept for those who decide about it."""

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.common.fields import MoneyField
from keheng.customers.models import Customer
from keheng.org.models import Branch, Staff
from keheng.tiering.enums import Direction, Fate, RunState
from keheng.tiering.models.run import TallyQuerySet
from keheng.tiering.models.scheme import Scheme, SchemeVersion
from keheng.tiering.models.standing import ScopedQuerySet
from keheng.tiering.policies.definition import Definition


class DryRun(models.Model):
    """One trial of a version as of a date. It moves nobody.

    ``definition`` is the version as it stood: a draft may change or be discarded while its dry run is still read.
    """

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="dry_runs", verbose_name=_("scheme"))
    version = models.ForeignKey(SchemeVersion, models.SET_NULL, null=True, related_name="+", verbose_name=_("version"))
    number = models.PositiveIntegerField(_("version"))
    revision = models.PositiveIntegerField(_("revision"))
    definition = models.JSONField(_("definition"))
    as_of = models.DateField(pgettext_lazy("evaluation", "as of"))
    figures_of = models.DateField(_("month end of the figures"), null=True)
    actor = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("started by"))
    state = models.CharField(_("state"), max_length=8, choices=RunState, default=RunState.QUEUED)
    requested_at = models.DateTimeField(_("asked for at"))
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    seconds = models.DecimalField(_("seconds"), max_digits=10, decimal_places=3, null=True)
    evaluated = models.BigIntegerField(_("customers evaluated"), default=0)
    new = models.BigIntegerField(_("new"), default=0)
    up = models.BigIntegerField(_("up"), default=0)
    down = models.BigIntegerField(_("down"), default=0)
    left = models.BigIntegerField(_("left"), default=0)
    failure = models.CharField(_("failure"), max_length=300, blank=True)
    kept_until = models.DateField(_("kept until"))

    class Meta:
        verbose_name = _("dry run")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.scheme.code} v{self.number} {self.as_of}"

    @property
    def is_over(self) -> bool:
        return self.state in {RunState.DONE, RunState.FAILED}

    @cached_property
    def rules(self) -> Definition:
        return Definition.model_validate(self.definition)


class DryRunCell(models.Model):
    """Customers and assets of a branch and an owner who would go from one tier to another, or stay."""

    dry_run = models.ForeignKey(DryRun, models.CASCADE, related_name="cells", verbose_name=_("dry run"))
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
    from_tier = models.CharField(_("from"), max_length=12, blank=True, db_collation="C")
    to_tier = models.CharField(_("to"), max_length=12, blank=True, db_collation="C")
    customers = models.BigIntegerField(_("customers"))
    aum = models.DecimalField(_("AUM"), max_digits=22, decimal_places=2)

    objects = TallyQuerySet.as_manager()

    class Meta:
        verbose_name = _("cell of a dry run")

    def __str__(self) -> str:
        return f"{self.dry_run_id} {self.from_tier}→{self.to_tier}"


class DryRunMove(models.Model):
    """A customer whom the rules put into another tier, with the evidence and what would happen.

    Written as one set, so its keys carry no constraint.
    """

    dry_run = models.ForeignKey(
        DryRun, models.CASCADE, related_name="moves", db_constraint=False, db_index=False, verbose_name=_("dry run")
    )
    customer = models.ForeignKey(
        Customer, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, verbose_name=_("customer")
    )
    direction = models.CharField(_("direction"), max_length=4, choices=Direction)
    from_tier = models.CharField(_("from"), max_length=12, blank=True, db_collation="C")
    to_tier = models.CharField(_("to"), max_length=12, blank=True, db_collation="C")
    aum = MoneyField(_("AUM"))
    metric = models.CharField(_("metric"), max_length=40, blank=True)
    value = MoneyField(pgettext_lazy("evidence", "value"), null=True)
    threshold = MoneyField(_("limit"), null=True)
    door = models.CharField(_("door"), max_length=40, blank=True)
    fate = models.CharField(pgettext_lazy("tier move", "what would happen"), max_length=9, choices=Fate)
    month_ends = models.PositiveSmallIntegerField(_("month ends so far"), default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("move of a dry run")
        ordering = ["-id"]
        indexes = [models.Index(fields=["dry_run", "id"], name="tiering_dry_run_moves")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.from_tier}→{self.to_tier}"
