"""Work given to many at once by modules above: tasks and drafted messages, each once a cause, one statement each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from keheng.care.enums.contacts import Channel
from keheng.care.enums.tasks import MessageState, TaskKind, TaskState
from keheng.care.models import Contribution, Message, Task
from keheng.care.operations.tasks import WORTH_DOING
from keheng.care.policies.priority import priority
from keheng.care.queries.rules import contribution_rules
from keheng.common.clock import SHANGHAI
from keheng.customers.models import Customer
from keheng.notices.operations import wake
from keheng.org.models import Staff


@dataclass(frozen=True)
class Given:
    """Who is to do something about which customer; ``cause`` is unique: ``"outreach:12:invite:81"``."""

    customer_id: int
    staff_id: int
    cause: str


def give_tasks(
    *,
    given: Sequence[Given],
    text: str,
    due_on: date,
    at: datetime,
    kind: TaskKind = TaskKind.FOLLOW_UP,
    channel: str = "",
    rule: str = "",
) -> int:
    """Give people tasks about customers; a cause that is known already keeps the task it made. Return how many came.

    Whether the giver may is for the calling module to check.
    """
    rules = contribution_rules().rules
    keys = [one.customer_id for one in given]
    scores = dict(Contribution.objects.filter(customer__in=keys).values_list("customer", "score"))
    branches = dict(Customer.objects.filter(pk__in=keys).values_list("pk", "branch_id"))
    known = set(Task.objects.filter(cause__in=[one.cause for one in given]).values_list("cause", flat=True))
    pressing, today = rules.urgency[kind], at.astimezone(SHANGHAI).date()
    tasks = [
        Task(
            customer_id=one.customer_id,
            staff_id=one.staff_id,
            branch_id=branches[one.customer_id],
            kind=kind,
            rule=rule,
            cause=one.cause,
            text=text[:200],
            opens_on=min(today, due_on),
            due_on=due_on,
            closes_on=due_on + WORTH_DOING,
            channel=channel,
            priority=priority(rules, scores.get(one.customer_id, 0), pressing),
            urgency=pressing,
            created_at=at,
        )
        for one in given
        if one.cause not in known
    ]
    Task.objects.bulk_create(tasks, ignore_conflicts=True)
    wake({task.staff_id for task in tasks})
    return len(tasks)


def draft_messages(
    *,
    given: Sequence[Given],
    template: str,
    channel: Channel,
    purpose: str,
    facts: Mapping[str, Any],
    due_on: date,
    rule: str,
) -> int:
    """Draft a message to each customer for people to read, change and send. Return how many came.

    Args:
        facts: what fills the template; ``title`` names the occasion on the page of messages.
    """
    known = set(Message.objects.filter(cause__in=[one.cause for one in given]).values_list("cause", flat=True))
    drafts = [
        Message(
            customer_id=one.customer_id,
            staff_id=one.staff_id,
            rule=rule,
            template=template,
            cause=one.cause,
            facts=dict(facts),
            channel=channel,
            purpose=purpose,
            due_on=due_on,
        )
        for one in given
        if one.cause not in known
    ]
    Message.objects.bulk_create(drafts, ignore_conflicts=True)
    return len(drafts)


def settle_causes(*, causes: Sequence[str], actor: Staff, at: datetime, reason: str = "") -> None:
    """What the causes asked for has been done, or need not be done any more: their tasks and drafts close."""
    Task.objects.open().filter(cause__in=causes).update(
        state=TaskState.DONE, closed_by=actor, closed_at=at, closing_reason=reason[:200]
    )
    Message.objects.filter(cause__in=causes, state=MessageState.DRAFT).update(state=MessageState.DROPPED, closed_at=at)
