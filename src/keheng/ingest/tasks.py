"""Background work of data intake.

Every process reads this file when it starts, so the libraries for files are imported only where the work is done.
"""

from procrastinate.contrib.django import app

from keheng.common import clock
from keheng.ingest.faults import Fault
from keheng.ingest.models import Batch

LOAD_TASK = "ingest.load"


@app.task(name=LOAD_TASK)
def load(batch_id: int) -> None:
    """Load a queued batch for whoever made it, then remove the file that was sent for it.

    A fault stands in the batch: the work itself is done, and the file stays to be loaded again.
    """
    from keheng.ingest import operations, uploads

    batch = Batch.objects.select_related("actor").get(pk=batch_id)
    try:
        operations.load(batch=batch, actor=batch.actor, now=clock.now)
    except Fault:
        return
    uploads.discard(batch.file)


@app.periodic(cron="* * * * *")
@app.task(name="ingest.settle")
def settle(timestamp: int) -> None:  # noqa: ARG001  # given by the scheduler
    """Tell of batches whose program has died."""
    from keheng.ingest import operations

    operations.settle(at=clock.now())
