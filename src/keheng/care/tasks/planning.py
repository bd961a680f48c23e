"""Background work of planning the days."""

from datetime import date

from procrastinate.contrib.django import app

from keheng.care.operations.planning import plan_day
from keheng.common import clock
from keheng.org.queries import system_actor


@app.periodic(cron="30 6 * * *")
@app.task(name="care.plan", queueing_lock="care.plan")
def plan(timestamp: int) -> None:  # noqa: ARG001  # given by the scheduler
    """Plan the day before anybody comes to work; what a run that died has left is made good."""
    plan_day(day=clock.today(), actor=system_actor(), at=clock.now())


@app.task(name="care.plan_again", queueing_lock="care.plan_again")
def plan_again(day: str) -> None:
    """Plan a day once more, after tiers, owners or figures have changed."""
    plan_day(day=date.fromisoformat(day), actor=system_actor(), at=clock.now())
