"""What the quick log offers: a key for each choice, and days for the next step."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

KEYS = "1234567890abcdefgh"


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
