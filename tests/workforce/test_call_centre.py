"""From raw history to a published roster, and living with it (A13, screen 13)."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from tests.factories import StaffFactory
from tests.workforce.call_centre import MONDAY, NOON, a_queue, a_roster, clock, forecast, people, take_in

from keheng.notices.models import Notice
from keheng.org.models import Staff
from keheng.workforce.enums import AskState, DutySource, RosterState
from keheng.workforce.models import Agent, Duty, Fixed, Leave, Queue, Roster, Shift, Swap, Team, Wish
from keheng.workforce.operations import requests, rosters, solving
from keheng.workforce.policies.rostering.coverage import covered_share
from keheng.workforce.queries import rosters as queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def planner() -> Staff:
    return StaffFactory.create(name="林建峰", permissions=("workforce.*",))


@pytest.fixture
def queue(planner: Staff) -> Queue:
    queue = a_queue()
    take_in(queue, planner)
    forecast(queue, planner)
    queue.refresh_from_db()
    return queue


@pytest.fixture
def team(queue: Queue) -> Team:
    return people(queue)


@pytest.fixture
def roster(queue: Queue, team: Team, planner: Staff) -> Roster:
    return a_roster(queue, team, planner)


def test_a13_history_forecast_roster_published(roster: Roster, queue: Queue, team: Team, planner: Staff) -> None:
    """Rules are kept by the independent check, most hours are covered, agents are told."""
    built = queries.built(roster)
    for agent in team.agents.all():
        duties = Duty.objects.filter(roster=roster, agent=agent).select_related("shift", "queue")
        assert built.broken(agent, duties) == []
    duties = list(roster.duties.select_related("shift", "queue"))
    assert duties
    there = queries.there_of(roster, duties, [queue])[queue.pk]
    assert covered_share(built.wanted[queue.pk], there) > 0.75
    assert roster.bound is not None
    assert roster.cost is not None
    assert roster.bound <= roster.cost
    assert all(one["reasons"] for one in roster.unmet), "every need that is not met says why"
    rosters.publish(roster=roster, actor=planner, at=NOON)
    assert Notice.objects.filter(kind="workforce.published").count() == 10
    assert not roster.duties.filter(is_published=False).exists()


def test_a13_leave_settled_shifts_and_wishes_are_heeded(queue: Queue, team: Team, planner: Staff) -> None:
    away, settled, wishing = list(team.agents.all())[:3]
    leave = requests.ask_leave(
        leave=Leave(agent=away, kind="annual", first_day=MONDAY, last_day=MONDAY + timedelta(days=2)),
        actor=away.staff, at=NOON,
    )  # fmt: skip
    requests.decide_leave(leave=leave, approve=True, actor=planner, at=NOON)
    late = Shift.objects.get(code="D")
    Fixed.objects.create(agent=settled, day=MONDAY, shift=late, reason="带教")
    requests.wish(wish=Wish(agent=wishing, day=MONDAY, kind="off", weight=3), actor=wishing.staff, at=NOON)
    roster = a_roster(queue, team, planner)
    assert not Duty.objects.filter(agent=away, day__lte=leave.last_day).exists()
    assert Duty.objects.get(agent=settled, day=MONDAY).shift == late
    with pytest.raises(ValidationError):
        requests.ask_leave(
            leave=Leave(agent=away, kind="sick", first_day=MONDAY, last_day=MONDAY), actor=away.staff, at=NOON
        )
    assert roster.duties.exists()


def test_a13_published_days_stay_when_it_is_made_again(roster: Roster, planner: Staff) -> None:
    """Also the state carries over: runs and rests begin where the kept days end."""
    rosters.publish(roster=roster, actor=planner, at=NOON)
    kept_until = MONDAY + timedelta(days=2)
    before = set(roster.duties.filter(day__lte=kept_until).values_list("agent", "day", "shift"))
    with pytest.raises(ValidationError):
        rosters.ask_to_make(roster=roster, seconds=5, kept_until=None, actor=planner, at=NOON)
    rosters.ask_to_make(roster=roster, seconds=5, kept_until=kept_until, actor=planner, at=NOON)
    made = solving.make(roster=Roster.objects.get(pk=roster.pk), now=clock)
    assert made.state == RosterState.PUBLISHED
    assert set(roster.duties.filter(day__lte=kept_until).values_list("agent", "day", "shift")) == before
    assert roster.duties.filter(is_published=True, day__gt=kept_until).exists()


def test_a13_a_change_by_hand_tells_the_rules_that_it_breaks(roster: Roster, planner: Staff) -> None:
    agent = roster.duties.filter(day=MONDAY + timedelta(days=1)).first().agent  # type: ignore[union-attr]
    shifts = {shift.code: shift for shift in Shift.objects.all()}
    late, early = shifts["D"], shifts["A"]
    given = {"roster": roster, "agent": agent, "actor": planner, "at": NOON}
    rosters.place(**given, day=MONDAY + timedelta(days=1), shift=None, insist=True)  # type: ignore[arg-type]
    rosters.place(**given, day=MONDAY, shift=late, insist=True)  # type: ignore[arg-type]
    told = rosters.place(**given, day=MONDAY + timedelta(days=1), shift=early)  # type: ignore[arg-type]
    assert any("休息不足" in rule for rule in told)
    duty = Duty.objects.get(roster=roster, agent=agent, day=MONDAY)
    assert (duty.shift, duty.source) == (late, DutySource.HAND)
    with pytest.raises(ValidationError):
        rosters.place(**given, day=MONDAY - timedelta(days=1), shift=early)  # type: ignore[arg-type]


def test_a13_swaps_need_the_colleague_and_a_supervisor(roster: Roster, planner: Staff) -> None:
    rosters.publish(roster=roster, actor=planner, at=NOON)
    pair = _exchangeable(roster)
    assert pair is not None
    duty, other = pair
    giver = duty.agent
    swap = requests.ask_swap(duty=duty, other=other, reason="家事", actor=giver.staff, at=NOON)
    with pytest.raises(PermissionDenied):
        requests.answer_swap(swap=swap, agree=True, actor=giver.staff, at=NOON)
    with pytest.raises(ValidationError):
        requests.decide_swap(swap=swap, approve=True, actor=planner, at=NOON)
    requests.answer_swap(swap=swap, agree=True, actor=other.staff, at=NOON)
    with pytest.raises(PermissionDenied):
        requests.decide_swap(swap=swap, approve=True, actor=giver.staff, at=NOON)
    theirs = Duty.objects.filter(agent=other, day=duty.day, is_published=True).first()
    content = (duty.shift_id, theirs.shift_id if theirs else None)
    requests.decide_swap(swap=swap, approve=True, actor=planner, at=NOON)
    assert Duty.objects.get(agent=other, day=duty.day, is_published=True).shift_id == content[0]
    mine = Duty.objects.filter(agent=giver, day=duty.day, is_published=True).first()
    assert (mine.shift_id if mine else None) == content[1]
    assert Swap.objects.get().state == AskState.APPROVED


def test_a13_standby_covers_an_absence(roster: Roster, queue: Queue, planner: Staff) -> None:
    rosters.publish(roster=roster, actor=planner, at=NOON)
    duty = roster.duties.select_related("agent", "queue", "roster", "shift").first()
    assert duty is not None
    reserve = Team.objects.create(code="standby", name="机动班", branch=queue.branch, is_standby=True)
    staff = StaffFactory.create()
    agent = Agent.objects.create(staff=staff, team=reserve, contract=duty.agent.contract, since=date(2026, 1, 1))
    with pytest.raises(ValidationError):
        rosters.cover(duty=duty, agent=agent, actor=planner, at=NOON)
    agent.skills.add(queue)
    assert rosters.who_could_cover(duty)[0] == agent, "the standby team comes first"
    covered = rosters.cover(duty=duty, agent=agent, actor=planner, at=NOON)
    assert (covered.agent, covered.source) == (agent, DutySource.COVER)


def test_a13_contradicting_wishes_of_one_do_not_stop_the_others(queue: Queue, team: Team, planner: Staff) -> None:
    """Impossible for one agent: named, and the roster of the others is made."""
    unlucky = team.agents.first()
    assert unlucky is not None
    for ahead in range(7):
        Fixed.objects.create(
            agent=unlucky, day=MONDAY + timedelta(days=ahead), shift=Shift.objects.get(code="A"), reason="误排"
        )
    roster = a_roster(queue, team, planner)
    assert [one["kind"] for one in roster.remarks if one["agent"] == unlucky.staff.name] == ["contradiction"]
    assert roster.duties.exists()


def test_a13_a_group_rota_is_followed(queue: Queue, team: Team, planner: Staff) -> None:
    team.rota, team.rota_first_day = ["A", "A", "D", "-"], MONDAY
    team.full_clean()
    team.save()
    roster = a_roster(queue, team, planner)
    agent = team.agents.first()
    found = [duty.shift.code for duty in roster.duties.filter(agent=agent).select_related("shift")]
    assert found == ["A", "A", "D", "A", "A", "D"]
    team.rota = ["A", "X"]
    with pytest.raises(ValidationError):
        team.full_clean()


def test_an_agent_has_one_published_shift_a_day(roster: Roster, planner: Staff) -> None:
    rosters.publish(roster=roster, actor=planner, at=NOON)
    duty = roster.duties.first()
    assert duty is not None
    other = Roster.objects.create(name="x", first_day=MONDAY, days=1, actor=planner, at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Duty.objects.create(roster=other, agent=duty.agent, day=duty.day, shift=duty.shift, is_published=True)


def _exchangeable(roster: Roster) -> tuple[Duty, Agent] | None:
    """A duty and a colleague free or on another shift that day, whose exchange breaks no rule."""
    duties = roster.duties.select_related("agent__staff", "agent__team", "roster", "shift", "queue")
    agents = list(Agent.objects.select_related("staff", "team"))
    for duty in duties:
        for other in agents:
            theirs = Duty.objects.filter(roster=roster, agent=other, day=duty.day).first()
            differs = other != duty.agent and (theirs is None or theirs.shift_id != duty.shift_id)
            if differs and not requests.rules_of_swap(duty, other):
                return duty, other
    return None
