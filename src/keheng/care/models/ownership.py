"""Who answers for a customer from when to when, and who acts while they are away (A3)."""

from datetime import date, datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.care.enums.ownership import Absence, Part, Source
from keheng.customers.models import Customer
from keheng.org.enums import DataScope
from keheng.org.models import Staff


class OwnershipQuerySet(models.QuerySet["Ownership"]):
    def current(self) -> "OwnershipQuerySet":
        """The periods that have not ended."""
        return self.filter(period__upper_inf=True)

    def owners(self) -> "OwnershipQuerySet":
        """The owners' periods, without those of parts beside the owner."""
        return self.filter(part=Part.OWNER)

    def on(self, at: datetime) -> "OwnershipQuerySet":
        """The periods that held at an instant."""
        return self.filter(period__contains=at)


class Ownership(models.Model):
    """One member of staff has one part in one customer for a time; ``period`` without an end: until further notice.

    ``Customer.owner`` is the copy of the current owner's period, written in the same transaction; ``keheng doctor``
    compares them. ``credit_to`` gets the income of the customer where that is not the owner (A3, customer's choice).
    """

    # Written for whole files and assignments from the very rows they point to, so the database does not check these
    # keys row by row; `keheng doctor` counts strays.
    customer = models.ForeignKey(
        Customer, models.DO_NOTHING, related_name="+", verbose_name=_("customer"), db_index=False, db_constraint=False
    )
    staff = models.ForeignKey(
        Staff,
        models.PROTECT,
        related_name="+",
        verbose_name=_("member of staff"),
        db_index=False,
        db_constraint=False,
    )
    part = models.CharField(_("part"), max_length=12, choices=Part, default=Part.OWNER, db_collation="C")
    period = DateTimeRangeField(_("period"))
    source = models.CharField(pgettext_lazy("ownership", "how"), max_length=12, choices=Source)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    credit_to = models.ForeignKey(
        Staff,
        models.PROTECT,
        related_name="+",
        verbose_name=_("income credited to"),
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
    )
    given_by = models.ForeignKey(
        Staff,
        models.PROTECT,
        related_name="+",
        verbose_name=_("recorded by"),
        null=True,
        db_index=False,
        db_constraint=False,
    )

    objects = OwnershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("ownership")
        ordering = ["-period", "part"]
        constraints = [
            ExclusionConstraint(
                name="care_ownership_one_at_a_time",
                expressions=[
                    ("customer", RangeOperators.EQUAL),
                    ("part", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=Q(period__isempty=False), name="care_ownership_has_length"),
            models.CheckConstraint(condition=Q(credit_to__isnull=True) | Q(part=Part.OWNER), name="care_owner_credits"),
        ]
        indexes = [
            models.Index(
                fields=["staff", "part", "customer"],
                condition=Q(period__upper_inf=True),
                name="care_ownership_of_staff",
            ),
            models.Index(
                fields=["customer", "part"], condition=Q(period__upper_inf=True), name="care_ownership_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.part} {self.staff_id}"


class CoverPeriodQuerySet(models.QuerySet["CoverPeriod"]):
    def on(self, day: date) -> "CoverPeriodQuerySet":
        """The absences of a day."""
        return self.filter(days__contains=day)

    def visible_to(self, staff: Staff) -> "CoverPeriodQuerySet":
        """One's own, those one stands in for, and those of people in scope; everybody's for head office."""
        if staff.scope == DataScope.ALL:
            return self.all()
        own = Q(staff=staff) | Q(cover=staff)
        if staff.scope == DataScope.SUBTREE:
            own |= Q(staff__branch_id__in=staff.branch_ids)
        return self.filter(own)


class CoverPeriod(models.Model):
    """Somebody is away on these days (the last not included) and ``cover`` acts for their customers meanwhile.

    Without ``cover`` nobody has been found yet: a gap, shown to whoever leads the outlet until somebody is named. The
    customers stay the absent person's: history and income are untouched.
    """

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("absence", "away"))
    cover = models.ForeignKey(
        Staff, models.PROTECT, related_name="+", verbose_name=_("covered by"), null=True, blank=True
    )
    days = DateRangeField(pgettext_lazy("absence", "days"))
    kind = models.CharField(_("kind"), max_length=12, choices=Absence, default=Absence.LEAVE)
    note = models.CharField(_("what to know"), max_length=300, blank=True)
    set_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("recorded by"))
    set_at = models.DateTimeField(pgettext_lazy("absence", "recorded at"))

    objects = CoverPeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("cover")
        ordering = ["days", "pk"]
        constraints = [
            ExclusionConstraint(
                name="care_cover_one_at_a_time",
                expressions=[("staff", RangeOperators.EQUAL), ("days", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(condition=~Q(staff=F("cover")), name="care_cover_by_another"),
            models.CheckConstraint(
                condition=Q(days__isempty=False, days__lower_inf=False, days__upper_inf=False),
                name="care_cover_has_ends",
            ),
        ]
        indexes = [models.Index(Func(F("days"), function="upper"), "cover", name="care_cover_until")]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.days}"
