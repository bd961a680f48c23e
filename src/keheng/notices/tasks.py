"""Scheduled work of notices."""

from datetime import timedelta

from procrastinate.contrib.django import app

from keheng.common import clock
from keheng.notices import operations

_KEPT = timedelta(days=90)


@app.periodic(cron="40 3 * * *")
@app.task(name="notices.purge")
def purge(timestamp: int) -> None:  # noqa: ARG001  # given by the scheduler
    """Forget notices that were read a quarter ago."""
    operations.purge(read_before=_KEPT, at=clock.now())
