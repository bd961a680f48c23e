"""The working day of one person: what is to be done first, how far the month and the day are, what hour it is."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, Sum
from django.db.models.functions import Least
from django.utils.translation import gettext as _

from keheng.care.enums.agenda import Activity
from keheng.care.enums.contacts import Channel
from keheng.care.enums.tasks import TaskKind, TaskState
from keheng.care.models import CareProfile, Contact, Duty, Task
from keheng.care.policies.agenda import slot_at
from keheng.care.queries.agenda import Agenda, agenda_of
from keheng.care.queries.tasks import tasks_of
from keheng.care.wording import Sentences
from keheng.common.clock import SHANGHAI
from keheng.customers.enums import CustomerStatus
from keheng.customers.models import ArchiveScore, Customer
from keheng.desk.queries.changes import last_month_end, ratio
from keheng.desk.queries.rows import add_tiers
from keheng.org.models import Staff
from keheng.portfolio.models import MonthEndFigures

SHOWN = 60
FEW = 5
"""So many tasks stand on the page; the rest is counted."""

LOW_SCORE = 60
"""Archives below so many percent are those to complete in the evening."""

_ICONS = {
    Channel.PHONE: "phone",
    Channel.VISIT: "home",
    Channel.OUTLET: "building-bank",
    Channel.WECHAT: "brand-wechat",
    Channel.SMS: "message",
    Channel.EMAIL: "mail",
    Channel.VIDEO: "video",
    Channel.EVENT: "calendar-event",
}


@dataclass(frozen=True)
class Band:
    """The tasks of one urgency: late ones, and those of the day; ``open`` of them stand there unasked."""

    title: str
    tasks: list[Task]
    number: int
    open: int

    @property
    def first(self) -> list[Task]:
        return self.tasks[: self.open]

    @property
    def rest(self) -> list[Task]:
        return self.tasks[self.open :]


@dataclass(frozen=True)
class Chip:
    """How many tasks are of one kind."""

    code: str
    label: str
    number: int


@dataclass(frozen=True)
class Work:
    """What somebody has to do on a day, the weightiest first. ``open`` counts all, shown or not."""

    bands: list[Band]
    chips: list[Chip]
    open: int
    late: int


@dataclass(frozen=True)
class Pace:
    """One's own customers: how many, how much, how far the contacts of the month and the day are."""

    customers: int
    aum: Decimal
    before: Decimal
    owed: int
    made: int
    contacted: int
    wanted: int

    @property
    def change(self) -> Decimal | None:
        return ratio(self.aum, self.before)

    @property
    def rate(self) -> Decimal | None:
        return Decimal(self.made) / self.owed if self.owed else None


@dataclass(frozen=True)
class Hour:
    """One slot of the agenda on the time line, with what belongs into it today."""

    begins: str
    ends: str
    title: str
    note: str
    state: str


def work(staff: Staff, day: date, kind: str = "", *, few: bool = False) -> Work:
    """The open tasks of a day, of one kind where named; the number of queries does not depend on them.

    ``few``: the page is about more than these, so only the first of them stand there unasked.
    """
    numbers = Counter(dict(tasks_of(staff, day).order_by().values_list("kind").annotate(Count("pk"))))
    wanted = tasks_of(staff, day)
    if kind in TaskKind.values:
        wanted = wanted.filter(kind=kind)
    late_first = wanted.annotate(late=ExpressionWrapper(Q(due_on__lt=day), output_field=BooleanField())).order_by(
        "-late", "-priority", "due_on", "pk"
    )
    shown = list(late_first.select_related("customer", "customer__branch")[:SHOWN])
    add_tiers([task.customer for task in shown if task.customer is not None])
    late = wanted.filter(due_on__lt=day).count() if len(shown) == SHOWN else sum(task.due_on < day for task in shown)
    total = numbers[kind] if kind in TaskKind.values else numbers.total()
    sentences = Sentences(day)
    profiles = CareProfile.objects.in_bulk([task.customer_id for task in shown if task.customer_id])
    for task in shown:
        profile = profiles.get(task.customer_id or 0)
        task.hours = profile.hours if profile else ""  # type: ignore[attr-defined]
        task.reason = sentences.of(task)  # type: ignore[attr-defined]
        task.days_late = (day - task.due_on).days  # type: ignore[attr-defined]
        task.icon = _ICONS.get(Channel(task.channel), "message") if task.channel else "phone"  # type: ignore[attr-defined]
    titles = {True: (_("Overdue"), late), False: (_("Today"), total - late)}
    bands = [
        Band(titles[is_late][0], list(tasks), titles[is_late][1], FEW if few else SHOWN)
        for is_late, tasks in groupby(shown, key=lambda task: task.due_on < day)
    ]
    chips = [Chip(code, str(TaskKind(code).label), numbers[code]) for code in TaskKind.values if numbers[code]]
    return Work(bands, chips, numbers.total(), late)


def pace(staff: Staff, day: date, wanted: int) -> Pace:
    """The figures of one's own customers; four queries."""
    own = Customer.objects.filter(owner=staff).exclude(status=CustomerStatus.CLOSED).order_by()
    now = own.aggregate(number=Count("pk"), aum=Sum("aum"))
    before = MonthEndFigures.objects.filter(month_end=last_month_end(day), customer_id__in=own.values("pk"))
    duties = Duty.objects.filter(staff=staff, starts_on__lte=day, ends_on__gte=day).aggregate(
        owed=Sum("times"), made=Sum(Least("made", "times"))
    )
    return Pace(
        customers=now["number"],
        aum=now["aum"] or Decimal(0),
        before=before.aggregate(total=Sum("aum_average"))["total"] or Decimal(0),
        owed=duties["owed"] or 0,
        made=duties["made"] or 0,
        contacted=contacted(staff, day),
        wanted=wanted,
    )


def contacted(staff: Staff, day: date) -> int:
    """How many customers somebody has reached on a day."""
    begins = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    reached = Contact.objects.standing().filter(
        staff=staff, counts=True, at__gte=begins, at__lt=begins + timedelta(days=1)
    )
    return reached.aggregate(n=Count("customer", distinct=True))["n"] or 0


def hours(staff: Staff, now: datetime, open_tasks: int) -> tuple[Agenda, list[Hour]]:
    """The agenda of somebody's branch as a time line; the present slot is marked, and told what it holds today."""
    agenda, local = agenda_of(staff.branch), now.astimezone(SHANGHAI)
    present = slot_at(agenda.slots, local.time())
    thin = ArchiveScore.objects.filter(customer__owner=staff, score__lt=LOW_SCORE, is_effective=True).count()
    notes = {
        Activity.CONTACT: _("%(n)d tasks to do") % {"n": open_tasks} if open_tasks else "",
        Activity.ARCHIVE: _("%(n)d archives to complete") % {"n": thin} if thin else "",
    }
    return agenda, [
        Hour(
            f"{slot.begins:%-H:%M}",
            f"{slot.ends:%-H:%M}",
            slot.title,
            notes.get(slot.activity, ""),
            "now" if slot is present else "past" if slot.ends <= local.time() else "",
        )
        for slot in agenda.slots
    ]


def done_today(staff: Staff, day: date) -> int:
    """How many tasks somebody has closed on a day."""
    begins = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    closed = Task.objects.filter(staff=staff, state__in=[TaskState.DONE, TaskState.SKIPPED])
    return closed.filter(closed_at__gte=begins, closed_at__lt=begins + timedelta(days=1)).count()
