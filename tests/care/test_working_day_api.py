"""The working day over HTTP: the same operations and rights as the pages."""

from typing import Any

import pytest
from django.test import Client
from tests.factories import BranchFactory, CustomerFactory, StaffFactory

from keheng.care.operations.agenda import load_agendas
from keheng.care.operations.tasks import add_task
from keheng.common import clock
from keheng.org.enums import DataScope
from keheng.org.operations import load_presets

pytestmark = pytest.mark.django_db
JSON: Any = {"content_type": "application/json"}
ROOT = "/api/v1/working-day"


def test_the_day_the_lobby_and_the_board(client: Client) -> None:
    load_presets()
    load_agendas()
    outlet = BranchFactory.create()
    staff = StaffFactory.create(
        scope=DataScope.SUBTREE,
        branch=outlet,
        permissions=("api.use", "customers.view", "care.view", "care.log", "care.lobby", "care.compliance"),
    )
    customer = CustomerFactory.create(owner=staff, branch=outlet)
    today = clock.today()
    add_task(staff=staff, customer=customer, cause="a", due_on=today, text="回访", actor=staff, at=clock.now())
    client.force_login(staff)
    day = client.get(f"{ROOT}/today").json()
    assert [task["text"] for task in day["tasks"]] == ["回访"]
    assert day["agenda"][0]["begins"].startswith("08:30")
    ticket = client.post(f"{ROOT}/lobby/{outlet.pk}/tickets", {"service": "A"}, **JSON).json()
    assert ticket["label"] == "A001"
    assert client.get(f"{ROOT}/lobby/{outlet.pk}").json()["waiting"][0]["id"] == ticket["id"]
    assert client.post(f"{ROOT}/lobby/{outlet.pk}/call", {"window": "3"}, **JSON).json()["window"] == "3"
    assert client.post(f"{ROOT}/lobby/{outlet.pk}/call", {}, **JSON).json() is None
    board = client.get(f"{ROOT}/team", {"starts_on": today, "ends_on": today}).json()
    assert [(one["name"], one["planned"]) for one in board] == [(staff.name, 1)]


def test_another_outlet_and_a_role_without_the_right_are_refused(client: Client) -> None:
    other = BranchFactory.create()
    client.force_login(
        StaffFactory.create(
            scope=DataScope.SUBTREE, branch=BranchFactory.create(), permissions=("api.use", "care.lobby")
        )
    )
    assert client.post(f"{ROOT}/lobby/{other.pk}/tickets", {"service": "A"}, **JSON).status_code == 404
    assert client.get(f"{ROOT}/today").status_code == 403
