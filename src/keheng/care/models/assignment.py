"""Assignment by rule: versions of the rules, skills and needs, each run with its shares (A3)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.care.enums.ownership import RunState
from keheng.common.fields import MoneyField
from keheng.customers.models import Customer
from keheng.org.models import Staff
from keheng.versions.models import RulesByOne


class AssignmentVersion(RulesByOne):
    """A version of the assignment rules that people made."""

    number = models.PositiveIntegerField(_("version"), unique=True)

    class Meta(RulesByOne.Meta):
        verbose_name = _("version of the assignment rules")
        ordering = ["-number"]


class StaffSkill(models.Model):
    """Something a member of staff can: a language, a qualification on file (A3, A14)."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="+", verbose_name=_("member of staff"))
    skill = models.CharField(_("skill"), max_length=20, db_collation="C")

    class Meta:
        verbose_name = _("skill")
        constraints = [models.UniqueConstraint(fields=["staff", "skill"], name="care_skill_once")]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.skill}"


class CustomerNeed(models.Model):
    """A skill that whoever looks after the customer should have."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name=_("customer"))
    skill = models.CharField(_("skill"), max_length=20, db_collation="C")

    class Meta:
        verbose_name = _("need of a customer")
        constraints = [models.UniqueConstraint(fields=["customer", "skill"], name="care_need_once")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.skill}"


class AssignmentRunQuerySet(models.QuerySet["AssignmentRun"]):
    def visible_to(self, staff: Staff) -> "AssignmentRunQuerySet":
        """One's own runs, and those of people in scope."""
        return self.filter(Q(actor=staff) | Q(actor__in=Staff.objects.visible_to(staff)))


class AssignmentRun(models.Model):
    """A set of customers shared out by rule: looked at first, then carried out as one job.

    ``customer_ids`` is what was chosen; customers who have got an owner meanwhile are left alone.
    """

    state = models.CharField(_("state"), max_length=8, choices=RunState, default=RunState.PREVIEW)
    customer_ids = ArrayField(models.BigIntegerField(), verbose_name=_("customers"))
    rules = models.PositiveIntegerField(_("version of the rules"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    chosen = models.PositiveIntegerField(pgettext_lazy("assignment", "chosen"), default=0)
    placed = models.PositiveIntegerField(pgettext_lazy("assignment", "assigned"), default=0)
    unplaced = models.PositiveIntegerField(pgettext_lazy("assignment", "left over"), default=0)
    seconds = models.DecimalField(_("seconds"), max_digits=8, decimal_places=3, null=True)
    failure = models.CharField(_("failure"), max_length=300, blank=True)
    actor = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("assignment", "by"))
    made_at = models.DateTimeField(pgettext_lazy("assignment", "at"))
    done_at = models.DateTimeField(pgettext_lazy("assignment", "done at"), null=True)

    objects = AssignmentRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment by rule")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=RunState.DONE, done_at__isnull=False) | ~Q(state=RunState.DONE),
                name="care_run_done_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class AssignmentShare(models.Model):
    """What one person gets in a run; nobody: what is left over, and why."""

    run = models.ForeignKey(AssignmentRun, models.CASCADE, related_name="shares", verbose_name=_("run"))
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("member of staff"), null=True)
    why = models.CharField(_("why"), max_length=120, blank=True)
    before = models.PositiveIntegerField(pgettext_lazy("assignment", "customers before"), default=0)
    customers = models.PositiveIntegerField(_("customers"))
    aum = MoneyField(_("AUM"), default=0)
    capacity = models.PositiveIntegerField(_("capacity"), null=True)

    class Meta:
        verbose_name = _("share of an assignment")
        ordering = ["run", "-customers", "staff"]

    def __str__(self) -> str:
        return f"{self.run_id} {self.staff_id}"

    @property
    def after(self) -> int:
        return self.before + self.customers
