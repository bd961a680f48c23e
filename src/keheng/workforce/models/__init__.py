"""The tables of the module, a file a topic."""

from keheng.workforce.models.forecasts import A_DAY, MOST_DAYS, Adjustment, Forecast, ForecastDay
from keheng.workforce.models.history import Day, Event, Intake, Mark, Profile
from keheng.workforce.models.people import Agent, Contract, Shift, Team
from keheng.workforce.models.queues import STEPS, Queue, Target
from keheng.workforce.models.rosters import Duty, Fixed, Leave, Requirement, Roster, Swap, Wish, Worked

__all__ = [
    "A_DAY",
    "MOST_DAYS",
    "STEPS",
    "Adjustment",
    "Agent",
    "Contract",
    "Day",
    "Duty",
    "Event",
    "Fixed",
    "Forecast",
    "ForecastDay",
    "Intake",
    "Leave",
    "Mark",
    "Profile",
    "Queue",
    "Requirement",
    "Roster",
    "Shift",
    "Swap",
    "Target",
    "Team",
    "Wish",
    "Worked",
]
