"""Background work of service requests: the tick, and what follows from changed calendars and tiers."""

from datetime import timedelta

from procrastinate.contrib.django import app

from keheng.common import clock
from keheng.org.queries import system_actor
from keheng.service_requests.operations import charging, following


@app.periodic(cron="* * * * *")
@app.task(name="service_requests.tick", queueing_lock="service_requests.tick")
def tick(timestamp: int) -> None:  # noqa: ARG001  # given by the scheduler
    """Tell what has come due; what the worker missed while it was away is told once, as late."""
    following.tick(actor=system_actor(), at=clock.now())


@app.periodic(cron="20 1 * * *")
@app.task(name="service_requests.charge", queueing_lock="service_requests.charge")
def charge_missed(timestamp: int) -> None:  # noqa: ARG001  # given by the scheduler
    """Charge what was left uncharged because a process was killed in between."""
    now = clock.now()
    charging.charge_missed(since=now - timedelta(days=31), at=now)


@app.task(name="service_requests.calendars")
def follow_calendars() -> None:
    """Compute running limits anew after a change of calendars."""
    following.follow_calendars(at=clock.now())


@app.task(name="service_requests.tiers")
def follow_tiers(customer_ids: list[int]) -> None:
    """Compute running limits anew after customers moved to other tiers."""
    following.follow_tiers(customer_ids=customer_ids, at=clock.now())
