"""What somebody's day was, and the words that the evening summary begins with."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from keheng.care.enums.contacts import Channel
from keheng.care.enums.tasks import TaskState
from keheng.care.models import Contact, Task
from keheng.care.queries.tasks import coming_tasks_of, tasks_of
from keheng.care.wording import Sentences
from keheng.common.clock import SHANGHAI
from keheng.org.models import Staff

NAMED = 5
"""So many customers the draft names; the rest is counted."""


def day_figures(staff: Staff, day: date) -> dict[str, Any]:
    """Counts of a day: contacts by channel, customers reached, tasks done, struck off and left. Three queries."""
    begin = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    made = list(
        Contact.objects.standing()
        .filter(staff=staff, at__gte=begin, at__lt=begin + timedelta(days=1))
        .values_list("channel", "counts", "customer_id")
    )
    closed = Counter(
        Task.objects.filter(staff=staff, closed_at__gte=begin, closed_at__lt=begin + timedelta(days=1)).values_list(
            "state", flat=True
        )
    )
    return {
        "contacts": len(made),
        "channels": dict(Counter(channel for channel, _counts, _customer in made)),
        "reached": len({customer for _channel, counts, customer in made if counts}),
        "done": closed[TaskState.DONE],
        "skipped": closed[TaskState.SKIPPED],
        "left": tasks_of(staff, day).count(),
    }


def draft_summary(staff: Staff, day: date, figures: dict[str, Any]) -> str:
    """The summary as it begins: what was done, with whom, what is left. The writer changes it."""
    channels = "、".join(
        _("%(channel)s %(n)d") % {"channel": Channel(code).label, "n": number}
        for code, number in sorted(figures["channels"].items(), key=lambda pair: -pair[1])
    )
    lines = [
        _("%(contacts)d contacts, %(reached)d customers reached (%(channels)s).")
        % {**figures, "channels": channels or "—"},
        _("Tasks: %(done)d done, %(skipped)d struck off, %(left)d left.") % figures,
    ]
    begin = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    followed = (
        Contact.objects.standing()
        .filter(staff=staff, at__gte=begin, at__lt=begin + timedelta(days=1))
        .exclude(next_step="")
        .select_related("customer")
        .order_by("at")
    )
    lines += [
        _("%(customer)s: %(step)s, by %(day)s.")
        % {"customer": contact.customer.name, "step": contact.next_step, "day": f"{contact.next_on:%m-%d}"}
        for contact in followed[: NAMED * 2]
        if contact.next_on
    ]
    return "\n".join(lines)


def draft_plan(staff: Staff, day: date, next_day: date) -> str:
    """The plan of the next day as it begins: what is left over, then what comes, the weightiest first."""
    left = list(tasks_of(staff, day).order_by("-priority", "pk")[:NAMED])
    coming = list(coming_tasks_of(staff, day, next_day).order_by("-priority", "pk")[:NAMED])
    sentences = Sentences()
    lines = [
        f"{place}. {task.customer.name if task.customer else task.get_kind_display()}{_(': ')}{sentences.of(task)}"
        for place, task in enumerate([*left, *coming], start=1)
    ]
    return "\n".join(lines) or _("Nothing is planned yet.")
