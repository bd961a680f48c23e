"""Background work of supervision."""

from datetime import timedelta

from procrastinate.contrib.django import app

from keheng.care.operations.analysis import open_analyses, remind_of_analyses
from keheng.care.operations.checks import draw_daily_checks
from keheng.care.operations.reminding import remind_of_tasks
from keheng.care.operations.reminding_of_gaps import remind_of_gaps
from keheng.common import clock


@app.periodic(cron="10 23 * * *")  # 07:10 in Shanghai
@app.task(name="care.remind", queueing_lock="care.remind")
def remind(timestamp: int = 0) -> None:  # noqa: ARG001  # the turn that is due
    """Begin the analyses of the month that has ended, and tell people what is late or missing."""
    last_month = clock.today().replace(day=1) - timedelta(days=1)
    open_analyses(month=last_month, at=clock.now())
    remind_of_analyses(at=clock.now())
    remind_of_tasks(at=clock.now())
    remind_of_gaps(at=clock.now())


@app.periodic(cron="30 10 * * *")  # 18:30 in Shanghai, when the day's contacts are logged
@app.task(name="care.draw_daily_checks", queueing_lock="care.draw_daily_checks")
def draw_checks(timestamp: int = 0) -> None:  # noqa: ARG001  # the turn that is due
    """Draw the daily sample of the contact log of every outlet."""
    draw_daily_checks(day=clock.today(), at=clock.now())
