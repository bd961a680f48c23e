"""Scheduled work of approvals."""

from procrastinate.contrib.django import app

from keheng.approvals import operations
from keheng.common import clock
from keheng.org.queries import system_actor


@app.periodic(cron="*/10 * * * *")
@app.task(name="approvals.escalate", queueing_lock="approvals.escalate")
def escalate(timestamp: int) -> None:  # noqa: ARG001  # given by the scheduler
    """Let overdue requests rise a level, and end those that nobody will answer any more."""
    actor, at = system_actor(), clock.now()
    operations.expire_lapsed(actor=actor, at=at)
    operations.escalate_overdue(actor=actor, at=at)
