"""Events for customers, their guests and costs, who is never invited, and the rules as versions (A4)."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.common.fields import EncryptedTextField, MoneyField
from keheng.customers.models import Customer
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff
from keheng.outreach.enums import CostItem, EventState, GuestState, InviteBy, KeptOutReason, SignedBy
from keheng.versions.models import RulesByOne


class RuleVersion(RulesByOne):
    """One version of the rules of events."""

    number = models.PositiveIntegerField(_("version"), unique=True)

    class Meta(RulesByOne.Meta):
        verbose_name = _("version of the rules of events")
        ordering = ["-number"]


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, staff: Staff) -> "EventQuerySet":
        """Those of the branches in scope, and those of the branches above one's own: one's customers may be invited."""
        if staff.scope == DataScope.ALL:
            return self.all()
        codes = staff.branch.path.rstrip("/").split("/")
        above = ["".join(f"{code}/" for code in codes[: place + 1]) for place in range(len(codes))]
        mine = Q(branch__path__in=above)
        if staff.scope == DataScope.SUBTREE:
            mine |= Q(branch__path__startswith=staff.branch.path)
        return self.filter(mine)

    def to_measure(self) -> "EventQuerySet":
        """Those that have been held."""
        return self.filter(state__in=[EventState.HELD, EventState.CLOSED])


class Event(models.Model):
    """One event. ``taken`` is how many seats confirmed guests hold; the database lets it never exceed ``capacity``.

    ``rules`` is the version of the rules it was planned under; ``measured_on`` the day on which what became of its
    guests was counted last.
    """

    number = models.CharField(_("number"), max_length=16, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=30, db_collation="C")
    rules = models.PositiveIntegerField(_("version of the rules"), editable=False)
    title = models.CharField(pgettext_lazy("of an event", "title"), max_length=80)
    about = models.TextField(_("what it is about"), max_length=1000, blank=True)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("branch"))
    venue = models.CharField(_("venue"), max_length=120)
    starts_at = models.DateTimeField(pgettext_lazy("customer event", "begins"))
    ends_at = models.DateTimeField(pgettext_lazy("of an event", "ends"))
    reply_by = models.DateField(_("answers until"))
    capacity = models.PositiveSmallIntegerField(_("seats"))
    taken = models.PositiveSmallIntegerField(_("seats taken"), default=0, db_default=0, editable=False)
    least_aum = MoneyField(_("assets at least"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=EventState, default=EventState.PLANNED)
    organiser = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("organiser"))
    made_at = models.DateTimeField(pgettext_lazy("customer event", "planned at"), editable=False)
    held_at = models.DateTimeField(_("finished at"), null=True, editable=False)
    closed_at = models.DateTimeField(_("settled at"), null=True, editable=False)
    cancelled_because = models.CharField(_("why cancelled"), max_length=200, blank=True)
    measured_on = models.DateField(_("counted on"), null=True, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer event")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="outreach_event_seats"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="outreach_event_forward"),
            models.CheckConstraint(
                condition=~Q(state=EventState.CANCELLED) | ~Q(cancelled_because=""), name="outreach_event_why"
            ),
        ]
        indexes = [models.Index(fields=["branch", "-starts_at"], name="outreach_events_of_branch")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("outreach:event", args=[self.pk])

    @property
    def free(self) -> int:
        """Seats that nobody holds."""
        return self.capacity - self.taken


class Cost(models.Model):
    """What an event is to cost, and has cost, for one thing."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="costs", verbose_name=_("customer event"))
    item = models.CharField(_("item"), max_length=10, choices=CostItem)
    note = models.CharField(_("note"), max_length=80, blank=True)
    planned = MoneyField(pgettext_lazy("cost", "planned"), default=Decimal(0))
    actual = MoneyField(pgettext_lazy("cost", "actual"), null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("customer event", "cost")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(planned__gte=0) & (Q(actual__isnull=True) | Q(actual__gte=0)), name="outreach_cost_positive"
            )
        ]

    def __str__(self) -> str:
        return str(self.get_item_display())


class GuestQuerySet(models.QuerySet["Guest"]):
    def visible_to(self, staff: Staff) -> "GuestQuerySet":
        """Those whom one invites oneself, and those of the customers in scope."""
        if staff.scope == DataScope.ALL:
            return self.all()
        return self.filter(Q(inviter=staff) | Q(customer__in=Customer.objects.visible_to(staff)))


class Guest(models.Model):
    """A customer on the list of an event, with ``seats`` for themselves and companions.

    ``inviter`` speaks with the customer: whoever acts for them. ``aum_before`` is what they had when the event was
    over; ``aum_after``, ``bought`` and ``bought_amount`` what became of it within the days of conversion.
    """

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="guests", verbose_name=_("customer event"), db_index=False
    )
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name=_("customer"), db_index=False)
    inviter = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("invited by"), db_index=False)
    channel = models.CharField(_("channel"), max_length=8, choices=InviteBy)
    state = models.CharField(_("state"), max_length=10, choices=GuestState, default=GuestState.LISTED)
    seats = models.PositiveSmallIntegerField(_("seats"), default=1, db_default=1)
    listed_at = models.DateTimeField(_("listed at"))
    told_at = models.DateTimeField(_("invited at"), null=True)
    answered_at = models.DateTimeField(pgettext_lazy("customer event", "answered at"), null=True)
    waiting_since = models.DateTimeField(_("waiting since"), null=True)
    answer = EncryptedTextField(_("what the guest said"), purpose="outreach.answer", null=True, blank=True)
    signed_in_at = models.DateTimeField(_("signed in at"), null=True)
    signed_in_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, related_name="+", verbose_name=_("signed in by"), db_index=False
    )
    signed_how = models.CharField(_("recognised by"), max_length=6, choices=SignedBy, blank=True)
    aum_before = MoneyField(_("AUM at the event"), null=True)
    aum_after = MoneyField(_("AUM afterwards"), null=True)
    bought = models.PositiveSmallIntegerField(_("products bought"), null=True)
    bought_amount = MoneyField(_("bought for"), null=True)

    objects = GuestQuerySet.as_manager()

    class Meta:
        verbose_name = _("guest")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "customer"], name="outreach_guest_once"),
            models.CheckConstraint(condition=Q(seats__gte=1), name="outreach_guest_seats"),
            models.CheckConstraint(
                condition=Q(state=GuestState.WAITING, waiting_since__isnull=False)
                | (~Q(state=GuestState.WAITING) & Q(waiting_since__isnull=True)),
                name="outreach_guest_waits_since",
            ),
            models.CheckConstraint(
                condition=Q(state=GuestState.CAME, signed_in_at__isnull=False)
                | (~Q(state=GuestState.CAME) & Q(signed_in_at__isnull=True)),
                name="outreach_guest_came_when",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-listed_at"], name="outreach_guests_of_customer"),
            models.Index(fields=["inviter", "state"], name="outreach_guests_of_inviter"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.customer_id}"


class KeptOut(models.Model):
    """A customer who is never invited to events, and why; a row only where there is something to say."""

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=8, choices=KeptOutReason)
    noted_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("noted by"), db_index=False)
    noted_at = models.DateTimeField(_("noted at"))

    class Meta:
        verbose_name = _("never to be invited")

    def __str__(self) -> str:
        return str(self.get_reason_display())
