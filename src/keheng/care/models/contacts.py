"""The contact log 客户沟通记录: who talked with whom, how, with what result and what comes next (A1, A4)."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from keheng.care.enums.contacts import BirthdayCalendar, Channel, Direction, ExtraCare, Origin
from keheng.common.fields import EncryptedTextField
from keheng.customers.models import Customer
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, staff: Staff) -> "ContactQuerySet":
        """Those of the customers in scope, and what the member of staff wrote."""
        if staff.scope == DataScope.ALL:
            return self.all()
        return self.filter(Q(customer__in=Customer.objects.visible_to(staff)) | Q(staff_id=staff.pk))

    def standing(self) -> "ContactQuerySet":
        """Without those that were withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


class Contact(models.Model):
    """One contact with a customer, as it was logged or last corrected.

    ``role`` is the role in which the member of staff acted, ``branch`` the customer's branch at that time: whose visit
    counts is decided by them (decision 17). ``counts`` and ``rules`` keep what the outcome meant when it was logged.
    The note is sealed: it is free words about a person. ``words`` are keyed numbers of its pairs of characters, which
    find a note without opening it.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name=_("customer"), db_index=False)
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("staff"), db_index=False)
    role = models.CharField(_("role"), max_length=40, db_collation="C")
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("branch"), db_index=False)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    direction = models.CharField(_("direction"), max_length=3, choices=Direction, default=Direction.OUT)
    purpose = models.CharField(_("purpose"), max_length=30, default="service")
    at = models.DateTimeField(_("time"))
    outcome = models.CharField(_("outcome"), max_length=30)
    counts = models.BooleanField(_("counts as contact"))
    rules = models.PositiveIntegerField(_("version of the outcome codes"), editable=False)
    note = EncryptedTextField(_("what was said"), purpose="care.note", null=True, blank=True)
    words = ArrayField(models.IntegerField(), default=list, editable=False)
    next_step = models.CharField(_("next step"), max_length=120, blank=True)
    next_on = models.DateField(_("next date"), null=True, blank=True)
    task = models.ForeignKey(
        "care.Task", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("planned task")
    )
    origin = models.CharField(_("how it was logged"), max_length=8, choices=Origin, default=Origin.PERSON)
    event = models.CharField(_("event"), max_length=60, blank=True)
    logged_at = models.DateTimeField(_("logged at"))
    corrected_at = models.DateTimeField(_("corrected at"), null=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, editable=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(at__lte=F("logged_at")), name="care_contact_in_the_past"),
            models.CheckConstraint(condition=~Q(channel=""), name="care_contact_has_channel"),
        ]
        indexes = [
            models.Index(fields=["customer", "-at"], name="care_contacts_of_customer"),
            models.Index(fields=["staff", "-at"], name="care_contacts_of_staff"),
            models.Index(fields=["branch", "-at"], name="care_contacts_of_branch"),
            models.Index(fields=["-at", "-id"], name="care_contacts_by_time"),
            GinIndex(fields=["words"], condition=~Q(words=[]), name="care_contacts_words"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.at:%Y-%m-%d %H:%M}"


class ContactVersion(models.Model):
    """A contact as it stood before somebody corrected or withdrew it, and why they did."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="versions", verbose_name=_("contact"))
    facts = models.JSONField(_("as it was"))
    note = EncryptedTextField(_("what was said"), purpose="care.note", null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    replaced_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("corrected by"))
    replaced_at = models.DateTimeField(_("corrected at"))

    class Meta:
        verbose_name = _("earlier version of a contact")
        ordering = ["-replaced_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.replaced_at:%Y-%m-%d %H:%M}"


class CareProfile(models.Model):
    """How one customer wants to be cared for, where it differs from the rule: hours, calendar, strategy (A4, 003)."""

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="+")
    birthday_calendar = models.CharField(
        _("keeps the birthday by"), max_length=5, choices=BirthdayCalendar, default=BirthdayCalendar.SOLAR
    )
    wedding_on = models.DateField(_("wedding day"), null=True, blank=True)
    hours_from = models.TimeField(_("best reached from"), null=True, blank=True)
    hours_to = models.TimeField(_("best reached until"), null=True, blank=True)
    extra_care = ArrayField(
        models.CharField(max_length=8, choices=ExtraCare), verbose_name=_("extra care"), default=list, blank=True
    )
    every_days = models.PositiveSmallIntegerField(
        _("contact at least every … days"), null=True, blank=True, help_text=_("Empty: as the rules say.")
    )
    strategy = EncryptedTextField(_("visit strategy"), purpose="care.strategy", null=True, blank=True)
    changed_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", editable=False)
    changed_at = models.DateTimeField(_("changed at"), editable=False)

    class Meta:
        verbose_name = _("care profile")
        constraints = [
            models.CheckConstraint(
                condition=Q(hours_from__isnull=True, hours_to__isnull=True)
                | Q(hours_from__isnull=False, hours_to__isnull=False, hours_to__gt=F("hours_from")),
                name="care_profile_hours",
                violation_error_message=_("Give both hours, the earlier first."),
            ),
            models.CheckConstraint(
                condition=Q(every_days__isnull=True) | Q(every_days__gte=1, every_days__lte=366),
                name="care_profile_every",
                violation_error_message=_("Between 1 and 366 days."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.customer_id)

    @property
    def hours(self) -> str:
        """When the customer is best reached, such as ``13:30–15:30``; empty: at any time."""
        return f"{self.hours_from:%H:%M}–{self.hours_to:%H:%M}" if self.hours_from else ""

    @property
    def care_words(self) -> list[str]:
        """Why the customer is served with extra care, as people read it."""
        return [str(ExtraCare(one).label) for one in self.extra_care]
