"""Races, remade rosters, workers that died, and demands that cannot be met (A13)."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from tests.factories import StaffFactory
from tests.workforce.call_centre import MONDAY, NOON, a_queue, clock, people, take_in

from keheng.notices.models import Notice
from keheng.org.models import Staff
from keheng.workforce.enums import AskState, RosterState, RunState
from keheng.workforce.models import Agent, Duty, Fixed, Forecast, Leave, Queue, Requirement, Roster, Shift, Swap, Team
from keheng.workforce.operations import forecasts, requests, rosters, solving
from keheng.workforce.queries import rosters as queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def planner() -> Staff:
    return StaffFactory.create(name="林建峰", permissions=("workforce.*",))


@pytest.fixture
def queue() -> Queue:
    return a_queue()


@pytest.fixture
def team(queue: Queue) -> Team:
    return people(queue, 4)


def plain_roster(team: Team, queue: Queue, planner: Staff, *, days: int = 7, wanted: int = 1) -> Roster:
    """A ready roster that wants so many in every half-hour from 9 to 16 o'clock; nobody works yet."""
    roster = Roster.objects.create(
        name="本周", first_day=MONDAY, days=days, state=RosterState.READY, actor=planner, at=NOON, seconds=3
    )
    roster.teams.add(team)
    roster.queues.add(queue)
    row = [0] * 18 + [wanted] * 14 + [0] * 16
    Requirement.objects.bulk_create(
        [Requirement(roster=roster, queue=queue, day=day, wanted=row) for day in roster.dates]
    )
    return roster


def give(roster: Roster, agent: Agent, ahead: int, code: str = "A") -> Duty:
    return Duty.objects.create(
        roster=roster, agent=agent, day=MONDAY + timedelta(days=ahead), shift=Shift.objects.get(code=code),
        queue=roster.queues.get(), is_published=roster.published_at is not None,
    )  # fmt: skip


def together(*acts: Callable[[], object]) -> list[str]:
    """Carry acts out at once, each in a connection of its own; the sentences of those refused."""
    start, refused = Barrier(len(acts)), list[str]()

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
        except ValidationError as error:
            refused.append(error.messages[0])
        finally:
            connection.close()

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


@pytest.mark.django_db(transaction=True)
def test_two_publish_one_roster_and_people_are_told_once(team: Team, queue: Queue, planner: Staff) -> None:
    roster = plain_roster(team, queue, planner)
    give(roster, team.agents.all()[0], 0)
    act = lambda: rosters.publish(roster=roster, actor=planner, at=NOON)  # noqa: E731
    refused = together(act, act)
    assert len(refused) == 1
    assert "已发布" in refused[0]
    assert Notice.objects.filter(kind=rosters.PUBLISHED).count() == 4


@pytest.mark.django_db(transaction=True)
def test_two_publish_rosters_of_the_same_days(team: Team, queue: Queue, planner: Staff) -> None:
    """Whoever comes second holds the days: nobody ever has two shifts on a day."""
    both = [plain_roster(team, queue, planner) for _ in range(2)]
    for roster in both:
        for agent in team.agents.all():
            give(roster, agent, 0)
    refused = together(*(lambda one=one: rosters.publish(roster=one, actor=planner, at=NOON) for one in both))
    assert refused == []
    published = Duty.objects.filter(is_published=True)
    assert published.count() == 4
    assert published.values("roster").distinct().count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_shift_promised_to_two_goes_to_one(team: Team, queue: Queue, planner: Staff) -> None:
    """Two swap with the same colleague; both were agreed to, both are decided at once: the second finds it closed."""
    roster = plain_roster(team, queue, planner)
    Roster.objects.filter(pk=roster.pk).update(state=RosterState.PUBLISHED, published_at=NOON)
    roster.refresh_from_db()
    one, two, colleague, _ = team.agents.all()
    given = [give(roster, agent, 2, code) for agent, code in ((one, "A"), (two, "C"))]
    give(roster, colleague, 2, "D")
    swaps = [Swap.objects.create(duty=duty, other=colleague, state=AskState.ASKED, asked_at=NOON) for duty in given]
    refused = together(
        *(lambda swap=swap: requests.decide_swap(swap=swap, approve=True, actor=planner, at=NOON) for swap in swaps)
    )
    assert len(refused) == 1
    assert sorted(Swap.objects.values_list("state", flat=True)) == [AskState.APPROVED, AskState.REFUSED]
    assert sorted(Duty.objects.values_list("shift__code", flat=True)) == ["A", "C", "D"]
    assert Notice.objects.filter(kind=requests.DECIDED).count() == 4, "those of the closed offer are told, too"


@pytest.mark.django_db(transaction=True)
def test_a_shift_is_covered_by_one(team: Team, queue: Queue, planner: Staff) -> None:
    roster = plain_roster(team, queue, planner)
    Roster.objects.filter(pk=roster.pk).update(state=RosterState.PUBLISHED, published_at=NOON)
    roster.refresh_from_db()
    absent, one, two, _ = team.agents.all()
    duty = give(roster, absent, 2)
    refused = together(
        *(
            lambda agent=agent: rosters.cover(duty=duty, agent=agent, insist=True, actor=planner, at=NOON)
            for agent in (one, two)
        )
    )
    assert len(refused) == 1
    assert Duty.objects.filter(is_published=True).count() == 1


def test_a_day_of_a_later_roster_is_changed_there(team: Team, queue: Queue, planner: Staff) -> None:
    agent = team.agents.all()[0]
    older, newer = (plain_roster(team, queue, planner) for _ in range(2))
    for roster in (older, newer):
        give(roster, agent, 3)
        rosters.publish(roster=roster, actor=planner, at=NOON)
    older.refresh_from_db()
    with pytest.raises(ValidationError, match="请到该班表修改"):
        rosters.place(
            roster=older, agent=agent, day=MONDAY + timedelta(days=3), shift=None, insist=True, actor=planner, at=NOON
        )


def test_a13_a_published_roster_with_insisted_faults_is_made_again(team: Team, queue: Queue, planner: Staff) -> None:
    """Seven shifts in a row, an early one after a late one: insisted on, they stay, and the rest keeps the rules."""
    roster = plain_roster(team, queue, planner, days=14)
    bent, told = team.agents.all()[:2]
    for ahead in range(7):
        give(roster, bent, ahead, "D" if ahead == 3 else "A")
    rosters.publish(roster=roster, actor=planner, at=NOON)
    before = set(roster.duties.values_list("agent", "day", "shift"))
    Notice.objects.all().delete()
    kept_until = MONDAY + timedelta(days=6)
    rosters.queue_up(roster=roster, seconds=3, kept_until=kept_until, actor=planner, at=NOON)
    made = solving.make(roster=Roster.objects.get(pk=roster.pk), now=clock)
    assert made.state == RosterState.PUBLISHED
    assert all(one["kind"] != "contradiction" for one in made.remarks)
    assert set(roster.duties.filter(day__lte=kept_until).values_list("agent", "day", "shift")) == before
    later = roster.duties.filter(day__gt=kept_until)
    assert later.exists()
    assert not later.filter(agent=bent, day=kept_until + timedelta(days=1)).exists(), "seven in a row were enough"
    assert Notice.objects.filter(staff=told.staff, kind=rosters.PUBLISHED).exists()


def test_nothing_left_to_make_is_named(team: Team, queue: Queue, planner: Staff) -> None:
    roster = plain_roster(team, queue, planner)
    with pytest.raises(ValidationError, match="没有可重排的日期"):
        rosters.queue_up(roster=roster, seconds=3, kept_until=MONDAY + timedelta(days=6), actor=planner, at=NOON)


def test_who_came_last_night_is_there_in_the_morning(team: Team, queue: Queue, planner: Staff) -> None:
    earlier = Roster.objects.create(
        name="上周", first_day=MONDAY - timedelta(days=7), days=7, actor=planner, at=NOON, published_at=NOON
    )
    earlier.queues.add(queue)
    Shift.objects.filter(code="N").update(is_active=True)
    give(earlier, team.agents.all()[0], -1, "N")
    roster = plain_roster(team, queue, planner)
    Requirement.objects.filter(roster=roster, day=MONDAY).update(wanted=[1] * 6 + [0] * 42)
    built = queries.built(roster)
    assert queries.there_of(roster, [], [queue])[queue.pk][0, :7].tolist() == [1, 1, 1, 1, 0, 0, 1]
    first = [need for need in built.problem.needs if need.day == 0]
    assert sum(need.wanted for need in first) == 1, "only the break is to be filled still"


def test_a13_nobody_with_a_skill_and_impossible_demand_are_named(team: Team, queue: Queue, planner: Staff) -> None:
    strange = Queue.objects.create(code="strange", name="小语种专线", branch=queue.branch)
    roster = plain_roster(team, queue, planner, wanted=40)
    roster.queues.add(strange)
    Requirement.objects.create(roster=roster, queue=strange, day=MONDAY, wanted=[0] * 20 + [2] * 4 + [0] * 24)
    rosters.queue_up(roster=roster, seconds=3, kept_until=None, actor=planner, at=NOON)
    made = solving.make(roster=Roster.objects.get(pk=roster.pk), now=clock)
    remarks = {one["kind"]: one for one in made.remarks}
    assert remarks["skill"]["queue"] == "小语种专线"
    assert remarks["demand"]["hours"] > remarks["demand"]["most"] > 0
    assert made.state == RosterState.READY
    assert made.duties.exists(), "the best that can be is there"
    assert all(one["reasons"] for one in made.unmet)


def test_a13_a_fixed_shift_on_leave_is_named_and_the_leave_holds(team: Team, queue: Queue, planner: Staff) -> None:
    agent = team.agents.all()[0]
    Leave.objects.create(
        agent=agent, kind="annual", first_day=MONDAY, last_day=MONDAY, asked_at=NOON, state=AskState.APPROVED
    )
    Fixed.objects.create(agent=agent, day=MONDAY, shift=Shift.objects.get(code="A"), reason="带教")
    roster = plain_roster(team, queue, planner)
    rosters.queue_up(roster=roster, seconds=3, kept_until=None, actor=planner, at=NOON)
    made = solving.make(roster=Roster.objects.get(pk=roster.pk), now=clock)
    assert made.remarks[0] == {"kind": "leave", "agent": agent.staff.name, "day": "11-23"}
    assert not made.duties.filter(agent=agent, day=MONDAY).exists()


def test_a_search_on_two_processors_tells_and_stops(team: Team, queue: Queue, planner: Staff) -> None:
    """Ten seconds are worth a second process; asked to end, it ends with the best so far."""
    roster = plain_roster(team, queue, planner, wanted=2)
    rosters.queue_up(roster=roster, seconds=60, kept_until=None, actor=planner, at=NOON)
    Roster.objects.filter(pk=roster.pk).update(cancel_requested=True)
    made = solving.make(roster=Roster.objects.get(pk=roster.pk), now=clock)
    assert made.state == RosterState.READY
    assert made.cost is not None
    assert made.duties.exists()


@pytest.mark.parametrize(
    ("cost", "bound", "gap", "words"),
    [
        (None, None, None, ""),
        (200.0, 0.0, None, ""),
        (200.0, 150.0, 0.25, "与理论最优班表最多相差 25.0%"),
        (3.0, 3.0, 0.0, "已是理论最优班表"),
        (0.0, 0.0, 0.0, "已是理论最优班表"),
    ],
)
@pytest.mark.parametrize("state", [RosterState.READY, RosterState.RUNNING])
def test_a_roster_says_in_words_how_far_it_is_from_the_best(
    client: Client,
    planner: Staff,
    state: RosterState,
    cost: float | None,
    bound: float | None,
    gap: float | None,
    words: str,
) -> None:
    roster = Roster.objects.create(
        name="本周", first_day=MONDAY, days=7, state=state, actor=planner, at=NOON, cost=cost, bound=bound
    )
    assert roster.gap == gap
    client.force_login(planner)
    page = client.get(roster.get_absolute_url()).content.decode()
    assert words in page
    assert ("理论最优" in page) == bool(words)


def test_a_roster_that_fails_says_so(team: Team, queue: Queue, planner: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    roster = plain_roster(team, queue, planner)
    rosters.queue_up(roster=roster, seconds=3, kept_until=None, actor=planner, at=NOON)

    def broken(*_args: object, **_given: object) -> None:
        raise MemoryError

    monkeypatch.setattr(solving, "make_roster", broken)
    with pytest.raises(MemoryError):
        solving.make(roster=Roster.objects.get(pk=roster.pk), now=clock)
    roster.refresh_from_db()
    assert roster.state == RosterState.FAILED
    assert "未能排出" in roster.fault


def test_workers_that_died_are_told_of(queue: Queue, planner: Staff, client: object) -> None:
    take_in(queue, planner)
    dead = forecasts.new_forecast(queue=queue, first_day=MONDAY, days=7, actor=planner, at=NOON)
    Forecast.objects.filter(pk=dead.pk).update(state=RunState.RUNNING)
    fresh = forecasts.new_forecast(
        queue=queue, first_day=MONDAY, days=7, actor=planner, at=NOON + timedelta(minutes=55)
    )
    Forecast.objects.filter(pk=fresh.pk).update(state=RunState.RUNNING)
    started = {"state": RosterState.RUNNING, "started_at": NOON, "seconds": 60}
    rows = {"name": "x", "first_day": MONDAY, "days": 7, "actor": planner, "at": NOON, **started}
    draft, published = Roster.objects.create(**rows), Roster.objects.create(**rows, published_at=NOON)
    assert solving.settle(at=NOON + timedelta(hours=1)) == 3
    for row in (dead, fresh, draft, published):
        row.refresh_from_db()
    assert (dead.state, fresh.state) == (RunState.FAILED, RunState.RUNNING)
    assert (draft.state, published.state) == (RosterState.FAILED, RosterState.PUBLISHED)
    assert "后台任务" in dead.fault
    assert "后台任务" in draft.fault
    client.force_login(planner)  # type: ignore[attr-defined]
    shown = client.get(f"/workforce/queues/{queue.pk}/forecast/").content.decode()  # type: ignore[attr-defined]
    assert dead.fault in shown
    assert draft.fault in client.get(draft.get_absolute_url()).content.decode()  # type: ignore[attr-defined]


def test_a_night_that_nobody_needs_costs_more_than_a_day(team: Team, queue: Queue, planner: Staff) -> None:
    """Hours of a contract are filled where somebody is wanted, not at night where nobody is."""
    Shift.objects.filter(code="N").update(is_active=True)
    built = queries.built(plain_roster(team, queue, planner))
    night = next(code for code, work in built.work.items() if work.shift.code == "N")
    day = next(code for code, work in built.work.items() if work.shift.code == "B" and work.later == 0)

    def over(code: str) -> float:
        works = [None, code, *[None] * 5]
        return sum(need.too_many for need in built.problem.needs if need.is_met_by(works))

    assert over(night) > 2 * over(day)
