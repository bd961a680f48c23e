"""Background work of events."""

from procrastinate.contrib.django import app

from keheng.common import clock
from keheng.outreach.operations.closing import measure


@app.periodic(cron="20 20 * * *")  # 04:20 in Shanghai, when the figures of the day are in
@app.task(name="outreach.measure", queueing_lock="outreach.measure")
def count_conversion(timestamp: int = 0) -> None:  # noqa: ARG001  # the turn that is due
    """Count what became of the guests of events of the last weeks."""
    measure(day=clock.today())
