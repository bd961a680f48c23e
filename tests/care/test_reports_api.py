"""Summaries of the day and month group analyses over HTTP: the operations and rights of the pages (A4)."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.care.conftest import MakeCustomer

from keheng.care.models import MonthAnalysis
from keheng.care.models.analysis import SECTIONS
from keheng.care.operations.analysis import open_analyses
from keheng.common import clock
from keheng.org.models import Staff

ROOT = "/api/v1/reports"
JSON: Any = {"content_type": "application/json"}


def sign_in(client: Client, staff: Staff) -> None:
    staff.role.permissions = [*staff.role.permissions, "api.use"]
    staff.role.save()
    client.force_login(staff)


def test_a4_the_day_is_summed_up_and_seen_once_it_is_handed_in(
    bank: SimpleNamespace, make: MakeCustomer, client: Client
) -> None:
    make("T3", bank.manager)
    sign_in(client, bank.manager)
    begun = client.get(f"{ROOT}/days/today").json()
    assert (begun["id"], begun["state"], begun["staff"]) == (None, "draft", bank.manager.username)
    kept = client.put(f"{ROOT}/days/today", {"summary": "小结", "plan": "计划"}, **JSON).json()
    assert (kept["state"], kept["summary"]) == ("draft", "小结")
    sign_in(client, bank.head)
    assert client.get(f"{ROOT}/days").json()["items"] == []
    client.force_login(bank.manager)
    assert client.put(f"{ROOT}/days/today", {"summary": "", "plan": "x", "hand_in": True}, **JSON).status_code == 422
    client.put(f"{ROOT}/days/today", {"summary": "小结", "plan": "计划", "hand_in": True}, **JSON)
    client.force_login(bank.head)
    (seen,) = client.get(f"{ROOT}/days").json()["items"]
    assert (seen["state"], seen["plan"]) == ("handed-in", "计划")


def test_a4_an_analysis_is_written_by_its_owner_and_reviewed_by_whoever_leads(
    bank: SimpleNamespace, make: MakeCustomer, client: Client
) -> None:
    make("T3", bank.manager)
    month = (clock.today().replace(day=1) - timedelta(days=1)).replace(day=1)
    assert open_analyses(month=month, at=clock.now()) == 1
    analysis = MonthAnalysis.objects.get()
    url = f"{ROOT}/analyses/{analysis.pk}"
    sign_in(client, bank.manager)
    drafted = client.get(url).json()
    assert (drafted["state"], drafted["month"], set(drafted["sections"])) == ("draft", str(month), set(SECTIONS))
    assert drafted["sections"]["funds"], "begun from the data"
    assert client.put(url, {"sections": {"funds": "流入"}, "hand_in": True}, **JSON).status_code == 422
    words = {"sections": dict.fromkeys(SECTIONS, "已分析"), "hand_in": True}
    assert client.put(url, words, **JSON).json()["state"] == "handed-in"
    assert client.post(f"{url}/review", {"approve": True}, **JSON).status_code == 403
    sign_in(client, bank.head)
    assert client.post(f"{url}/review", {"approve": False}, **JSON).status_code == 422
    assert client.post(f"{url}/review", {"approve": True}, **JSON).json()["state"] == "approved"
    assert client.get(f"{ROOT}/analyses", {"month": str(month), "state": "draft"}).json()["items"] == []
    client.force_login(bank.second)
    assert client.get(url).status_code == 404


def test_queries_do_not_grow_with_rows(bank: SimpleNamespace, make: MakeCustomer, client: Client) -> None:
    sign_in(client, bank.president)
    counts = []
    for owners in ([bank.manager], [bank.second, bank.low]):
        for owner in owners:
            make("T3", owner)
        open_analyses(month=clock.today().replace(day=1), at=clock.now())
        client.get(f"{ROOT}/analyses")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{ROOT}/analyses")
        counts.append(len(queries))
    assert counts[0] == counts[1]
