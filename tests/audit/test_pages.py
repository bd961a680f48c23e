from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories import CustomerFactory, StaffFactory

from keheng.audit.enums import Outcome
from keheng.audit.models import Entry
from keheng.audit.operations import record

AT = datetime(2026, 11, 22, 1, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client: Client) -> Client:
    client.force_login(StaffFactory.create(permissions=["audit.view", "customers.view"]))
    client.cookies["django_language"] = "en"
    return client


def rows_of(client: Client, query: str = "") -> list[int]:
    response = client.get(f"/audit/{query}")
    assert response.status_code == 200
    return [row["pk"] for row in response.context["rows"]]


def rows(client: Client, query: str = "") -> list[Entry]:
    return [Entry.objects.get(pk=key) for key in rows_of(client, query)]


def test_only_those_who_may_read_the_trail_do(client: Client) -> None:
    client.force_login(StaffFactory.create(permissions=["customers.view"]))
    entry = record("org.test", actor=StaffFactory.create(), at=AT)
    assert client.get("/audit/").status_code == 403
    assert client.get(f"/audit/{entry.pk}/").status_code == 403


def test_the_trail_is_filtered_by_actor_action_record_date_and_outcome(reader: Client) -> None:
    lin, chen = StaffFactory.create(name="林建峰"), StaffFactory.create(name="陈静")
    customer = CustomerFactory.create(name="黄雅琴")
    old = record("customers.change", actor=lin, at=AT - timedelta(days=40), target=customer)
    shown = record("customers.reveal", actor=lin, at=AT, target=customer, reason="回访")
    refused = record("customers.reveal", actor=chen, at=AT, target=customer, outcome=Outcome.REFUSED)
    assert rows(reader, "?q=林") == [shown, old]
    assert rows(reader, "?q=黄雅") == [refused, shown, old]
    assert rows(reader, "?action=customers.reveal") == [refused, shown]
    assert rows(reader, "?outcome=refused") == [refused]
    assert rows(reader, "?at_after=2026-11-01&at_before=2026-11-30&actor=" + str(lin.pk)) == [shown]
    assert rows(reader, f"?kind=customers.customer&record={customer.pk}") == [refused, shown, old]
    assert rows(reader, "?kind=org.branch") == []


def test_an_entry_shows_its_details_in_words(reader: Client) -> None:
    entry = record(
        "customers.change",
        actor=StaffFactory.create(name="林建峰"),
        at=AT,
        target=CustomerFactory.create(),
        detail={"changes": {"status": ["active", "dormant"]}},
    )
    page = reader.get(f"/audit/{entry.pk}/").content.decode()
    for words in ("林建峰", "2026-11-22 09:00:00", "Active", "Dormant", "黄雅琴"):
        assert words in page


def test_as_many_queries_for_three_entries_as_for_one(reader: Client) -> None:
    counts = []
    for more in (1, 2):
        for _ in range(more):
            record("customers.change", actor=StaffFactory.create(), at=AT, target=CustomerFactory.create())
        with CaptureQueriesContext(connection) as counted:
            assert len(rows_of(reader)) == Entry.objects.count()
        counts.append(len(counted))
    assert counts[0] == counts[1]
