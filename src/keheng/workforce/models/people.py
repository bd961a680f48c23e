"""Who works, under which rules, in which shifts."""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff
from keheng.workforce.enums import ShiftKind
from keheng.workforce.models.queues import Queue
from keheng.workforce.policies.rostering.coverage import Times


class Contract(models.Model):
    """What a contract and the law allow; hours and counts are those of four weeks."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    least_hours = models.PositiveSmallIntegerField(_("least hours"), default=128)
    most_hours = models.PositiveSmallIntegerField(_("most hours"), default=160)
    most_in_a_row = models.PositiveSmallIntegerField(_("most shifts in a row"), default=6)
    least_in_a_row = models.PositiveSmallIntegerField(_("fewest shifts in a row"), default=2)
    least_off_in_a_row = models.PositiveSmallIntegerField(_("fewest days off in a row"), default=1)
    most_weekends = models.PositiveSmallIntegerField(_("most weekends"), default=3)
    most_nights = models.PositiveSmallIntegerField(_("most nights"), default=6)
    rest_hours = models.PositiveSmallIntegerField(_("rest between shifts (h)"), default=11)
    hourly_cost = models.DecimalField(_("cost of an hour (CNY)"), max_digits=8, decimal_places=2, default=45)
    source = models.CharField(_("where it comes from"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("contract")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(most_hours__gte=models.F("least_hours"))
                & models.Q(most_in_a_row__gte=models.F("least_in_a_row"), least_in_a_row__gte=1),
                name="workforce_contract_possible",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Shift(models.Model):
    """A shift of the library. ``flex_minutes``: it may begin so much later, in steps of half an hour 弹性工时."""

    code = models.SlugField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=30)
    kind = models.CharField(_("kind"), max_length=8, choices=ShiftKind, default=ShiftKind.DAY)
    starts = models.TimeField(_("begins"))
    minutes = models.PositiveSmallIntegerField(_("length in minutes"), help_text=_("with breaks"))
    breaks = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name=_("breaks"),
        default=list,
        blank=True,
        help_text=_("Pairs of minutes after the beginning and length: 240,60 is an hour after four hours."),
    )
    flex_minutes = models.PositiveSmallIntegerField(_("may begin later by (min)"), default=0)
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("weekdays"), default=list, blank=True,
        help_text=_("1 is Monday, 7 Sunday; empty: every day"),
    )  # fmt: skip
    contracts = models.ManyToManyField(
        Contract, related_name="+", blank=True, verbose_name=_("contracts"), help_text=_("none chosen: all")
    )
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("shift")
        ordering = ["starts", "code"]
        constraints = [
            models.CheckConstraint(condition=models.Q(minutes__gte=30, minutes__lte=960), name="workforce_shift_length")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        """Refuse breaks that are no pairs or lie outside the shift."""
        pairs = self.break_pairs
        if len(self.breaks) % 2 or any(after + length > self.minutes for after, length in pairs):
            raise ValidationError(
                {
                    "breaks": gettext(
                        "Write pairs of minutes that lie within the shift, such as 240,60; leave empty: none."
                    )
                }
            )

    @property
    def break_pairs(self) -> list[tuple[int, int]]:
        """Minutes after the beginning, and length."""
        return list(zip(self.breaks[::2], self.breaks[1::2], strict=False))

    @property
    def begins(self) -> int:
        """The minute of its day at which it begins at the earliest."""
        return self.starts.hour * 60 + self.starts.minute

    @property
    def paid(self) -> int:
        """Minutes paid: those worked."""
        return self.minutes - sum(self.breaks[1::2])

    def times(self, later: int = 0) -> Times:
        """When it works, beginning ``later`` minutes after the earliest."""
        begin = self.begins + later
        return Times(
            f"{self.code}+{later}" if later else self.code,
            begin,
            begin + self.minutes,
            [(begin + after, begin + after + length) for after, length in self.break_pairs],
        )

    def beginnings(self) -> list[int]:
        """By how many minutes it may begin later."""
        return list(range(0, self.flex_minutes + 1, 30))

    @property
    def span(self) -> str:
        """``08:00–17:00``; a time beyond midnight says so."""
        end = self.begins + self.minutes
        beyond = "+1" if end > 1440 else ""
        return f"{self.starts:%H:%M}–{end // 60 % 24:02d}:{end % 60:02d}{beyond}"


class Team(models.Model):
    """People who are rostered together 班组; a standby team 机动班 covers for others."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("branch"))
    is_standby = models.BooleanField(_("standby team"), default=False)
    rota_first_day = models.DateField(_("first day of the rota"), null=True, blank=True)
    rota = ArrayField(
        models.CharField(max_length=12, blank=True), verbose_name=_("rota"), default=list, blank=True,
        help_text=_("Codes of shifts by day, - for a day off, repeated without end: D,D,N,N,-,-. Empty: no rota."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("team")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a rota with unknown shifts or without its first day."""
        unknown = sorted(
            {code for code in self.rota if code != "-"} - set(Shift.objects.values_list("code", flat=True))
        )
        if unknown:
            raise ValidationError(
                {
                    "rota": gettext("No shift is called %(codes)s. Use codes of the shift library.")
                    % {"codes": ", ".join(unknown)}
                }
            )
        if self.rota and not self.rota_first_day:
            raise ValidationError({"rota_first_day": gettext("Say on which day the rota begins.")})


class AgentQuerySet(models.QuerySet["Agent"]):
    def visible_to(self, staff: Staff) -> "AgentQuerySet":
        """The agents of the branches in scope."""
        return self.all() if staff.scope == DataScope.ALL else self.filter(team__branch_id__in=staff.branch_ids)


class Agent(models.Model):
    """A member of staff who is rostered."""

    staff = models.OneToOneField(Staff, models.PROTECT, related_name="+", verbose_name=_("member of staff"))
    team = models.ForeignKey(Team, models.PROTECT, related_name="agents", verbose_name=_("team"))
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="+", verbose_name=_("contract"))
    skills = models.ManyToManyField(Queue, related_name="+", verbose_name=_("skills"))
    since = models.DateField(_("from the day"))
    until = models.DateField(_("until the day"), null=True, blank=True)
    feed_digest = models.BinaryField(null=True, unique=True, editable=False)

    objects = AgentQuerySet.as_manager()

    class Meta:
        verbose_name = _("agent")
        ordering = ["team__code", "staff__username"]

    def __str__(self) -> str:
        return self.staff.name
