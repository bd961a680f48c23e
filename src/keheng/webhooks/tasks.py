"""Sending what waits."""

from datetime import timedelta

from procrastinate.contrib.django import app

from keheng.common import clock
from keheng.webhooks import operations
from keheng.webhooks.sending import post

_KEPT = timedelta(days=30)


@app.periodic(cron="* * * * *")
@app.task(name=operations.DELIVER_TASK, queueing_lock=operations.DELIVER_TASK)
def deliver(timestamp: int) -> None:  # noqa: ARG001  # given by the scheduler
    """Call whoever is to be told."""
    operations.deliver(post=post, now=clock.now)


@app.periodic(cron="50 3 * * *")
@app.task(name="webhooks.purge")
def purge(timestamp: int) -> None:  # noqa: ARG001  # given by the scheduler
    """Forget what was told a month ago."""
    operations.purge(older_than=_KEPT, at=clock.now())
