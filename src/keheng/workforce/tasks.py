"""Background work of the workforce: forecasts and rosters. Libraries are imported only where the work is done."""

from procrastinate.contrib.django import app

from keheng.common import clock

FORECAST_TASK, ROSTER_TASK = "workforce.forecast", "workforce.roster"


@app.task(name=FORECAST_TASK)
def forecast(forecast_id: int) -> None:
    """Make a forecast that was asked for."""
    from keheng.workforce.models import Forecast
    from keheng.workforce.operations import forecasts

    row = Forecast.objects.select_related("queue__borrows").get(pk=forecast_id)
    forecasts.make_forecast(forecast=row, now=clock.now)


@app.task(name=ROSTER_TASK)
def roster(roster_id: int) -> None:
    """Make a roster that was asked for."""
    from keheng.workforce.models import Roster
    from keheng.workforce.operations import solving

    solving.make(roster=Roster.objects.get(pk=roster_id), now=clock.now)


@app.periodic(cron="*/5 * * * *")
@app.task(name="workforce.settle")
def settle(timestamp: int) -> None:  # noqa: ARG001  # given by the scheduler
    """Tell of rosters whose worker has died."""
    from keheng.workforce.operations import solving

    solving.settle(at=clock.now())
