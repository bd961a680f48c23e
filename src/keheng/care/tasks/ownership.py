"""Background work of ownership."""

from procrastinate.contrib.django import app

from keheng.care.models import AssignmentRun
from keheng.care.operations.assigning import ASSIGN_TASK, carry_out, fail
from keheng.common import clock


@app.task(name=ASSIGN_TASK)
def assign(run_id: int) -> None:
    """Carry out a queued assignment by rule."""
    run = AssignmentRun.objects.get(pk=run_id)
    try:
        carry_out(run=run, at=clock.now())
    except Exception as error:
        fail(run=run, failure=str(error))
        raise
