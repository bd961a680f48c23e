"""Inspections of archives: every Friday an outlet's sample, and irregular ones of the head office (A1, screen 14)."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from keheng.customers.enums import InspectionKind, ItemState
from keheng.customers.models.customer import Customer
from keheng.customers.models.quality import RULES_HELP, ScopedQuerySet
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff


class InspectionQuerySet(models.QuerySet["Inspection"]):
    def visible_to(self, staff: Staff) -> "InspectionQuerySet":
        """Those of the branches in scope; who sees own customers only, those with an own customer in them."""
        match staff.scope:
            case DataScope.ALL:
                return self.all()
            case DataScope.SUBTREE:
                return self.filter(branch_id__in=staff.branch_ids)
            case _:
                own = InspectionItem.objects.filter(owner_id=staff.pk)
                return self.filter(pk__in=own.values("inspection_id"))


class Inspection(models.Model):
    """The archives of one outlet that are looked at by one day. Closed when every item is."""

    kind = models.CharField(_("kind"), max_length=10, choices=InspectionKind)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("outlet"))
    title = models.CharField(_("title"), max_length=120)
    drawn_on = models.DateField(_("drawn on"))
    due_on = models.DateField(_("due on"))
    rules = models.PositiveIntegerField(_("version of the rules"), help_text=RULES_HELP)
    drawn_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("drawn by"))
    closed_at = models.DateTimeField(_("closed at"), null=True)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("inspection")
        ordering = ["-drawn_on", "branch__path", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["branch", "drawn_on"],
                condition=Q(kind=InspectionKind.WEEKLY),
                name="customers_one_weekly_inspection",
            ),
            models.CheckConstraint(condition=Q(due_on__gte=models.F("drawn_on")), name="customers_inspection_forward"),
        ]

    def __str__(self) -> str:
        if self.title:
            return self.title
        return gettext("%(branch)s, week of %(day)s") % {"branch": self.branch.name, "day": self.drawn_on.isoformat()}

    def is_overdue(self, today: date) -> bool:
        return self.closed_at is None and self.due_on < today


class InspectionItem(models.Model):
    """One archive of an inspection: looked at, found wrong, answered by its owner, closed by the inspector."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="items", verbose_name=_("inspection"))
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name=_("customer"))
    owner = models.ForeignKey(
        Staff, models.PROTECT, related_name="+", null=True, verbose_name=_("relationship manager")
    )
    score = models.PositiveSmallIntegerField(_("complete, percent"), null=True)
    state = models.CharField(_("state"), max_length=10, choices=ItemState, default=ItemState.OPEN)
    finding = models.CharField(_("what is wrong"), max_length=400, blank=True)
    fix_by = models.DateField(_("to be put right by"), null=True)
    answer = models.CharField(_("answer"), max_length=400, blank=True)
    inspected_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", null=True, verbose_name=_("inspector"))
    inspected_at = models.DateTimeField(_("inspected at"), null=True)
    answered_at = models.DateTimeField(_("answered at"), null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("archive inspected")
        ordering = ["inspection", "owner__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "customer"], name="customers_inspected_once"),
            models.CheckConstraint(
                condition=~Q(state__in=[ItemState.FAULTY, ItemState.ANSWERED]) | ~Q(finding=""),
                name="customers_fault_is_named",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "state"], name="customers_items_of_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.customer_id}"
