"""The clocks of privacy requests, and what stands against erasing somebody (PIPL 19, 44–50, 56)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from keheng.customers.policies.consent import Anchor, Clock, RetentionRule


@dataclass(frozen=True)
class Anchored:
    """Where a customer stands with an anchor: it goes on still, ended on a day, or there never was such a thing."""

    ended_on: date | None = None
    goes_on: bool = False


@dataclass(frozen=True)
class Standing:
    """A rule that stands against erasing; ``until`` is ``None`` while its anchor goes on."""

    rule: RetentionRule
    until: date | None


def due_on(received: date, clock: Clock) -> date:
    """The last day for the answer."""
    return received + timedelta(days=clock.days)


def extended_due(received: date, clock: Clock) -> date:
    """The last day for the answer once it has been extended."""
    return received + timedelta(days=clock.days + clock.extension)


def standing_rules(
    rules: Iterable[RetentionRule], anchors: Mapping[Anchor, Anchored], today: date
) -> tuple[Standing, ...]:
    """The rules that still stand, the longest first; those whose anchor goes on before all."""
    found = []
    for rule in rules:
        anchored = anchors.get(rule.anchor, Anchored())
        until = None if anchored.ended_on is None else years_after(anchored.ended_on, rule.years)
        if anchored.goes_on:
            found.append(Standing(rule, None))
        elif until is not None and today <= until:
            found.append(Standing(rule, until))
    return tuple(sorted(found, key=lambda standing: standing.until or date.max, reverse=True))


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def age_on(birth_date: date | None, day: date) -> int | None:
    """Whole years on ``day``."""
    if birth_date is None:
        return None
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))
