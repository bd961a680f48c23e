"""Schemes and their versions, evaluations, where each customer stands, and every move.

Standings and moves are written by set-based SQL for every customer at once, within a transaction that read those
customers; a key constraint would check millions of rows one by one. So their keys carry none, as those of
``portfolio.CurrentFigures``; ``keheng doctor`` counts strays.
"""

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils.functional import cached_property
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from keheng.common.fields import MoneyField
from keheng.customers.models import Customer
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff
from keheng.tiering.enums import Direction, RunState, SchemeKind, VersionState
from keheng.tiering.policies.definition import Definition, Named


def in_language(named: "Named | Scheme") -> str:
    """The name of a thing of a scheme in the active language."""
    return named.name_en if named.name_en and (get_language() or "").startswith("en") else named.name


class Scheme(models.Model):
    """A way to sort customers. The primary scheme of a kind decides the tier that lists and pages show."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    kind = models.CharField(_("for"), max_length=8, choices=SchemeKind)
    is_primary = models.BooleanField(_("primary"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("tier scheme")
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(is_primary=True), name="tiering_one_primary_a_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(is_primary=False) | ~models.Q(kind=SchemeKind.ANY), name="tiering_primary_has_a_kind"
            ),
        ]

    def __str__(self) -> str:
        return in_language(self)


class SchemeVersion(models.Model):
    """The rules of a scheme from a date on. What was published never changes: results name it as their reason."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="versions", verbose_name=_("scheme"))
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=VersionState, default=VersionState.DRAFT)
    valid_from = models.DateField(_("valid from"))
    definition = models.JSONField(_("definition"))
    created_at = models.DateTimeField(_("created at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("scheme version")
        ordering = ["scheme", "-number"]
        constraints = [models.UniqueConstraint(fields=["scheme", "number"], name="tiering_version_once")]
        triggers = [
            pgtrigger.Protect(
                name="published_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__definition__df=pgtrigger.F("new__definition"))
                & ~pgtrigger.Q(old__state=VersionState.DRAFT.value),
            )
        ]

    def __str__(self) -> str:
        return f"{self.scheme.code} v{self.number}"

    @cached_property
    def rules(self) -> Definition:
        return Definition.model_validate(self.definition)


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


class ScopedQuerySet[M: models.Model](models.QuerySet[M]):
    """Rows about a customer: seen by whoever sees the customer."""

    def visible_to(self, staff: Staff) -> "ScopedQuerySet[M]":
        match staff.scope:
            case DataScope.ALL:
                return self.all()
            case DataScope.SUBTREE:
                return self.filter(customer__branch_id__in=staff.branch_ids)
            case _:
                return self.filter(customer__owner_id=staff.pk)


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


class TallyQuerySet(models.QuerySet["Tally"]):
    def visible_to(self, staff: Staff) -> "TallyQuerySet":
        """The branches of the scope. Who sees only their own customers sees no branch's tally."""
        match staff.scope:
            case DataScope.ALL:
                return self.all()
            case DataScope.SUBTREE:
                return self.filter(branch_id__in=staff.branch_ids)
            case _:
                return self.none()


class Tally(models.Model):
    """Customers and assets of a branch in a tier on the day of a run, and how many of them the run moved there.

    Pyramid and trend are sums of these, so that nobody's page counts customers.
    """

    run = models.ForeignKey(Run, models.CASCADE, related_name="tallies", db_index=False, verbose_name=_("evaluation"))
    branch = models.ForeignKey(Branch, models.CASCADE, related_name="+", db_index=False, verbose_name=_("branch"))
    tier = models.CharField(_("tier"), max_length=12, db_collation="C")
    customers = models.BigIntegerField(_("customers"))
    aum = models.DecimalField(_("AUM"), max_digits=22, decimal_places=2)
    new = models.BigIntegerField(_("new"), default=0)
    up = models.BigIntegerField(_("up"), default=0)
    down = models.BigIntegerField(_("down"), default=0)

    objects = TallyQuerySet.as_manager()

    class Meta:
        verbose_name = _("tally")
        constraints = [models.UniqueConstraint(fields=["run", "branch", "tier"], name="tiering_tally_once")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.branch_id} {self.tier}"
