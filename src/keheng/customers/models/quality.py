"""How good the data of the archive are: a score a customer, and what is wrong with whom.

Scores and findings are written by set-based SQL within a transaction that read the customers, so their keys carry no
constraint; ``keheng doctor`` counts strays. Both hold no personal value.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from keheng.customers.enums import FindingState, RuleTopic, Severity
from keheng.customers.models.customer import Customer
from keheng.customers.models.reach import own
from keheng.org.enums import DataScope
from keheng.org.models import Staff

RULES_HELP = _("0: those that ship with the product")


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


class ArchiveScore(models.Model):
    """How complete the archive of a customer is (A1 有效资料完备率): percent of the weights of its profile."""

    customer = models.OneToOneField(
        Customer, models.DO_NOTHING, primary_key=True, related_name="archive_score", db_constraint=False
    )
    score = models.PositiveSmallIntegerField(_("complete, percent"))
    missing = ArrayField(models.CharField(max_length=40), verbose_name=_("missing"), default=list)
    is_effective = models.BooleanField(_("effective customer"), default=True)
    rules = models.PositiveIntegerField(_("version of the rules"), help_text=RULES_HELP)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("completeness")
        constraints = [models.CheckConstraint(condition=models.Q(score__lte=100), name="customers_score_percent")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.score}"


class Finding(models.Model):
    """Something about a customer that cannot be right, by a rule of the topic ``validity`` or by a person's report."""

    customer = models.ForeignKey(
        Customer, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, verbose_name=_("customer")
    )
    rule = models.CharField(_("rule"), max_length=40, db_collation="C")
    severity = models.CharField(_("severity"), max_length=8, choices=Severity)
    contact = models.CharField(_("contact point"), max_length=8, blank=True, help_text=_("its kind"))
    amount = models.IntegerField(_("figure"), null=True, help_text=_("such as how many share a telephone"))
    state = models.CharField(_("state"), max_length=8, choices=FindingState, default=FindingState.OPEN)
    found_at = models.DateTimeField(_("found at"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=40, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        ordering = ["-found_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "rule", "contact"], name="customers_finding_once"),
        ]
        indexes = [models.Index(fields=["rule", "state"], name="customers_findings_of_rule")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.rule}"


class QualityRun(models.Model):
    """One refresh of a topic over all customers: what it looked at, what it found, how long it took."""

    topic = models.CharField(_("topic"), max_length=20, choices=RuleTopic)
    rules = models.PositiveIntegerField(_("version of the rules"), help_text=RULES_HELP)
    started_at = models.DateTimeField(_("started at"))
    seen_until = models.DateTimeField(_("changes seen until"), null=True)
    seconds = models.DecimalField(_("seconds"), max_digits=10, decimal_places=3, null=True)
    counted = models.BigIntegerField(_("customers looked at"), default=0)
    found = models.BigIntegerField(_("found"), default=0)

    class Meta:
        verbose_name = _("refresh of data quality")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.topic} {self.pk}"
