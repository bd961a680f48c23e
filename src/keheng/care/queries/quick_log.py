"""What the quick log offers for the next step."""

from dataclasses import dataclass
from datetime import date

from keheng.care.policies.quick_log import offered_days
from keheng.care.queries.rules import quick_log_rules
from keheng.org.models import Branch
from keheng.org.queries import calendar_of, working_calendar


@dataclass(frozen=True)
class Offers:
    """Steps to choose from, and working days of the branch."""

    steps: tuple[str, ...]
    days: tuple[date, ...]


def offers(branch: Branch, today: date) -> Offers:
    """What is offered to somebody of a branch."""
    rules = quick_log_rules()
    calendar = working_calendar(calendar_of(branch))
    return Offers(rules.steps, tuple(offered_days(today, rules.days, calendar.is_working_day)))
