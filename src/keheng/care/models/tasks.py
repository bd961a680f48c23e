"""What is to be done today, what is owed to customers in a period, and the runs that planned it (A4)."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.care.enums.contacts import Channel
from keheng.care.enums.tasks import MessageState, PlanState, TaskKind, TaskState
from keheng.common.fields import EncryptedTextField
from keheng.customers.models import Customer
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff


class Duty(models.Model):
    """A contact owed to a customer in a period by one part: ``times`` contacts, of which ``made`` have been made.

    ``part`` names who owes it, as the rules of that day said. Contacts of ``staff``, and of whoever acts in one of
    ``roles``, count for it (decision 17), by one of ``channels`` (empty: by any). ``staff`` is ``None`` where nobody
    answers for the customer. ``made`` is kept by whatever writes contacts: days with a contact that counts.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name=_("customer"), db_index=False)
    staff = models.ForeignKey(
        Staff, models.PROTECT, related_name="+", verbose_name=_("staff"), null=True, db_index=False
    )
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("branch"), db_index=False)
    rule = models.CharField(_("rule"), max_length=40, db_collation="C")
    part = models.CharField(_("part"), max_length=40, db_collation="C")
    starts_on = models.DateField(pgettext_lazy("duty", "from"))
    ends_on = models.DateField(_("until"))
    times = models.PositiveSmallIntegerField(_("contacts owed"))
    made = models.PositiveSmallIntegerField(_("contacts made"), default=0, db_default=0)
    roles = ArrayField(models.CharField(max_length=40), verbose_name=_("whose contacts count"), default=list)
    channels = ArrayField(models.CharField(max_length=8), verbose_name=_("which channels count"), default=list)
    rules = models.PositiveIntegerField(_("version of the rules"))

    class Meta:
        verbose_name = _("contact owed")
        ordering = ["starts_on", "customer"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "rule", "part", "starts_on"], name="care_duty_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="care_duty_forward"),
            models.CheckConstraint(condition=Q(times__gte=1), name="care_duty_owes"),
        ]
        indexes = [
            models.Index(fields=["starts_on", "branch"], name="care_duties_of_branch"),
            models.Index(fields=["staff", "starts_on"], name="care_duties_of_staff"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.customer_id} {self.starts_on}"


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, staff: Staff) -> "TaskQuerySet":
        """One's own, and those of the branches in scope."""
        match staff.scope:
            case DataScope.ALL:
                return self.all()
            case DataScope.SUBTREE:
                return self.filter(Q(staff_id=staff.pk) | Q(branch_id__in=staff.branch_ids))
            case _:
                return self.filter(staff_id=staff.pk)

    def open(self) -> "TaskQuerySet":
        """Those still to be done."""
        return self.filter(state=TaskState.OPEN)


class Task(models.Model):
    """One thing that a member of staff is to do, with or for a customer.

    ``cause`` names what it comes from and is unique, so that planning twice makes nothing twice. ``facts`` are what the
    sentence of its reason is made of (:func:`keheng.care.wording.reason`), ``text`` what somebody wrote instead.
    ``priority`` is contribution × urgency, 0 to 1000 (``policies.priority``).
    """

    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="+", verbose_name=_("customer"), null=True, blank=True, db_index=False
    )
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("staff"), db_index=False)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("branch"), db_index=False)
    kind = models.CharField(_("kind"), max_length=10, choices=TaskKind)
    rule = models.CharField(_("rule"), max_length=40, blank=True, db_collation="C")
    cause = models.CharField(_("cause"), max_length=120, unique=True, db_collation="C", editable=False)
    duty = models.ForeignKey(Duty, models.SET_NULL, null=True, related_name="+", editable=False, db_index=False)
    facts = models.JSONField(_("what the reason tells"), default=dict, editable=False)
    text = models.CharField(_("what is to be done"), max_length=200, blank=True)
    opens_on = models.DateField(_("may be done from"))
    due_on = models.DateField(pgettext_lazy("task", "due on"))
    closes_on = models.DateField(_("worth doing until"))
    priority = models.PositiveSmallIntegerField(_("priority"), default=0)
    urgency = models.PositiveSmallIntegerField(_("urgency"), default=50, db_default=50)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=TaskState, default=TaskState.OPEN)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, db_default=0)
    contact = models.ForeignKey(
        "care.Contact", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("done by")
    )
    closed_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closed by"), db_index=False
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closing_reason = models.CharField(_("reason"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("planned at"), db_default=Now(), editable=False)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        ordering = ["-priority", "due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gte=F("opens_on"), closes_on__gte=F("due_on")), name="care_task_window"
            ),
            models.CheckConstraint(
                condition=Q(state=TaskState.OPEN, closed_at__isnull=True)
                | (~Q(state=TaskState.OPEN) & Q(closed_at__isnull=False)),
                name="care_task_closed_when",
            ),
            models.CheckConstraint(
                condition=~Q(state=TaskState.SKIPPED) | ~Q(closing_reason=""), name="care_task_skipped_why"
            ),
            models.CheckConstraint(condition=Q(priority__lte=1000), name="care_task_priority"),
        ]
        indexes = [
            models.Index(fields=["staff", "due_on"], condition=Q(state="open"), name="care_tasks_of_staff"),
            models.Index(fields=["branch", "due_on"], name="care_tasks_of_branch"),
            models.Index(fields=["customer", "due_on"], name="care_tasks_of_customer"),
            models.Index(fields=["closes_on"], condition=Q(state="open"), name="care_tasks_to_lapse"),
            models.Index(fields=["staff", "closed_at"], condition=~Q(state="open"), name="care_tasks_closed"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.due_on}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.cause:
            raise ValueError("a task needs a cause")
        super().save(*args, **kwargs)


class PlanRun(models.Model):
    """One planning of a day; ``counts`` say what each step made. A step that died half-way is made good by the next."""

    day = models.DateField(_("day"))
    state = models.CharField(_("state"), max_length=8, choices=PlanState, default=PlanState.RUNNING)
    counts = models.JSONField(_("made"), default=dict)
    actor = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    started_at = models.DateTimeField(_("began"))
    finished_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("planning")
        ordering = ["-started_at", "-pk"]
        indexes = [models.Index(fields=["day", "state"], name="care_plans_of_day")]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class Contribution(models.Model):
    """How much a customer contributes beside all others: 0 to 1000, the weighted percentile of decision 20.

    The parts are percentiles too, in thousandths. Only customers with some business have a row.
    """

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="+", db_constraint=False)
    score = models.PositiveSmallIntegerField(_("contribution"))
    revenue = models.PositiveSmallIntegerField(_("revenue"))
    volume = models.PositiveSmallIntegerField(_("volume"))
    aum = models.PositiveSmallIntegerField(_("AUM"))
    computed_on = models.DateField(_("computed on"))
    rules = models.PositiveIntegerField(_("version of the weights"))

    class Meta:
        verbose_name = _("contribution")
        constraints = [models.CheckConstraint(condition=Q(score__lte=1000), name="care_contribution_scale")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.score}"


class LunarMonth(models.Model):
    """The months of the lunar calendar, 1900 to 2100, by the solar day each begins with."""

    starts_on = models.DateField(primary_key=True)
    year = models.SmallIntegerField(_("lunar year"))
    month = models.SmallIntegerField(_("lunar month"))
    is_leap = models.BooleanField(_("leap month"))
    days = models.SmallIntegerField(_("days"))

    class Meta:
        verbose_name = _("lunar month")
        constraints = [
            models.UniqueConstraint(fields=["year", "month", "is_leap"], name="care_lunar_month_once"),
            models.CheckConstraint(condition=Q(days__in=[29, 30]), name="care_lunar_month_days"),
        ]

    def __str__(self) -> str:
        return f"{self.year}-{self.month}"


class Message(models.Model):
    """A message drafted for an occasion, to be read, changed and sent by a person; one a cause.

    While it is a draft its words come from the template; what was sent is kept sealed as it was.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name=_("customer"))
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("staff"), db_index=False)
    rule = models.CharField(_("rule"), max_length=40, db_collation="C")
    template = models.CharField(_("template"), max_length=40)
    cause = models.CharField(_("cause"), max_length=120, unique=True, db_collation="C", editable=False)
    facts = models.JSONField(_("what the reason tells"), default=dict, editable=False)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    purpose = models.CharField(_("purpose"), max_length=30)
    due_on = models.DateField(pgettext_lazy("task", "due on"))
    state = models.CharField(_("state"), max_length=8, choices=MessageState, default=MessageState.DRAFT)
    text = EncryptedTextField(_("text"), purpose="care.message", null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("drafted message")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=MessageState.DRAFT, closed_at__isnull=True)
                | (~Q(state=MessageState.DRAFT) & Q(closed_at__isnull=False)),
                name="care_message_closed_when",
            ),
        ]
        indexes = [models.Index(fields=["staff", "state", "due_on"], name="care_messages_of_staff")]

    def __str__(self) -> str:
        return f"{self.template} {self.due_on}"
