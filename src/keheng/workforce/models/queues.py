"""Queues and what they aim at."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff
from keheng.workforce.enums import QueueKind

STEPS = (5, 6, 10, 15, 20, 30, 60)


class QueueQuerySet(models.QuerySet["Queue"]):
    def visible_to(self, staff: Staff) -> "QueueQuerySet":
        """The queues of the branches in scope."""
        return self.all() if staff.scope == DataScope.ALL else self.filter(branch_id__in=staff.branch_ids)


class Queue(models.Model):
    """Contacts of one kind that the same people answer: calls, chats, or work that can wait. Also a skill."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=12, choices=QueueKind, default=QueueKind.CALLS)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("branch"))
    tier = models.CharField(_("tier served"), max_length=20, blank=True, help_text=_("Empty: every tier."))
    step = models.PositiveSmallIntegerField(
        _("interval in minutes"), choices=[(step, str(step)) for step in STEPS], default=30
    )
    borrows = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("borrows its profile from"),
        help_text=_("Used while the queue has less than two weeks of history of its own."),
    )
    borrowed_share = models.FloatField(
        _("size against that queue"), default=1.0, help_text=_("0.25: a quarter of its contacts")
    )
    is_active = models.BooleanField(_("in use"), default=True)

    objects = QueueQuerySet.as_manager()

    class Meta:
        verbose_name = _("queue")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=models.Q(step__in=STEPS), name="workforce_queue_step"),
            models.CheckConstraint(condition=models.Q(borrowed_share__gt=0), name="workforce_queue_share"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("workforce:queue", args=[self.pk])


class Target(models.Model):
    """What a queue aims at and how long its contacts take, from a day on; a change is a new row."""

    queue = models.ForeignKey(Queue, models.CASCADE, related_name="targets", verbose_name=_("queue"))
    valid_from = models.DateField(_("valid from"))
    level = models.FloatField(_("service level"), null=True, blank=True, help_text=_("share answered in time, 0.8"))
    within = models.PositiveIntegerField(_("in time within (s)"), default=20)
    asa = models.FloatField(_("longest mean wait (s)"), null=True, blank=True)
    abandoned = models.FloatField(_("largest abandonment"), null=True, blank=True, help_text=_("share, 0.05"))
    occupancy = models.FloatField(_("highest occupancy"), null=True, blank=True, help_text=_("share, 0.88"))
    handling = models.FloatField(_("handling time (s)"), help_text=_("talk, hold and after-call work"))
    patience = models.FloatField(
        _("patience (s)"), null=True, blank=True, help_text=_("mean time until a caller hangs up; empty: nobody does")
    )
    at_once = models.FloatField(_("contacts at once"), default=1.0)
    shrinkage = models.FloatField(_("shrinkage"), default=0.3, help_text=_("share of paid time lost otherwise, 0.3"))
    due_minutes = models.PositiveIntegerField(_("to be done within (min)"), default=240)
    source = models.CharField(_("where it comes from"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("target")
        ordering = ["queue", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["queue", "valid_from"], name="workforce_target_once"),
            models.CheckConstraint(
                condition=models.Q(handling__gt=0) & models.Q(at_once__gte=1) & models.Q(shrinkage__gte=0)
                & models.Q(shrinkage__lt=1),
                name="workforce_target_possible",
            ),
            models.CheckConstraint(
                condition=(models.Q(level__isnull=True) | models.Q(level__gt=0, level__lt=1))
                & (models.Q(occupancy__isnull=True) | models.Q(occupancy__gt=0, occupancy__lt=1))
                & (models.Q(abandoned__isnull=True) | models.Q(abandoned__gt=0, abandoned__lt=1)),
                name="workforce_target_shares",
            ),
            models.CheckConstraint(
                condition=models.Q(level__isnull=False) | models.Q(asa__isnull=False)
                | models.Q(abandoned__isnull=False) | models.Q(occupancy__isnull=False),
                name="workforce_target_some",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.queue} {self.valid_from}"
