"""Tasks: added, done, skipped, opened again; those whose time is over lapse."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import formats
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.care.enums.contacts import Channel
from keheng.care.enums.tasks import TaskKind, TaskState
from keheng.care.models import Contact, Contribution, Task
from keheng.care.permissions import contacts as permissions
from keheng.care.policies.priority import priority
from keheng.care.policies.tasks import follows
from keheng.care.queries.rules import contribution_rules
from keheng.common.clock import SHANGHAI
from keheng.customers.models import Customer
from keheng.notices.operations import wake
from keheng.org.models import Staff

WORTH_DOING = timedelta(days=30)
"""A task that somebody adds without an end lapses so long after it was due."""


@transaction.atomic
def add_task(
    *,
    staff: Staff,
    cause: str,
    due_on: date,
    actor: Staff,
    at: datetime,
    customer: Customer | None = None,
    kind: TaskKind = TaskKind.OTHER,
    text: str = "",
    opens_on: date | None = None,
    closes_on: date | None = None,
    channel: Channel | str = "",
    urgency: int | None = None,
) -> Task:
    """Give somebody something to do; a cause that is known already gives the task it made, whatever became of it.

    Args:
        cause: unique: ``"complaint:81:visit"``.
        urgency: 0 to 100; as a rule that of the kind.

    Raises:
        ValidationError: by field, in words.
        PermissionDenied: the actor may not give this person, or this customer, a task.
    """
    permissions.check_add(actor, staff, customer)
    today = at.astimezone(SHANGHAI).date()
    if due_on < today:
        raise ValidationError({"due_on": _("A task is due today or later.")})
    rules = contribution_rules().rules
    pressing = rules.urgency[kind] if urgency is None else urgency
    task, made = Task.objects.get_or_create(
        cause=cause,
        defaults={
            "staff": staff,
            "customer": customer,
            "branch_id": customer.branch_id if customer else staff.branch_id,
            "kind": kind,
            "text": text.strip(),
            "opens_on": min(opens_on or today, due_on),
            "due_on": due_on,
            "closes_on": closes_on or due_on + WORTH_DOING,
            "channel": channel,
            "priority": priority(rules, _score(customer.pk if customer else None), pressing),
            "urgency": pressing,
            "created_at": at,
        },
    )
    if made:
        wake([staff.pk])
    return task


def complete_task(*, task: Task, actor: Staff, at: datetime, contact: Contact | None = None, note: str = "") -> Task:
    """Say that a task is done, by a contact or without one."""
    return _step(task, "complete", actor=actor, at=at, reason=note, contact=contact)


def skip_task(*, task: Task, reason: str, actor: Staff, at: datetime) -> Task:
    """Say that a task is not going to be done, and why.

    Raises:
        ValidationError: no reason.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say why this is not to be done.")})
    return _step(task, "skip", actor=actor, at=at, reason=reason)


def reopen_task(*, task: Task, actor: Staff, at: datetime) -> Task:
    """Take back that a task was done or skipped."""
    return _step(task, "reopen", actor=actor, at=at, reason="")


@transaction.atomic
def postpone_task(*, task: Task, due_on: date, actor: Staff, at: datetime) -> Task:
    """Put a task off to another day within the time it is worth doing.

    Raises:
        ValidationError: the day has gone by, or lies after the end.
    """
    permissions.check_do(actor, task)
    held = Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
    if held.state != TaskState.OPEN:
        raise ValidationError(_("Somebody has closed this task meanwhile. Load the page anew."))
    if not at.astimezone(SHANGHAI).date() <= due_on <= held.closes_on:
        last = formats.date_format(held.closes_on, "Y-m-d")
        raise ValidationError({"due_on": _("Choose a day from today to %(last)s.") % {"last": last}})
    before, held.due_on = held.due_on, due_on
    held.priority = priority(contribution_rules().rules, _score(held.customer_id), held.urgency)
    held.save(update_fields=["due_on", "priority"])
    detail = {"changes": {"due_on": [str(before), str(due_on)]}}
    record("care.postpone_task", actor=actor, at=at, target=held, detail=detail)
    wake([held.staff_id])
    return held


def _score(customer_id: int | None) -> int:
    """The contribution of a customer, 0 to 1000; one query."""
    if customer_id is None:
        return 0
    return Contribution.objects.filter(customer=customer_id).values_list("score", flat=True).first() or 0


def lapse(*, day: date, at: datetime) -> int:
    """Close the open tasks whose time was over before ``day``; one statement. Return how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update care_task set state = %s, closed_at = %s where state = %s and closes_on < %s",
            [TaskState.LAPSED, at, TaskState.OPEN, day],
        )
        return int(cursor.rowcount)


@transaction.atomic
def _step(task: Task, act: str, *, actor: Staff, at: datetime, reason: str, contact: Contact | None = None) -> Task:
    held = Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
    permissions.check_do(actor, held)
    state = follows(act, TaskState(held.state))
    if state is None:
        raise ValidationError(_("Somebody has closed this task meanwhile. Load the page anew."))
    held.state, held.closing_reason = state, reason.strip()
    if state == TaskState.OPEN:
        held.closed_at, held.closed_by, held.contact = None, None, None
    else:
        held.closed_at, held.closed_by, held.contact = at, actor, contact
    held.save(update_fields=["state", "closing_reason", "closed_at", "closed_by", "contact"])
    record(f"care.{act}_task", actor=actor, at=at, target=held, reason=reason.strip(), detail={"kind": held.kind})
    wake([held.staff_id])
    return held
