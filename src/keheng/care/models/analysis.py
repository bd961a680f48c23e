"""The month group analysis 客户组月度运行情况分析 (A4 [002] 5.4: monthly, reviewed in the first five working days)."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keheng.care.enums.reports import AnalysisState
from keheng.common.fields import EncryptedTextField
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff

SECTIONS = ("funds", "trades", "holdings", "churn", "causes", "lessons", "ahead")


class MonthAnalysisQuerySet(models.QuerySet["MonthAnalysis"]):
    def visible_to(self, staff: Staff) -> "MonthAnalysisQuerySet":
        """One's own, and those of the people of the branches in scope."""
        match staff.scope:
            case DataScope.ALL:
                return self.all()
            case DataScope.SUBTREE:
                return self.filter(Q(staff_id=staff.pk) | Q(branch_id__in=staff.branch_ids))
            case _:
                return self.filter(staff_id=staff.pk)


class MonthAnalysis(models.Model):
    """What one person's customer group did in a month, and why. The words are sealed: they name customers.

    ``figures`` are those of the draft, kept from the moment it was handed in. ``write_by`` and ``review_by`` are
    working days of the branch's calendar.
    """

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("written by"))
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("branch"))
    month = models.DateField(_("month"), help_text=_("Its first day."))
    write_by = models.DateField(_("to be handed in by"))
    review_by = models.DateField(_("to be reviewed by"))
    figures = models.JSONField(_("figures"), default=dict)
    funds = EncryptedTextField(_("Movement of funds"), purpose="care.analysis", null=True, blank=True)
    trades = EncryptedTextField(_("Trading"), purpose="care.analysis", null=True, blank=True)
    holdings = EncryptedTextField(_("Changes of holdings"), purpose="care.analysis", null=True, blank=True)
    churn = EncryptedTextField(_("Customers lost and won"), purpose="care.analysis", null=True, blank=True)
    causes = EncryptedTextField(_("Causes"), purpose="care.analysis", null=True, blank=True)
    lessons = EncryptedTextField(_("What went well, what did not"), purpose="care.analysis", null=True, blank=True)
    ahead = EncryptedTextField(_("What changes next month"), purpose="care.analysis", null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=AnalysisState, default=AnalysisState.DRAFT)
    handed_in_at = models.DateTimeField(_("handed in at"), null=True)
    reviewed_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", null=True, verbose_name=_("reviewed by"))
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True)
    comment = models.CharField(_("comment"), max_length=400, blank=True)

    objects = MonthAnalysisQuerySet.as_manager()

    class Meta:
        verbose_name = _("month group analysis")
        ordering = ["-month", "branch__path", "staff__name"]
        constraints = [
            models.UniqueConstraint(fields=["staff", "month"], name="care_analysis_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="care_analysis_month_begins"),
            models.CheckConstraint(condition=Q(review_by__gte=models.F("write_by")), name="care_analysis_review_later"),
            models.CheckConstraint(
                condition=~Q(state=AnalysisState.RETURNED) | ~Q(comment=""), name="care_analysis_returned_why"
            ),
            models.CheckConstraint(
                condition=Q(state=AnalysisState.DRAFT) | Q(handed_in_at__isnull=False),
                name="care_analysis_handed_in_when",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=models.F("staff")),
                name="care_analysis_reviewed_by_another",
            ),
        ]
        indexes = [models.Index(fields=["branch", "-month"], name="care_analyses_of_branch")]

    def __str__(self) -> str:
        return f"{self.staff.name} {self.month:%Y-%m}"

    def is_late(self, today: date) -> bool:
        """Whether it should have been handed in, or reviewed, by now."""
        match self.state:
            case AnalysisState.APPROVED:
                return False
            case AnalysisState.HANDED_IN:
                return self.review_by < today
            case _:
                return self.write_by < today
