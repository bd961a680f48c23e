"""Who may do what, roles × acts; lists cost the same queries however long they are (A13, A15)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.factories import BranchFactory, StaffFactory
from tests.workforce.call_centre import MONDAY, NOON, a_file, a_queue, people

from keheng.org.enums import DataScope
from keheng.org.models import Role, Staff
from keheng.org.operations import load_presets
from keheng.workforce.enums import AskState, RosterState
from keheng.workforce.models import Agent, Duty, Leave, Queue, Roster, Shift, Swap, Team, Wish
from keheng.workforce.operations import forecasts, history, requests, rosters
from keheng.workforce.permissions import DECIDE, OWN, PLAN, VIEW

pytestmark = pytest.mark.django_db

_SEEN = {
    VIEW: ("queues", "rosters", "library", "reports", "performance"),
    PLAN: ("take-in", "roster-new"),
    DECIDE: ("requests",),
    OWN: ("calendar",),
}
_ROLES = {
    "call-supervisor": {VIEW, PLAN, DECIDE, OWN},
    "call-agent": {OWN},
    "lobby-manager": {OWN},
    "auditor": {VIEW},
    "relationship-manager": set(),
}


@pytest.mark.parametrize("role", _ROLES)
def test_a13_each_role_opens_what_its_rights_say(client: Client, role: str) -> None:
    load_presets()
    client.force_login(StaffFactory.create(role=Role.objects.get(code=role)))
    for permission, pages in _SEEN.items():
        for page in pages:
            expected = 200 if permission in _ROLES[role] else 403
            assert client.get(reverse(f"workforce:{page}")).status_code == expected, (role, page)


@pytest.mark.parametrize(
    ("role", "items", "tabs"),
    [
        ("call-supervisor", ["queues", "calendar"], ["queues", "rosters", "requests", "reports", "library"]),
        ("head-office-manager", ["queues"], ["queues", "rosters", "reports", "library"]),
        ("call-agent", ["calendar"], []),
    ],
)
def test_the_pages_of_planning_are_one_item_with_tabs(
    client: Client, role: str, items: list[str], tabs: list[str]
) -> None:
    load_presets()
    client.force_login(StaffFactory.create(role=Role.objects.get(code=role)))
    page = client.get(reverse(f"workforce:{items[0]}"))
    frame = page.context["frame"]
    links = [link.url for _group, entries in frame.navigation for link in entries]
    assert [url for url in links if url.startswith("/workforce/")] == [reverse(f"workforce:{name}") for name in items]
    assert [link.url for link in frame.strip] == [reverse(f"workforce:{name}") for name in tabs]


@pytest.fixture
def queue() -> Queue:
    return a_queue()


@pytest.fixture
def team(queue: Queue) -> Team:
    return people(queue, 3)


def a_duty(team: Team, queue: Queue, planner: Staff, *, ahead: int = 1, agent: Agent | None = None) -> Duty:
    roster = Roster.objects.create(
        name="本周", first_day=MONDAY, days=7, state=RosterState.READY, actor=planner, at=NOON, published_at=NOON
    )
    roster.teams.add(team)
    roster.queues.add(queue)
    return Duty.objects.create(
        roster=roster, agent=agent or team.agents.all()[0], day=MONDAY + timedelta(days=ahead), queue=queue,
        shift=Shift.objects.get(code="A"), is_published=True,
    )  # fmt: skip


type Act = Callable[[Staff, Queue, Duty], object]
_ACTS: dict[str, tuple[str, Act]] = {
    "take in": (PLAN, lambda who, queue, _duty: history.take_in(
        queue=queue, content=a_file(), name="a.csv", profile=None, actor=who, at=NOON)),
    "forecast": (PLAN, lambda who, queue, _duty: forecasts.new_forecast(
        queue=queue, first_day=MONDAY, days=7, actor=who, at=NOON)),
    "place": (PLAN, lambda who, _queue, duty: rosters.place(
        roster=duty.roster, agent=duty.agent, day=MONDAY, shift=None, actor=who, at=NOON)),
    "publish": (PLAN, lambda who, _queue, duty: rosters.publish(roster=duty.roster, actor=who, at=NOON)),
    "make": (PLAN, lambda who, _queue, duty: rosters.queue_up(
        roster=duty.roster, seconds=5, kept_until=MONDAY, actor=who, at=NOON)),
    "cover": (PLAN, lambda who, _queue, duty: rosters.cover(
        duty=duty, agent=Agent.objects.exclude(pk=duty.agent_id)[0], insist=True, actor=who, at=NOON)),
    "decide": (DECIDE, lambda who, _queue, duty: requests.decide_leave(
        leave=Leave.objects.create(
            agent=duty.agent, kind="annual", first_day=MONDAY, last_day=MONDAY, asked_at=NOON, state=AskState.ASKED
        ), approve=True, actor=who, at=NOON)),
    "own": (OWN, lambda who, _queue, duty: requests.wish(
        wish=Wish(agent=duty.agent, day=MONDAY, kind="off"), actor=who, at=NOON)),
}  # fmt: skip


@pytest.mark.parametrize("act", _ACTS)
@pytest.mark.parametrize("who", ["planner", "planner elsewhere", "decider", "viewer", "the agent"])
def test_a13_acts_by_right_and_scope(queue: Queue, team: Team, act: str, who: str) -> None:
    """A planner of the branch does all but decide; a decider decides; the agent asks; of elsewhere nobody."""
    duty = a_duty(team, queue, StaffFactory.create())
    elsewhere = {"scope": DataScope.SUBTREE, "branch": BranchFactory.create()}
    people_by_name: dict[str, Callable[[], Staff]] = {
        "planner": lambda: StaffFactory.create(permissions=(VIEW, PLAN)),
        "planner elsewhere": lambda: StaffFactory.create(permissions=("workforce.*",), **elsewhere),
        "decider": lambda: StaffFactory.create(permissions=(VIEW, DECIDE)),
        "viewer": lambda: StaffFactory.create(permissions=(VIEW,)),
        "the agent": lambda: duty.agent.staff,
    }
    right, carry_out = _ACTS[act]
    allowed = {"planner": {PLAN, OWN}, "planner elsewhere": set(), "decider": {DECIDE}, "viewer": set(),
               "the agent": {OWN}}[who]  # fmt: skip
    if right in allowed:
        carry_out(people_by_name[who](), queue, duty)
    else:
        with pytest.raises(PermissionDenied):
            carry_out(people_by_name[who](), queue, duty)


def test_nobody_decides_what_they_asked_for(queue: Queue, team: Team) -> None:
    supervisor = StaffFactory.create(permissions=("workforce.*",))
    agent = team.agents.all()[0]
    Agent.objects.filter(pk=agent.pk).update(staff=supervisor)
    agent.refresh_from_db()
    leave = Leave(agent=agent, kind="annual", first_day=MONDAY, last_day=MONDAY)
    requests.ask_leave(leave=leave, actor=supervisor, at=NOON)
    with pytest.raises(PermissionDenied):
        requests.decide_leave(leave=leave, approve=True, actor=supervisor, at=NOON)


@pytest.mark.parametrize("page", ["queues", "rosters", "library", "requests", "reports"])
def test_lists_cost_the_same_with_one_row_and_with_three(client: Client, queue: Queue, page: str) -> None:
    planner = StaffFactory.create(permissions=("*",))
    client.force_login(planner)
    team = people(queue, 1)
    counts = []
    for round_ in (1, 3):
        for _more in range(round_ - 1):
            extra = a_queue_like(queue, f"q{Queue.objects.count()}")
            staff = StaffFactory.create()
            agent = Agent.objects.create(
                staff=staff, team=team, contract=team.agents.all()[0].contract, since=MONDAY - timedelta(days=90)
            )
            agent.skills.add(extra)
        for agent in team.agents.all():
            if not Leave.objects.filter(agent=agent).exists():
                duty = a_duty(team, queue, planner, ahead=0, agent=agent)
                when = {"first_day": MONDAY, "last_day": MONDAY, "asked_at": NOON}
                Leave.objects.create(agent=agent, kind="sick", state=AskState.APPROVED, decided_by=planner, **when)
                Leave.objects.create(agent=agent, kind="annual", state=AskState.ASKED, **when)
                Swap.objects.create(duty=duty, other=agent, asked_at=NOON, state=AskState.ASKED)
        address = f"{reverse(f'workforce:{page}')}?first={MONDAY}&last={MONDAY}"
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(address).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def a_queue_like(queue: Queue, code: str) -> Queue:
    return Queue.objects.create(code=code, name=code, branch=queue.branch, borrows=queue)
