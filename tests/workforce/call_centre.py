"""A small call centre for tests: a queue with history, people, shifts; and the steps to a roster."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
from tests.factories import StaffFactory, head_office

from keheng.org.models import Staff
from keheng.workforce.enums import RosterState, RunState
from keheng.workforce.models import Agent, Contract, Forecast, Intake, Queue, Roster, Shift, Target, Team
from keheng.workforce.operations import forecasts, history, library, rosters, solving

MONDAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def clock() -> datetime:
    """The present instant of these tests."""
    return NOON


def a_queue(**fields: object) -> Queue:
    """A hotline with a target of 80/20."""
    library.load_presets()
    values = {"code": "hotline", "name": "服务热线", "branch": head_office(), **fields}
    queue = Queue.objects.create(**values)
    Target.objects.create(
        queue=queue, valid_from=date(2026, 1, 1), level=0.8, handling=240, patience=120, shrinkage=0.1
    )
    return queue


def a_file(weeks: int = 8, *, until: date = MONDAY, step: int = 30, scale: float = 12.0) -> bytes:
    """Calls of weekdays 8–20 o'clock before a day, as ``DateTime,Calls``."""
    random = np.random.default_rng(3)
    lines = ["DateTime,Calls"]
    for back in range(weeks * 7, 0, -1):
        day = until - timedelta(days=back)
        level = [1.2, 1.0, 0.95, 0.95, 1.0, 0.5, 0.4][day.weekday()]
        for minute in range(480, 1200, step):
            hump = np.exp(-(((minute / 60 - 10.5) / 2.5) ** 2)) + 0.8 * np.exp(-(((minute / 60 - 15.5) / 2.5) ** 2))
            number = random.poisson(scale * level * (0.3 + hump) * step / 30)
            lines.append(f"{day} {minute // 60:02d}:{minute % 60:02d},{number}")
    return "\n".join(lines).encode()


def take_in(queue: Queue, actor: Staff, content: bytes | None = None) -> Intake:
    """The file taken in."""
    return history.take_in(
        queue=queue,
        content=a_file() if content is None else content,
        name="话务.csv",
        profile=None,
        actor=actor,
        at=NOON,
    )


def forecast(queue: Queue, actor: Staff, days: int = 7, **given: object) -> Forecast:
    """A forecast made at once."""
    row = forecasts.ask_forecast(queue=queue, first_day=MONDAY, days=days, actor=actor, at=NOON, **given)  # type: ignore[arg-type]
    made = forecasts.make_forecast(forecast=row, now=clock)
    assert made.state == RunState.DONE, made.fault
    return made


def people(queue: Queue, number: int = 10) -> Team:
    """A team of full-time agents with the skill."""
    Shift.objects.exclude(code__in=["A", "B", "C", "D"]).update(is_active=False)
    team = Team.objects.create(code="one", name="一组", branch=head_office())
    contract = Contract.objects.get(code="full-time")
    for _ in range(number):
        staff = StaffFactory.create(permissions=("workforce.own",))
        Agent.objects.create(staff=staff, team=team, contract=contract, since=date(2026, 1, 1)).skills.add(queue)
    return team


def a_roster(queue: Queue, team: Team, actor: Staff, *, days: int = 7, seconds: int = 5) -> Roster:
    """A roster that was made."""
    begun = rosters.begin(
        roster=Roster(name="下周", first_day=MONDAY, days=days), teams=[team], queues=[queue], actor=actor, at=NOON
    )
    waiting = rosters.ask_to_make(roster=begun, seconds=seconds, kept_until=None, actor=actor, at=NOON)
    made = solving.make(roster=waiting, now=clock)
    assert made.state == RosterState.READY
    return made
