"""What somebody has to do."""

from datetime import date

from django.db.models import Q, QuerySet

from keheng.care.enums.tasks import TaskState
from keheng.care.models import Task
from keheng.org.models import Staff


def tasks_of(staff: Staff, day: date) -> "QuerySet[Task]":
    """What the member of staff has to do on a day, the weightiest first: due that day or late, and still open."""
    return Task.objects.open().filter(staff=staff, due_on__lte=day, opens_on__lte=day).select_related("customer")


def coming_tasks_of(staff: Staff, after: date, until: date) -> "QuerySet[Task]":
    """What comes after a day, for the plan of the next ones."""
    return (
        Task.objects.open()
        .filter(staff=staff, due_on__gt=after, due_on__lte=until)
        .select_related("customer")
        .order_by("due_on", "-priority", "pk")
    )


def done_of(staff: Staff, day: date) -> "QuerySet[Task]":
    """What the member of staff closed of the tasks due on a day, and whatever else they did on it."""
    on_the_day = Q(closed_at__date=day) | Q(due_on=day)
    done = [TaskState.DONE, TaskState.SKIPPED]
    return Task.objects.filter(on_the_day, staff=staff, state__in=done).select_related("customer", "contact")
