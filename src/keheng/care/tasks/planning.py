"""Background work of planning the days."""

from procrastinate.contrib.django import app

from keheng.care.operations.planning import plan_day
from keheng.common import clock
from keheng.org.queries import system_actor


@app.periodic(cron="30 6 * * *")
@app.task(name="care.plan", queueing_lock="care.plan")
def plan(timestamp: int) -> None:  # noqa: ARG001  # given by the scheduler
    """Plan the day before anybody comes to work; what a run that died has left is made good."""
    plan_day(day=clock.today(), actor=system_actor(), at=clock.now())
