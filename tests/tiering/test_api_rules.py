"""Tiers over HTTP and from the command line: the same answers, refusals and scopes as the pages."""

import json
from typing import Any

import pytest
from django.test import Client
from tests.factories import BranchFactory, StaffFactory
from tests.tiering.conftest import NOON, TODAY, Evaluate, MakeCustomer, give, wan

from keheng.customers.models import Customer
from keheng.org.enums import DataScope
from keheng.org.models import Staff
from keheng.tiering import operations
from keheng.tiering.models import DryRun, Scheme

RETAIL = "/api/v1/tiering/schemes/bank-retail"


@pytest.fixture
def signed(client: Client, actor: Staff) -> Client:
    client.force_login(actor)
    return client


def sent(client: Client, path: str, body: Any) -> Any:
    return client.post(path, json.dumps(body), content_type="application/json")


def test_schemes_and_their_versions(signed: Client) -> None:
    rows = {row["code"]: row for row in signed.get("/api/v1/tiering/schemes").json()}
    assert (rows["bank-retail"]["version"], rows["bank-retail"]["is_primary"]) == (1, True)
    (version,) = signed.get(f"{RETAIL}/versions").json()
    assert (version["number"], version["state"]) == (1, "published")
    assert len(version["definition"]["tiers"]) == 6


def test_a_dry_run_is_started_asked_for_and_read(signed: Client, actor: Staff, make_customer: MakeCustomer) -> None:
    customer = make_customer(aum_average=wan(60))
    answer = sent(signed, f"{RETAIL}/versions/1/dry-runs", {})
    assert (answer.status_code, answer.json()["state"], answer.json()["matrix"]) == (202, "queued", [])
    kept = DryRun.objects.select_related("version__scheme").get()
    assert kept.version is not None
    operations.dry_run(version=kept.version, as_of=None, actor=actor, at=NOON, kept=kept)
    found = signed.get(f"/api/v1/tiering/dry-runs/{kept.pk}").json()
    assert (found["state"], found["moves"]) == ("done", {"new": 1, "up": 0, "down": 0, "left": 0})
    assert found["matrix"] == [{"before": "", "after": "T4", "customers": 1, "aum": "600000.00"}]
    (move,) = signed.get(f"/api/v1/tiering/dry-runs/{kept.pk}/moves").json()["items"]
    assert (move["customer_id"], move["direction"], move["metric"]) == (customer.pk, "new", "aum")


def test_a_matrix_and_its_refusal(signed: Client, make_customer: MakeCustomer, run_of: Evaluate) -> None:
    refused = signed.get(f"{RETAIL}/matrix", {"start": "2026-10-31", "end": "2026-11-22"})
    assert (refused.status_code, "没有评定" in refused.content.decode()) == (422, True)
    make_customer(aum_average=wan(60))
    run_of()
    refused = signed.get(f"{RETAIL}/matrix", {"start": "2026-11-22", "end": "2026-10-31"})
    assert (refused.status_code, "不早于" in refused.content.decode()) == (422, True)


def test_who_is_near_within_the_scope(client: Client, make_customer: MakeCustomer, run_of: Evaluate) -> None:
    near = make_customer(branch=BranchFactory.create(), aum_average=wan("48.8"))
    give(near, aum_average=wan("48.8"))
    Customer.objects.update(aum=wan("48.8"))
    run_of()
    for scope, count in ((DataScope.ALL, 1), (DataScope.OWN, 0)):
        client.force_login(StaffFactory.create(scope=scope, permissions=("tiering.view", "api.use")))
        rows = client.get(f"{RETAIL}/near").json()["items"]
        assert len(rows) == count
    client.force_login(StaffFactory.create())
    (row,) = client.get(f"{RETAIL}/near").json()["items"]
    assert (row["held"], row["gap"], row["months_left"]) == ("T3", "12000.00", None)


@pytest.mark.parametrize(
    ("permissions", "reads", "starts"), [(("customers.view",), 403, 403), (("tiering.view",), 200, 403)]
)
def test_the_rights_of_the_pages(client: Client, permissions: tuple[str, ...], reads: int, starts: int) -> None:
    client.force_login(StaffFactory.create(permissions=(*permissions, "api.use")))
    assert client.get("/api/v1/tiering/schemes").status_code == reads
    assert client.get(f"{RETAIL}/versions").status_code == reads
    assert sent(client, f"{RETAIL}/versions/1/dry-runs", {}).status_code == starts
    assert Scheme.objects.filter(code="bank-retail", versions__valid_from__lt=TODAY).exists()
