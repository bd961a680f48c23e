"""Rosters, the shifts in them, and what is asked for."""

from datetime import date, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from keheng.org.enums import DataScope
from keheng.org.models import Staff
from keheng.workforce.enums import AskState, DutySource, LeaveKind, RosterState, WishKind
from keheng.workforce.models.people import Agent, Shift, Team
from keheng.workforce.models.queues import Queue


class RosterQuerySet(models.QuerySet["Roster"]):
    def visible_to(self, staff: Staff) -> "RosterQuerySet":
        """The rosters with a team of the branches in scope."""
        if staff.scope == DataScope.ALL:
            return self.all()
        return self.filter(teams__branch_id__in=staff.branch_ids).distinct()


class Roster(models.Model):
    """Who works when, for some teams and days: made by the solver or by hand, then published."""

    name = models.CharField(_("name"), max_length=60)
    first_day = models.DateField(_("begins on"))
    days = models.PositiveSmallIntegerField(_("days"))
    teams = models.ManyToManyField(Team, related_name="+", verbose_name=_("teams"))
    queues = models.ManyToManyField(Queue, related_name="+", verbose_name=_("queues"))
    step = models.PositiveSmallIntegerField(_("interval in minutes"), default=30)
    seconds = models.PositiveSmallIntegerField(_("time limit (s)"), default=60)
    kept_until = models.DateField(_("keep until"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=RosterState, default=RosterState.DRAFT)
    actor = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("made by"))
    at = models.DateTimeField(_("made at"))
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    cancel_requested = models.BooleanField(default=False)
    cost = models.FloatField(_("cost"), null=True, blank=True)
    bound = models.FloatField(_("bound"), null=True, blank=True)
    unmet = models.JSONField(_("needs not met"), default=list, blank=True)
    remarks = models.JSONField(_("remarks"), default=list, blank=True)
    fault = models.CharField(_("problem"), max_length=300, blank=True)

    objects = RosterQuerySet.as_manager()

    class Meta:
        verbose_name = _("roster")
        ordering = ["-first_day", "-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(days__gte=1, days__lte=56), name="workforce_roster_days"),
            models.CheckConstraint(condition=models.Q(seconds__gte=3, seconds__lte=1800), name="workforce_roster_time"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("workforce:roster", args=[self.pk])

    @property
    def last_day(self) -> date:
        return self.first_day + timedelta(days=self.days - 1)

    @property
    def gap(self) -> float | None:
        """How much of its cost another roster could save at the most: 0 for the best; ``None``: no bound is known."""
        if self.cost == 0:
            return 0.0
        return max(self.cost - self.bound, 0) / self.cost if self.cost and self.bound else None

    @property
    def dates(self) -> list[date]:
        return [self.first_day + timedelta(days=at) for at in range(self.days)]


class Requirement(models.Model):
    """How many agents of a queue a roster wants on a day, by interval from midnight: what it was made for."""

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="requirements")
    queue = models.ForeignKey(Queue, models.PROTECT, related_name="+")
    day = models.DateField(_("day"))
    wanted = ArrayField(models.PositiveIntegerField(), verbose_name=_("agents wanted"))

    class Meta:
        verbose_name = _("requirement")
        ordering = ["day", "queue"]
        constraints = [models.UniqueConstraint(fields=["roster", "queue", "day"], name="workforce_requirement_once")]

    def __str__(self) -> str:
        return f"{self.queue_id} {self.day}"


class Duty(models.Model):
    """A shift of an agent on a day, for one queue. ``is_published`` holds for one roster an agent and day."""

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="duties")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="+", verbose_name=_("agent"))
    day = models.DateField(_("day"))
    shift = models.ForeignKey(Shift, models.PROTECT, related_name="+", verbose_name=_("shift"))
    later = models.PositiveSmallIntegerField(_("begins later by (min)"), default=0)
    queue = models.ForeignKey(Queue, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("queue"))
    source = models.CharField(_("source"), max_length=8, choices=DutySource, default=DutySource.SOLVER)
    is_published = models.BooleanField(_("published"), default=False)

    class Meta:
        verbose_name = _("duty")
        ordering = ["day", "agent"]
        constraints = [
            models.UniqueConstraint(fields=["roster", "agent", "day"], name="workforce_duty_once"),
            models.UniqueConstraint(
                fields=["agent", "day"], condition=models.Q(is_published=True), name="workforce_duty_published_once"
            ),
        ]
        indexes = [models.Index(fields=["agent", "day"], name="workforce_duty_of_agent")]

    def __str__(self) -> str:
        return f"{self.agent} {self.day} {self.shift.code}"


class Wish(models.Model):
    """A day on which an agent would like to work (a shift), or to be off."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+", verbose_name=_("agent"))
    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=3, choices=WishKind)
    shift = models.ForeignKey(
        Shift, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("shift"),
        help_text=_("Empty: any shift."),
    )  # fmt: skip
    weight = models.PositiveSmallIntegerField(_("weight"), default=3)
    at = models.DateTimeField(_("asked for at"))

    class Meta:
        verbose_name = _("wish")
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["agent", "day"], name="workforce_wish_once")]

    def __str__(self) -> str:
        return f"{self.agent} {self.day} {self.kind}"


class Fixed(models.Model):
    """A shift that is settled for an agent and day, whatever the solver would like."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+", verbose_name=_("agent"))
    day = models.DateField(_("day"))
    shift = models.ForeignKey(Shift, models.CASCADE, related_name="+", verbose_name=_("shift"))
    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        verbose_name = _("fixed assignment")
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["agent", "day"], name="workforce_fixed_once")]

    def __str__(self) -> str:
        return f"{self.agent} {self.day} {self.shift.code}"


class Leave(models.Model):
    """Days on which an agent asked not to work at all; once approved no roster uses them."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+", verbose_name=_("agent"))
    kind = models.CharField(_("kind"), max_length=10, choices=LeaveKind)
    first_day = models.DateField(_("begins on"))
    last_day = models.DateField(_("ends on"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=AskState, default=AskState.ASKED)
    asked_at = models.DateTimeField(_("asked for at"))
    decided_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        verbose_name = _("leave")
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="workforce_leave_forward"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent} {self.first_day}–{self.last_day}"


class Swap(models.Model):
    """Two agents' wish to change their published shifts of a day: the colleague agrees, then somebody decides."""

    duty = models.ForeignKey(Duty, models.CASCADE, related_name="+", verbose_name=_("shift given"))
    other = models.ForeignKey(Agent, models.CASCADE, related_name="+", verbose_name=_("colleague"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=AskState, default=AskState.OFFERED)
    asked_at = models.DateTimeField(_("asked for at"))
    decided_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        verbose_name = _("swap")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["duty"], condition=models.Q(state__in=["offered", "asked"]), name="workforce_swap_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.duty} → {self.other}"


class Worked(models.Model):
    """A stretch of time in which an agent was in a state, as the telephone system logged it."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+", verbose_name=_("agent"))
    starts_at = models.DateTimeField(_("from the moment"))
    ends_at = models.DateTimeField(_("to the moment"))
    state = models.CharField(_("state"), max_length=20)
    is_work = models.BooleanField(_("at work"))

    class Meta:
        verbose_name = _("logged state")
        ordering = ["agent", "starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["agent", "starts_at"], name="workforce_worked_once"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="workforce_worked_forward"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.starts_at:%m-%d %H:%M}"
