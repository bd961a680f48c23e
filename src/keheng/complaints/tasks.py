"""Background work of complaints: the tick, and what follows from changed calendars."""

from procrastinate.contrib.django import app

from keheng.common import clock
from keheng.complaints.models import Mailbox
from keheng.complaints.operations import consequences, following, mail, marks, outbox, ticking
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


@app.periodic(cron="* * * * *")
@app.task(name="complaints.mail", queueing_lock="complaints.mail", lock="complaints.mail")
def exchange_mail(timestamp: int) -> None:  # noqa: ARG001  # given by the scheduler
    """Look into the mailboxes, and send what waits."""
    for mailbox in Mailbox.objects.filter(enabled=True):
        mail.poll(mailbox=mailbox, actor=system_actor(), at=clock.now())
    outbox.send_waiting(at=clock.now())


@app.periodic(cron="15 1 * * *")
@app.task(name="complaints.conclusions", queueing_lock="complaints.conclusions")
def settle_conclusions(timestamp: int) -> None:  # noqa: ARG001  # given by the scheduler
    """Make final what nobody appealed against in time."""
    consequences.settle(at=clock.now())


@app.periodic(cron="25 1 * * *")
@app.task(name="complaints.flags", queueing_lock="complaints.flags")
def mend_flags(timestamp: int) -> None:  # noqa: ARG001  # given by the scheduler
    """Mend the flags of customers that a process which died between an act and its news left as they were."""
    consequences.mend_flags(at=clock.now())


@app.periodic(cron="35 1 * * *")
@app.task(name="complaints.marks", queueing_lock="complaints.marks")
def mark_missing(timestamp: int) -> None:  # noqa: ARG001  # given by the scheduler
    """Mark open complaints by their words, where they have no marks yet."""
    marks.mark_missing()
