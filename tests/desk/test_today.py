"""The workbench's own work, and the visits of a day: order, reasons, fixed numbers of queries (A4, decision 20)."""

from datetime import time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.desk.conftest import TODAY
from tests.factories import BranchFactory, CustomerFactory, StaffFactory

from keheng.care.models import CareProfile, Task
from keheng.care.operations.agenda import load_agendas
from keheng.common import clock
from keheng.customers.models import Customer
from keheng.desk.queries.today import work
from keheng.desk.queries.visits import visits
from keheng.org.enums import DataScope
from keheng.org.models import Staff
from keheng.org.operations import load_presets


@pytest.fixture
def doer(db: None) -> Staff:
    load_presets()
    load_agendas()
    return StaffFactory.create(
        scope=DataScope.OWN,
        permissions=("customers.view", "care.view", "care.log", "tiering.view"),
        branch=BranchFactory.create(),
    )


def task(doer: Staff, name: str, *, late: int = 0, priority: int = 100, channel: str = "visit") -> Task:
    customer: Customer = CustomerFactory.create(owner=doer, branch=doer.branch, name=name)
    due = TODAY - timedelta(days=late)
    return Task.objects.create(
        staff=doer,
        customer=customer,
        branch=doer.branch,
        kind="occasion",
        cause=f"t:{name}",
        text=f"{name}的理由",
        opens_on=due,
        due_on=due,
        closes_on=due + timedelta(days=30),
        priority=priority,
        channel=channel,
    )


def test_late_tasks_come_first_then_the_weightiest_each_with_its_reason(doer: Staff, client: Client) -> None:
    task(doer, "轻", priority=10)
    task(doer, "重", priority=900)
    task(doer, "迟", late=2, priority=1)
    found = work(doer, TODAY)
    assert [one.text for band in found.bands for one in band.tasks] == ["迟的理由", "重的理由", "轻的理由"]
    assert (found.open, found.late) == (3, 1)
    client.force_login(doer)
    page = client.get(reverse("home")).content.decode()
    assert "先处理这 3 件事" in page or "还有 3 件事" in page or "还剩 3 件事" in page
    assert "逾期 2 天" in page
    assert "证券营业部" in page


def test_queries_of_the_workbench_do_not_grow(doer: Staff, client: Client) -> None:
    client.force_login(doer)
    counts = []
    for names in (["甲"], ["乙", "丙"]):
        for name in names:
            task(doer, name)
        client.get(reverse("home"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("home"))
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 35
    with CaptureQueriesContext(connection) as fragment:
        response = client.get(reverse("home"), headers={"HX-Request": "true", "HX-Target": "work"})
    assert "k-nav" not in response.content.decode()
    assert len(fragment) <= counts[0]


def test_visits_follow_the_hours_that_customers_prefer(doer: Staff, client: Client) -> None:
    evening, noon, any_time = task(doer, "晚"), task(doer, "午"), task(doer, "随", priority=999)
    task(doer, "电话", channel="phone")
    for one, begins in ((evening, time(17)), (noon, time(11))):
        CareProfile.objects.create(
            customer=one.customer,
            hours_from=begins,
            hours_to=time(20),
            changed_by=doer,
            changed_at=clock.now(),
        )
    assert [visit.task for visit in visits(doer, TODAY)] == [noon, evening, any_time]
    client.force_login(doer)
    page = client.get(reverse("field")).content.decode()
    assert page.index("午的理由") < page.index("晚的理由")
    assert "电话的理由" not in page
