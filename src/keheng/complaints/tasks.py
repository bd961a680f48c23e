"""Background work of complaints: the tick, and what follows from changed calendars."""

from procrastinate.contrib.django import app

from keheng.common import clock
from keheng.complaints.operations import following, ticking
from keheng.org.queries import system_actor


@app.periodic(cron="* * * * *")
@app.task(name="complaints.tick", queueing_lock="complaints.tick")
def tick(timestamp: int) -> None:  # noqa: ARG001  # given by the scheduler
    """Tell which limits are near or over."""
    ticking.tick(actor=system_actor(), at=clock.now())


@app.task(name="complaints.calendars")
def follow_calendars() -> None:
    """Compute running limits anew after a change of calendars."""
    following.follow_calendars(at=clock.now())
