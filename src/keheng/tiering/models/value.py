"""The two-way value matrix: versions of weights, facts that people or files feed, computations and scores."""

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.common.fields import MoneyField
from keheng.customers.models import Customer
from keheng.org.models import Staff
from keheng.tiering.enums import RunState
from keheng.tiering.models.standing import ScopedQuerySet
from keheng.tiering.policies.value import WeightTable


class ValueWeights(models.Model):
    """A version of the weights; once made it never changes, and scores name the one that made them."""

    number = models.PositiveIntegerField(_("version"), unique=True)
    definition = models.JSONField(_("definition"))
    note = models.CharField(_("what changes and why"), max_length=200)
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", null=True, verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made at"), null=True)

    class Meta:
        verbose_name = _("weights of the value matrix")
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"v{self.number}"

    @cached_property
    def table(self) -> WeightTable:
        return WeightTable.model_validate(self.definition)


class ValueFact(models.Model):
    """A value of an indicator that no feed brings; the newest by its date counts."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name=_("customer"))
    indicator = models.CharField(_("indicator"), max_length=30, db_collation="C")
    value = models.DecimalField(pgettext_lazy("indicator", "value"), max_digits=12, decimal_places=2)
    as_of = models.DateField(_("as of"))
    source = models.CharField(_("source"), max_length=120, blank=True)
    entered_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("entered by"))
    entered_at = models.DateTimeField(_("entered at"))

    class Meta:
        verbose_name = _("fact of the value matrix")
        constraints = [
            models.UniqueConstraint(fields=["customer", "indicator", "as_of"], name="tiering_fact_once_a_day"),
            models.CheckConstraint(condition=models.Q(value__gte=0), name="tiering_fact_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.indicator} {self.as_of}"


class ValueRun(models.Model):
    """One computation of all scores."""

    weights = models.ForeignKey(ValueWeights, models.PROTECT, related_name="+", verbose_name=_("weights"))
    as_of = models.DateField(_("as of"))
    actor = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("started by"))
    state = models.CharField(_("state"), max_length=8, choices=RunState, default=RunState.QUEUED)
    requested_at = models.DateTimeField(_("asked for at"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    customers = models.PositiveIntegerField(_("companies"), default=0)
    unscored = models.PositiveIntegerField(_("without a score"), default=0)
    known = models.JSONField(_("companies with a value, by indicator"), default=dict)
    failure = models.CharField(_("what went wrong"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("computation of the value matrix")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.pk} {self.as_of}"


class ValueScore(models.Model):
    """The two scores of a company and what they are made of.

    ``parts`` holds ``[value, percentile]`` by indicator, without the indicators that had no data; a cover is the share
    of the weight, in percent, that had data. Written by set, like standings, so the keys carry no constraint.
    """

    run = models.ForeignKey(
        ValueRun,
        models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("computation"),
    )
    customer = models.ForeignKey(
        Customer, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, verbose_name=_("customer")
    )
    layer = models.CharField(_("layer"), max_length=12, db_collation="C")
    type = models.CharField(_("company type"), max_length=40, db_collation="C")
    population = models.CharField(_("existing or target"), max_length=10, db_collation="C")
    to_customer = models.DecimalField(_("bank's value to the customer"), max_digits=5, decimal_places=1, null=True)
    to_bank = models.DecimalField(_("customer's value to the bank"), max_digits=5, decimal_places=1, null=True)
    cover_customer = models.DecimalField(_("weight with data"), max_digits=5, decimal_places=1)
    cover_bank = models.DecimalField(_("weight with data"), max_digits=5, decimal_places=1)
    aum = MoneyField(_("AUM"))
    revenue = MoneyField(_("revenue in 12 months"), null=True)
    parts = models.JSONField(_("parts"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("score of the value matrix")
        constraints = [models.UniqueConstraint(fields=["run", "customer"], name="tiering_score_once_a_run")]
        indexes = [models.Index(fields=["customer", "-run"], name="tiering_scores_of_customer")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.to_customer}/{self.to_bank}"
