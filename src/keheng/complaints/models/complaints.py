"""Complaints."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from keheng.common.fields import EncryptedTextField
from keheng.complaints.enums import Channel, Grade, Kind, Outcome, State
from keheng.complaints.models.causes import Cause
from keheng.complaints.models.rules import RuleVersion
from keheng.complaints.policies.flow import OPEN
from keheng.complaints.policies.rules import Path
from keheng.customers.models import Customer
from keheng.org.enums import DataScope
from keheng.org.models import Branch, ServiceCalendar, Staff
from keheng.portfolio.models import Product

_OPEN = sorted(OPEN)
_SCOPED = ["about_staff", "branch", "handler", "responsible", "registered_by"]
"""What decides who sees a complaint: indexes that lists are counted by carry it, so that no complaint is read."""


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    def visible_to(self, staff: Staff) -> "ComplaintQuerySet":
        """Those of the branches in scope, and what one handles, answers for or took in; never one about oneself.

        What the person complained about is told, they are told by the handling form, without the complainant's words.
        """
        others = self.exclude(about_staff=staff)
        if staff.scope == DataScope.ALL:
            return others
        own = Q(handler=staff) | Q(responsible=staff) | Q(registered_by=staff)
        if staff.scope == DataScope.SUBTREE:
            return others.filter(own | Q(branch_id__in=staff.branch_ids))
        return others.filter(own)

    def open(self) -> "ComplaintQuerySet":
        """Those for which somebody still has to do something."""
        return self.filter(state__in=_OPEN)


class Complaint(models.Model):
    """What somebody complains about. The customer may be unknown; the complainants stand in ``parties``.

    ``branch`` answers for the handling, ``about_branch`` and ``about_staff`` are complained about, and
    ``responsible_branch`` was found to be responsible. ``internal_due_at``, ``regulatory_due_at`` with their kinds and
    ``is_late_…`` are copies for lists, kept by the operations of clocks: of each set the clock that runs out next.
    """

    number = models.CharField(
        _("number of the complaint"), max_length=14, unique=True, db_collation="C", editable=False
    )
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="+", verbose_name=_("customer"))
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("branch"))
    calendar = models.ForeignKey(ServiceCalendar, models.PROTECT, related_name="+", verbose_name=_("service calendar"))
    internal_rules = models.ForeignKey(RuleVersion, models.PROTECT, related_name="+", verbose_name=_("internal rules"))
    regulatory_rules = models.ForeignKey(
        RuleVersion, models.PROTECT, related_name="+", verbose_name=_("regulatory rules")
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    external_number = models.CharField(
        _("number given by the sender"), max_length=60, blank=True, help_text=_("Of the regulator's transfer.")
    )
    state = models.CharField(
        pgettext_lazy("complaint", "state"), max_length=14, choices=State, default=State.REGISTERED
    )
    kind = models.CharField(_("kind of complaint"), max_length=12, choices=Kind, blank=True)
    cause = models.ForeignKey(
        Cause,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("complaint", "cause"),
        db_index=False,
    )
    grade = models.PositiveSmallIntegerField(_("grade"), choices=Grade, null=True)
    path = models.CharField(pgettext_lazy("complaint", "path"), max_length=10, blank=True)
    product = models.ForeignKey(Product, models.PROTECT, null=True, related_name="+", verbose_name=_("product"))
    suggested_cause = models.ForeignKey(
        Cause, models.PROTECT, null=True, related_name="+", verbose_name=_("suggested cause"), editable=False
    )
    suggested_share = models.PositiveSmallIntegerField(_("confidence, percent"), null=True, editable=False)
    statement = EncryptedTextField(_("what is complained about"), purpose="complaints.statement", null=True)
    wish = EncryptedTextField(_("what the complainant asks for"), purpose="complaints.wish", null=True, blank=True)
    happened_on = models.DateField(_("happened on"), null=True, blank=True)
    about_branch = models.ForeignKey(
        Branch, models.PROTECT, null=True, related_name="+", verbose_name=_("unit complained about")
    )
    about_staff = models.ForeignKey(
        Staff, models.PROTECT, null=True, related_name="+", verbose_name=_("person complained about")
    )
    is_joint = models.BooleanField(_("joint complaint"), default=False)
    joint_size = models.PositiveSmallIntegerField(_("how many complain jointly"), null=True, blank=True)
    is_repeat = models.BooleanField(_("complained before"), default=False, editable=False)
    read_back_at = models.DateTimeField(_("read back and confirmed"), null=True, editable=False)
    identity_by = models.CharField(_("identity checked by"), max_length=40, blank=True)
    registered_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("registered by"))
    received_at = models.DateTimeField(pgettext_lazy("complaint", "received at"))
    registered_at = models.DateTimeField(_("registered at"))
    acknowledged_at = models.DateTimeField(_("receipt confirmed at"), null=True, editable=False)
    handler = models.ForeignKey(
        Staff, models.PROTECT, null=True, related_name="+", verbose_name=pgettext_lazy("complaint", "handled by")
    )
    responsible_branch = models.ForeignKey(
        Branch, models.PROTECT, null=True, related_name="+", verbose_name=_("responsible unit")
    )
    responsible = models.ForeignKey(
        Staff, models.PROTECT, null=True, related_name="+", verbose_name=_("answers for the unit")
    )
    outcome = models.CharField(pgettext_lazy("complaint", "finding"), max_length=12, choices=Outcome, blank=True)
    finding = EncryptedTextField(_("what was found and done"), purpose="complaints.finding", null=True, blank=True)
    replied_at = models.DateTimeField(_("replied at"), null=True, editable=False)
    implemented_at = models.DateTimeField(_("carried out at"), null=True, editable=False)
    check_on = models.DateField(_("effect to be checked on"), null=True, editable=False)
    closed_at = models.DateTimeField(pgettext_lazy("complaint", "closed at"), null=True, editable=False)
    reopened = models.PositiveSmallIntegerField(_("reopened"), default=0, editable=False)
    joined_to = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="joined", verbose_name=_("joined to"), editable=False
    )
    internal_due_at = models.DateTimeField(_("internal limit"), null=True, editable=False)
    internal_due_kind = models.CharField(max_length=10, blank=True, editable=False)
    is_internal_late = models.BooleanField(_("over an internal limit"), default=False, editable=False)
    regulatory_due_at = models.DateTimeField(_("regulatory limit"), null=True, editable=False)
    regulatory_due_kind = models.CharField(max_length=10, blank=True, editable=False)
    is_regulatory_late = models.BooleanField(_("over a regulatory limit"), default=False, editable=False)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = _("complaint")
        ordering = ["-registered_at", "-id"]
        triggers: ClassVar = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state=State.JOINED, joined_to__isnull=False) | (~Q(state=State.JOINED) & Q(joined_to=None)),
                name="complaints_joined_to",
            ),
            models.CheckConstraint(condition=Q(joined_to=None) | ~Q(joined_to=F("id")), name="complaints_not_itself"),
            models.CheckConstraint(
                condition=Q(state__in=[State.REGISTERED, State.DECLINED, State.JOINED, State.WITHDRAWN])
                | (~Q(kind="") & ~Q(path="") & Q(cause__isnull=False, grade__isnull=False)),
                name="complaints_classified",
            ),
            models.CheckConstraint(
                condition=Q(about_staff=None) | (Q(handler=None) | ~Q(handler=F("about_staff"))),
                name="complaints_not_by_the_accused",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.CLOSED) | Q(closed_at__isnull=False), name="complaints_closed_at"
            ),
            models.CheckConstraint(condition=Q(joint_size=None) | Q(is_joint=True), name="complaints_joint_size"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["branch", "regulatory_due_at", "id"], condition=Q(state__in=_OPEN), name="complaints_queue"
            ),
            models.Index(
                fields=["regulatory_due_at", "id"],
                include=["internal_due_at", *_SCOPED],
                condition=Q(state__in=_OPEN),
                name="complaints_open",
            ),
            models.Index(
                fields=["internal_due_at", "id"], condition=Q(state__in=_OPEN), name="complaints_open_internal"
            ),
            models.Index(
                fields=["handler", "regulatory_due_at", "id"], condition=Q(state__in=_OPEN), name="complaints_in_hand"
            ),
            models.Index(
                fields=["state", "regulatory_due_at", "id"],
                include=_SCOPED,
                condition=Q(state__in=_OPEN),
                name="complaints_by_state",
            ),
            models.Index(fields=["customer", "-registered_at"], name="complaints_of_customer"),
            models.Index(fields=["branch", "-registered_at", "-id"], name="complaints_of_branch"),
            models.Index(fields=["-registered_at", "-id"], name="complaints_by_time"),
            models.Index(fields=["cause", "-registered_at"], name="complaints_by_cause"),
            models.Index(
                fields=["cause", "regulatory_due_at", "id"], include=_SCOPED, name="complaints_of_cause_by_due"
            ),
            models.Index(fields=["check_on"], condition=Q(state=State.VERIFYING), name="complaints_to_check"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("complaints:complaint", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def way(self) -> Path | None:
        """The path as the complaint's own version of the rules has it; none before the first review."""
        return self.internal_rules.rules.paths_by_code.get(self.path)

    @property
    def path_name(self) -> str:
        return self.way.told(get_language() or "") if self.way else ""


class DayNumber(models.Model):
    """The last number given on a day: ``TS260923`` → 417."""

    day = models.DateField(primary_key=True)
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"TS{self.day:%y%m%d}-{self.last:04d}"
