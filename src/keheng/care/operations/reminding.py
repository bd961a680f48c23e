"""Reminders of late tasks, and their escalation to whoever leads the person (A4); once a day, in a few statements."""

from collections import Counter
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.care.enums.tasks import TaskState
from keheng.care.models import Task
from keheng.care.queries.rules import supervision_rules
from keheng.care.queries.supervision import leaders_of
from keheng.common.clock import SHANGHAI
from keheng.notices.operations import Message, tell_each
from keheng.org.models import Staff

LATE = "care.tasks_late"
ESCALATED = "care.tasks_escalated"


def remind_of_tasks(*, at: datetime) -> int:
    """Tell each person how many of their tasks are late, and those who lead them what is late for long."""
    today, rules = at.astimezone(SHANGHAI).date(), supervision_rules().tasks
    late: Counter[int] = Counter()
    long: Counter[int] = Counter()
    open_late = Task.objects.filter(state=TaskState.OPEN, due_on__lt=today).order_by()
    for staff_id, due_on in open_late.values_list("staff_id", "due_on").iterator():
        days = (today - due_on).days
        late[staff_id] += days >= rules.remind_after
        long[staff_id] += days >= rules.escalate_after
    told = tell_each(
        kind=LATE,
        messages=[
            Message(key, _("%(n)d of your tasks are late") % {"n": number}, reverse("home"))
            for key, number in late.items()
            if number
        ],
        at=at,
    )
    people = Staff.objects.in_bulk([key for key, number in long.items() if number])
    messages = [
        Message(
            leader.pk,
            _("%(n)d tasks of %(name)s are %(days)d days late or more")
            % {"n": long[key], "name": staff.name, "days": rules.escalate_after},
            f"{reverse('care:team-tasks')}?staff={key}&late=yes",
        )
        for key, staff in people.items()
        for leader in leaders_of(staff)[:1]
    ]
    return told + tell_each(kind=ESCALATED, messages=messages, at=at)
