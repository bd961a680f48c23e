"""Background work of the archive."""

from procrastinate.contrib.django import app

from keheng.common import clock
from keheng.customers import operations


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
