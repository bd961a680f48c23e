"""What the quick log offers for the next step."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from keheng.care.policies.quick_log import offered_days
from keheng.org.models import Branch
from keheng.org.queries import calendar_of, working_calendar

_PRESET = Path(__file__).parents[1] / "presets" / "quick_log.yaml"


@dataclass(frozen=True)
class Offers:
    """Steps to choose from, and working days of the branch."""

    steps: tuple[str, ...]
    days: tuple[date, ...]


def offers(branch: Branch, today: date) -> Offers:
    """What is offered to somebody of a branch."""
    rules = _rules()
    calendar = working_calendar(calendar_of(branch))
    days = offered_days(today, rules["days"], calendar.is_working_day)
    return Offers(tuple(rules["steps"]), tuple(days))


def contacts_a_day() -> int:
    """How many customers everybody talks with a day, at least (A4)."""
    return int(_rules()["contacts_a_day"])


@cache
def _rules() -> Any:
    return yaml.safe_load(_PRESET.read_text())
