"""Checks of the contact log by the department (A4: daily supervision and periodic checks): sample, finding, answer."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keheng.care.enums.reports import CheckKind, CheckState
from keheng.care.models.contacts import Contact
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff


class LogCheckQuerySet(models.QuerySet["LogCheck"]):
    def visible_to(self, staff: Staff) -> "LogCheckQuerySet":
        """Those of the branches in scope; who sees own customers only, those with a contact of theirs."""
        match staff.scope:
            case DataScope.ALL:
                return self.all()
            case DataScope.SUBTREE:
                return self.filter(branch_id__in=staff.branch_ids)
            case _:
                return self.filter(pk__in=LogCheckItem.objects.filter(staff_id=staff.pk).values("check_run_id"))


class LogCheck(models.Model):
    """The contacts of one outlet and period that are looked at by one day. Closed when every item is."""

    kind = models.CharField(_("kind"), max_length=10, choices=CheckKind)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("outlet"))
    starts_on = models.DateField(_("contacts from"))
    ends_on = models.DateField(_("contacts until"))
    due_on = models.DateField(_("due on"))
    drawn_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("drawn by"))
    drawn_at = models.DateTimeField(_("drawn at"))
    closed_at = models.DateTimeField(_("closed at"), null=True)

    objects = LogCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("check of the contact log")
        ordering = ["-ends_on", "branch__path", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "branch", "starts_on", "ends_on"], name="care_check_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on"), due_on__gte=models.F("ends_on")),
                name="care_check_forward",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch.name} {self.ends_on:%Y-%m-%d}"

    def is_late(self, today: date) -> bool:
        return self.closed_at is None and self.due_on < today


class LogCheckItemQuerySet(models.QuerySet["LogCheckItem"]):
    def visible_to(self, staff: Staff) -> "LogCheckItemQuerySet":
        """Those of the checks in scope; who sees own customers only, those about themselves."""
        match staff.scope:
            case DataScope.ALL:
                return self.all()
            case DataScope.SUBTREE:
                return self.filter(check_run__branch_id__in=staff.branch_ids)
            case _:
                return self.filter(staff_id=staff.pk)


class LogCheckItem(models.Model):
    """One contact of a check: looked at, found wanting, answered by whoever wrote it, closed by the checker."""

    check_run = models.ForeignKey(LogCheck, models.CASCADE, related_name="items", verbose_name=_("check"))
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="+", verbose_name=_("contact"))
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("logged by"))
    state = models.CharField(_("state"), max_length=10, choices=CheckState, default=CheckState.OPEN)
    finding = models.CharField(_("what is wrong"), max_length=400, blank=True)
    answer_by = models.DateField(_("to be answered by"), null=True)
    answer = models.CharField(_("answer"), max_length=400, blank=True)
    checked_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", null=True, verbose_name=_("checked by"))
    checked_at = models.DateTimeField(_("checked at"), null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)

    objects = LogCheckItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact checked")
        ordering = ["check_run", "staff__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["check_run", "contact"], name="care_checked_once"),
            models.CheckConstraint(
                condition=~Q(state__in=[CheckState.FAULTY, CheckState.ANSWERED]) | ~Q(finding=""),
                name="care_check_fault_is_named",
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=models.F("staff")),
                name="care_checked_by_another",
            ),
        ]
        indexes = [models.Index(fields=["staff", "state"], name="care_check_items_of_staff")]

    def __str__(self) -> str:
        return f"{self.check_run_id} {self.contact_id}"
