"""Background work of the archive."""

from procrastinate.contrib.django import app

from keheng.common import clock
from keheng.customers import operations


@app.periodic(cron="20 22 * * *")  # 06:20 in Shanghai: before the day begins
@app.task(name="customers.open_due_reviews")
def open_due_reviews(timestamp: int) -> None:  # noqa: ARG001  # the queue tells when it was due
    """Open the reviews that have come due."""
    operations.open_due_reviews(at=clock.now())
