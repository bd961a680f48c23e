"""What the quick log offers: a key for each choice, and days for the next step."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from keheng.care.policies.outcomes import Part

KEYS = "1234567890abcdefgh"


class QuickLogRules(Part):
    """What is offered for the next step, and how many customers everybody talks with a day, at least (A4).

    ``days``: from today; a day off moves to the next working day.
    """

    steps: tuple[Annotated[str, Field(min_length=1, max_length=20)], ...] = Field(min_length=1, max_length=10)
    days: tuple[Annotated[int, Field(ge=1, le=366)], ...] = Field(min_length=1, max_length=8)
    contacts_a_day: int = Field(ge=1, le=50)


def keyed(codes: Sequence[str]) -> list[tuple[str, str]]:
    """Each code with the key that chooses it; those beyond the keys have none."""
    return [(code, KEYS[place] if place < len(KEYS) else "") for place, code in enumerate(codes)]


def offered_days(today: date, days: Sequence[int], is_working_day: Callable[[date], bool]) -> list[date]:
    """The days offered for the next step, each once, all working days: a day off moves to the next working day."""
    found: list[date] = []
    for ahead in days:
        day = today + timedelta(days=ahead)
        for _ in range(15):  # no holiday is longer
            if is_working_day(day):
                break
            day += timedelta(days=1)
        if day not in found:
            found.append(day)
    return found
