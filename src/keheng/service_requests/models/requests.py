"""Requests of customers."""

from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from keheng.common.fields import EncryptedTextField
from keheng.common.working_calendar import WorkingCalendar
from keheng.customers.models import Customer
from keheng.org.enums import DataScope
from keheng.org.models import Branch, ServiceCalendar, Staff
from keheng.service_requests.enums import Channel, Stage, State
from keheng.service_requests.models.catalogue import CatalogueVersion
from keheng.service_requests.policies.catalogue import Business, Catalogue
from keheng.service_requests.policies.states import OPEN

if TYPE_CHECKING:
    from keheng.service_requests.models.clocks import RequestClock

_OPEN = sorted(OPEN)


class ServiceRequestQuerySet(models.QuerySet["ServiceRequest"]):
    def visible_to(self, staff: Staff) -> "ServiceRequestQuerySet":
        """Those of the branches in scope; everybody sees what they handle, took in, or their own customers ask for."""
        if staff.scope == DataScope.ALL:
            return self.all()
        own = Q(assignee=staff) | Q(opened_by=staff)
        if staff.scope == DataScope.SUBTREE:
            return self.filter(own | Q(branch_id__in=staff.branch_ids))
        return self.filter(own | Q(customer__owner_id=staff.pk))

    def open(self) -> "ServiceRequestQuerySet":
        """Those for which somebody still has to do something."""
        return self.filter(state__in=_OPEN)


class ServiceRequest(models.Model):
    """What a customer asks for. ``is_priority`` is as of the opening or the last recomputation (decision 13).

    ``due_at``, ``due_kind``, ``is_late`` and ``paused_at`` are copies for lists, kept by the operations of clocks: the
    clock that runs out next, and whether any limit has been passed.
    """

    number = models.CharField(_("number of the request"), max_length=12, unique=True, db_collation="C", editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", verbose_name=_("customer"))
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("branch"))
    calendar = models.ForeignKey(ServiceCalendar, models.PROTECT, related_name="+", verbose_name=_("service calendar"))
    version = models.ForeignKey(CatalogueVersion, models.PROTECT, related_name="+", verbose_name=_("catalogue"))
    business = models.CharField(_("business"), max_length=40)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    state = models.CharField(
        pgettext_lazy("service request", "state"), max_length=10, choices=State, default=State.WAITING
    )
    stage = models.CharField(_("step"), max_length=10, choices=Stage, default=Stage.RECEPTION)
    is_priority = models.BooleanField(_("priority"), default=False)
    subject = EncryptedTextField(
        _("what the customer wants"), purpose="service_requests.subject", null=True, blank=True
    )
    answers = EncryptedTextField(_("form"), purpose="service_requests.answers", null=True, blank=True)
    checked = ArrayField(models.CharField(max_length=40), verbose_name=_("checks done"), default=list, blank=True)
    opened_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("first asked"))
    opened_at = models.DateTimeField(_("opened at"))
    assignee = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", verbose_name=_("handled by"))
    due_at = models.DateTimeField(_("due at"), null=True, editable=False)
    due_kind = models.CharField(max_length=8, blank=True, editable=False)
    is_late = models.BooleanField(_("over the limit"), default=False, editable=False)
    paused_at = models.DateTimeField(null=True, editable=False)
    pause_reason = models.CharField(_("why it is paused"), max_length=40, blank=True, editable=False)
    pause_ends = models.DateTimeField(_("runs on at"), null=True, editable=False)
    resolved_at = models.DateTimeField(_("done at"), null=True, editable=False)
    resolution = EncryptedTextField(_("what was done"), purpose="service_requests.resolution", null=True, blank=True)
    reply = EncryptedTextField(_("reply to the customer"), purpose="service_requests.reply", null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)
    reopened = models.PositiveSmallIntegerField(_("reopened"), default=0, editable=False)
    rating = models.PositiveSmallIntegerField(_("rating"), null=True, editable=False)
    rating_note = EncryptedTextField(_("customer's words"), purpose="service_requests.rating", null=True, blank=True)
    rated_at = models.DateTimeField(_("rated at"), null=True, editable=False)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="children", verbose_name=_("part of"), editable=False
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", verbose_name=_("merged into"), editable=False
    )

    objects = ServiceRequestQuerySet.as_manager()

    held_hours: WorkingCalendar | None = None
    """The hours that its clocks run in, once an act has asked for them (``queries.hours``)."""
    held_clocks: "list[RequestClock] | None" = None
    """The running clocks, once an act on the locked request has asked for them (``operations.clocks``)."""

    class Meta:
        verbose_name = _("service request")
        ordering = ["-opened_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(rating=None) | Q(rating__range=(1, 5)), name="service_rating"),
            models.CheckConstraint(
                condition=Q(state=State.PAUSED, paused_at__isnull=False) | (~Q(state=State.PAUSED) & Q(paused_at=None)),
                name="service_paused_since",
            ),
            models.CheckConstraint(
                condition=Q(state=State.MERGED, merged_into__isnull=False)
                | (~Q(state=State.MERGED) & Q(merged_into=None)),
                name="service_merged_into",
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")) & ~Q(merged_into=F("id")), name="service_not_itself"),
            models.CheckConstraint(
                condition=Q(state=State.WAITING) | Q(assignee__isnull=False) | ~Q(state__in=_OPEN),
                name="service_in_hand_of_somebody",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["branch", "due_at", "id"], condition=Q(state__in=_OPEN), name="service_queue"),
            models.Index(fields=["due_at", "id"], condition=Q(state__in=_OPEN), name="service_open"),
            models.Index(fields=["assignee", "due_at", "id"], condition=Q(state__in=_OPEN), name="service_in_hand"),
            models.Index(fields=["state", "due_at", "id"], condition=Q(state__in=_OPEN), name="service_by_state"),
            models.Index(fields=["customer", "-opened_at"], name="service_of_customer"),
            models.Index(fields=["branch", "-opened_at", "-id"], name="service_of_branch"),
            models.Index(fields=["-opened_at", "-id"], name="service_by_opening"),
            models.Index(fields=["pause_ends"], condition=Q(pause_ends__isnull=False), name="service_paused"),
            models.Index(fields=["parent"], condition=Q(parent__isnull=False), name="service_children"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("service_requests:request", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def catalogue(self) -> Catalogue:
        """What the request's own version of the catalogue says; rows need not be joined with it."""
        return CatalogueVersion.kept(self.version_id).catalogue

    @property
    def about(self) -> Business:
        """The business as the request's own version of the catalogue has it."""
        return self.catalogue.businesses[self.business]

    @property
    def business_name(self) -> str:
        return self.about.told(get_language() or "")


class DayNumber(models.Model):
    """The last number given on a day: ``260923`` → 417."""

    day = models.DateField(primary_key=True)
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.day:%y%m%d}-{self.last:04d}"
