"""The contact log over HTTP: the same operations and rights as the pages (A1, A4)."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.care.conftest import MakeCustomer

from keheng.care.enums.contacts import Origin
from keheng.care.models import Contact
from keheng.care.operations.tasks import add_task
from keheng.common import clock

ROOT = "/api/v1/contacts"
JSON: Any = {"content_type": "application/json"}


def logged(client: Client, **given: Any) -> Any:
    return client.post(ROOT, {"channel": "phone", "outcome": "talked", "note": "谈国债", **given}, **JSON)


def test_a_contact_is_logged_listed_corrected_and_withdrawn(
    bank: SimpleNamespace, make: MakeCustomer, client: Client
) -> None:
    customer = make("T3", bank.manager)
    today = clock.today()
    task = add_task(staff=bank.manager, customer=customer, cause="t", due_on=today, actor=bank.manager, at=clock.now())
    client.force_login(bank.manager)
    response = logged(client, customer=customer.pk, task=task.pk)
    assert response.status_code == 201, response.content
    made = response.json()
    assert (made["staff"], made["counts"], made["note"], made["task_id"]) == (
        bank.manager.username, True, "谈国债", task.pk,
    )  # fmt: skip
    assert Contact.objects.get().origin == Origin.API
    task.refresh_from_db()
    assert task.state == "done"
    rows = client.get(ROOT, {"customer": customer.pk, "staff": bank.manager.username, "channel": "phone"}).json()
    assert [row["id"] for row in rows["items"]] == [made["id"]]
    assert client.get(ROOT, {"channel": "visit"}).json()["items"] == []
    one = f"{ROOT}/{made['id']}"
    fixed = client.post(f"{one}/correction", {"reason": "写错", "channel": "visit"}, **JSON).json()
    assert (fixed["channel"], fixed["note"]) == ("visit", "谈国债")
    assert fixed["corrected_at"]
    assert client.post(f"{one}/withdrawal", {"reason": "误记"}, **JSON).json()["withdrawn_at"]
    assert client.get(ROOT).json()["items"] == []
    assert client.get(one).json()["withdrawn_at"], "it stays on record"


def test_what_is_wrong_is_refused_with_a_sentence(bank: SimpleNamespace, make: MakeCustomer, client: Client) -> None:
    customer, stranger = make("T3", bank.manager), make("T3", bank.second)
    client.force_login(bank.manager)
    tomorrow = (clock.now() + timedelta(days=1)).isoformat()
    assert logged(client, customer=customer.pk, at=tomorrow).status_code == 422
    assert logged(client, customer=customer.pk, outcome="nonsense").status_code == 422
    assert logged(client, customer=customer.pk, channel="").status_code == 422
    assert logged(client, customer=stranger.pk).status_code == 404
    assert not Contact.objects.exists()


def test_the_scope_and_the_rights_are_those_of_the_pages(
    bank: SimpleNamespace, make: MakeCustomer, client: Client
) -> None:
    customer = make("T3", bank.manager)
    client.force_login(bank.manager)
    key = logged(client, customer=customer.pk).json()["id"]
    client.force_login(bank.second)
    assert client.get(ROOT).json()["items"] == []
    assert client.get(f"{ROOT}/{key}").status_code == 404
    client.force_login(bank.auditor)
    assert logged(client, customer=customer.pk).status_code == 403
    assert [row["id"] for row in client.get(ROOT).json()["items"]] == [key]


def test_queries_do_not_grow_with_rows(bank: SimpleNamespace, make: MakeCustomer, client: Client) -> None:
    client.force_login(bank.head)
    counts = []
    for number in (1, 3):
        for _ in range(number):
            logged(client, customer=make("T3", bank.manager).pk)
        client.get(ROOT)
        with CaptureQueriesContext(connection) as queries:
            client.get(ROOT)
        counts.append(len(queries))
    assert counts[0] == counts[1]
