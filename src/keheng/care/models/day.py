"""The evening summary with the plan of the next day (A4 工作日流程 7): drafted from the day's data, handed in."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keheng.care.enums.reports import DayState
from keheng.common.fields import EncryptedTextField
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff


class DayReportQuerySet(models.QuerySet["DayReport"]):
    def visible_to(self, staff: Staff) -> "DayReportQuerySet":
        """One's own, and what people of the branches in scope have handed in."""
        own = Q(staff_id=staff.pk)
        match staff.scope:
            case DataScope.ALL:
                return self.filter(own | ~Q(state=DayState.DRAFT))
            case DataScope.SUBTREE:
                return self.filter(own | (Q(branch_id__in=staff.branch_ids) & ~Q(state=DayState.DRAFT)))
            case _:
                return self.filter(own)


class DayReport(models.Model):
    """One person's day. The words are sealed: they name customers. ``figures`` are counts of that evening."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("staff"))
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("branch"))
    day = models.DateField(_("day"))
    figures = models.JSONField(_("figures"), default=dict)
    summary = EncryptedTextField(_("summary of the day"), purpose="care.day", null=True, blank=True)
    plan = EncryptedTextField(_("plan of the next day"), purpose="care.day", null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=DayState, default=DayState.DRAFT)
    handed_in_at = models.DateTimeField(_("handed in at"), null=True)
    read_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", null=True, verbose_name=_("read by"))
    read_at = models.DateTimeField(_("read at"), null=True)
    comment = models.CharField(_("comment"), max_length=400, blank=True)

    objects = DayReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("day report")
        ordering = ["-day", "staff__name"]
        constraints = [
            models.UniqueConstraint(fields=["staff", "day"], name="care_day_report_once"),
            models.CheckConstraint(
                condition=Q(state=DayState.DRAFT, handed_in_at__isnull=True)
                | (~Q(state=DayState.DRAFT) & Q(handed_in_at__isnull=False)),
                name="care_day_report_handed_in_when",
            ),
        ]
        indexes = [models.Index(fields=["branch", "-day"], name="care_day_reports_of_branch")]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.day:%Y-%m-%d}"
