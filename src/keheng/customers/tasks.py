"""Background work of the archive."""

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from keheng.common import clock
from keheng.customers import operations
from keheng.customers.models import Handout
from keheng.customers.operations import handouts


@app.periodic(cron="20 22 * * *")  # 06:20 in Shanghai: before the day begins
@app.task(name="customers.open_due_reviews")
def open_due_reviews(timestamp: int) -> None:  # noqa: ARG001  # the queue tells when it was due
    """Open the reviews that have come due."""
    operations.open_due_reviews(at=clock.now())


@app.periodic(cron="30 2 * * *")
@app.task(name="customers.refresh_quality", queueing_lock="customers.refresh_quality")
def refresh_quality(timestamp: int = 0) -> None:  # noqa: ARG001  # the turn that is due
    """Bring scores, findings and possible duplicates up to what the archives hold, once a night."""
    operations.refresh_completeness(at=clock.now())
    operations.check_archives(at=clock.now())
    operations.search_duplicates(at=clock.now())
    operations.forget_journals(at=clock.now())


@app.task(name="customers.make_handout")
def make_handout(handout_id: int) -> None:
    """Write a file that is to be handed out."""
    handouts.make(handout=Handout.objects.get(pk=handout_id), now=clock.now)


@app.periodic(cron="17 * * * *")
@app.task(name="customers.purge_handouts")
def purge_handouts(timestamp: int) -> None:  # noqa: ARG001  # given by the scheduler
    """Delete the files whose days are over."""
    handouts.purge_handouts(at=clock.now())


@app.periodic(cron="0 6 * * *")
@app.task(name="customers.draw_inspections", queueing_lock="customers.draw_inspections")
def draw_inspections(timestamp: int = 0) -> None:  # noqa: ARG001  # the turn that is due
    """Draw the week's samples on the day that the rules name (A14: Friday)."""
    operations.draw_weekly(at=clock.now())


def refresh_quality_soon() -> bool:
    """Ask for the refresh outside its hour; tell whether it was not waiting already."""
    try:
        refresh_quality.configure(task_kwargs={"timestamp": 0}).defer()
    except AlreadyEnqueued:
        return False
    return True
