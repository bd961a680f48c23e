"""Background work of data intake."""

from procrastinate.contrib.django import app

from keheng.common import clock
from keheng.ingest import operations, uploads
from keheng.ingest.faults import Fault
from keheng.ingest.models import Batch


@app.task(name=operations.LOAD_TASK)
def load(batch_id: int) -> None:
    """Load a queued batch for whoever made it, then remove the file that was sent for it.

    A fault stands in the batch: the work itself is done, and the file stays to be loaded again.
    """
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
    operations.settle(at=clock.now())
