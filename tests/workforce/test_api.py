"""The workforce over HTTP: the same operations, scopes and rights as the pages (A13)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.factories import BranchFactory, StaffFactory
from tests.workforce.call_centre import MONDAY, NOON, a_file, a_queue, a_roster, forecast, people, take_in

from keheng.org.enums import DataScope
from keheng.org.models import Staff
from keheng.workforce.enums import RosterState
from keheng.workforce.models import Agent, Queue, Roster
from keheng.workforce.operations import rosters

pytestmark = pytest.mark.django_db
JSON: Any = {"content_type": "application/json"}
ROOT = "/api/v1/workforce"
WEEK = {"first": MONDAY, "last": MONDAY + timedelta(days=6)}


@pytest.fixture
def planner(client: Client) -> Staff:
    staff = StaffFactory.create(permissions=("api.use", "workforce.*"))
    client.force_login(staff)
    return staff


@pytest.fixture
def queue(planner: Staff) -> Queue:  # signed in
    return a_queue()


def test_a13_history_to_requirement(client: Client, planner: Staff, queue: Queue) -> None:
    sent = {"name": "话务.csv", "content": a_file().decode()}
    taken = client.post(f"{ROOT}/queues/{queue.pk}/history", sent, **JSON)
    assert (taken.status_code, taken.json()["step"], taken.json()["missing"]) == (201, 30, [])
    again = client.post(f"{ROOT}/queues/{queue.pk}/history", sent, **JSON)
    assert again.status_code == 422
    asked = client.post(f"{ROOT}/queues/{queue.pk}/forecasts", {"first_day": MONDAY, "days": 7}, **JSON)
    assert (asked.status_code, asked.json()["state"]) == (202, "queued")
    forecast(queue, planner)
    days = client.get(f"{ROOT}/queues/{queue.pk}/forecast", WEEK).json()
    assert len(days) == 7
    assert days[0]["calls"][0] is None
    assert sum(filter(None, days[0]["calls"])) > 100
    required = client.get(f"{ROOT}/queues/{queue.pk}/requirement", WEEK).json()
    assert max(required[0]["rostered"]) > max(required[0]["on_duty"]) > 1
    assert [one["code"] for one in client.get(f"{ROOT}/queues").json()] == ["hotline"]


def test_a13_a_roster_is_made_published_and_read(client: Client, planner: Staff, queue: Queue) -> None:
    take_in(queue, planner)
    forecast(queue, planner)
    team = people(queue, 4)
    made = a_roster(queue, team, planner, seconds=3)
    found = client.get(f"{ROOT}/rosters", WEEK).json()
    assert [(one["id"], one["state"]) for one in found] == [(made.pk, "ready")]
    assert all(one["reasons"] for one in found[0]["unmet"])
    published = client.post(f"{ROOT}/rosters/{made.pk}/publish", {}, **JSON)
    assert published.json()["published_at"]
    assert client.post(f"{ROOT}/rosters/{made.pk}/publish", {}, **JSON).status_code == 422
    shifts = client.get(f"{ROOT}/shifts", WEEK).json()
    assert len(shifts) == made.duties.count()
    assert shifts[0]["queue"] == "hotline"
    asked = client.post(f"{ROOT}/rosters/{made.pk}/make", {"seconds": 3, "kept_until": str(MONDAY)}, **JSON)
    assert (asked.status_code, asked.json()["state"]) == (202, "queued")
    assert client.post(f"{ROOT}/rosters/{made.pk}/make", {"seconds": 1}, **JSON).status_code == 422


def test_a_log_of_states_is_taken_in_once(client: Client, queue: Queue) -> None:
    people(queue, 1)
    agent = Agent.objects.get()
    content = f"工号,开始,结束,状态\n{agent.staff.username},2026-11-20 09:00,2026-11-20 10:00,就绪\n"
    for expected in (1, 0):
        answer = client.post(f"{ROOT}/states", {"name": "log.csv", "content": content}, **JSON)
        assert answer.json() == {"rows": expected}


def test_other_branches_rights_and_too_many_days_are_refused(client: Client, planner: Staff, queue: Queue) -> None:
    begun = Roster(name="x", first_day=MONDAY, days=7, state=RosterState.READY)
    take_in(queue, planner)
    forecast(queue, planner)
    rosters.begin(roster=begun, teams=[people(queue, 1)], queues=[queue], actor=planner, at=NOON)
    long = {"first": MONDAY, "last": MONDAY + timedelta(days=80)}
    assert client.get(f"{ROOT}/queues/{queue.pk}/forecast", long).status_code == 422
    client.force_login(
        StaffFactory.create(
            scope=DataScope.SUBTREE, branch=BranchFactory.create(), permissions=("api.use", "workforce.*")
        )
    )
    assert client.get(f"{ROOT}/queues").json() == []
    assert client.get(f"{ROOT}/queues/{queue.pk}/requirement", WEEK).status_code == 404
    assert client.get(f"{ROOT}/rosters/{begun.pk}").status_code == 404
    client.force_login(StaffFactory.create(permissions=("api.use", "workforce.view")))
    assert client.get(f"{ROOT}/rosters/{begun.pk}").status_code == 200
    assert client.post(f"{ROOT}/rosters/{begun.pk}/publish", {}, **JSON).status_code == 403
