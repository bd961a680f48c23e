"""Moves, proposals, protections and entitlements over HTTP: the scopes and rights of the pages."""

import json
from typing import Any

import pytest
from django.test import Client
from tests.factories import BranchFactory, StaffFactory
from tests.tiering.conftest import NOON, TODAY, Evaluate, MakeCustomer, wan
from tests.tiering.test_grace import fallen, head  # noqa: F401  # a fixture

from keheng.approvals import operations as approvals
from keheng.org.enums import DataScope
from keheng.org.models import Staff
from keheng.org.operations import load_presets as load_organisation
from keheng.tiering.models import Proposal, Protected
from keheng.tiering.operations import carry_out_decisions

API = "/api/v1/tiering"


@pytest.fixture(autouse=True)
def _limits(db: None) -> None:
    load_organisation()
    approvals.load_presets()


def sent(client: Client, path: str, body: Any) -> Any:
    return client.post(f"{API}{path}", json.dumps(body), content_type="application/json")


def test_a_proposal_is_read_answered_and_becomes_a_move(
    client: Client,
    make_customer: MakeCustomer,
    run_of: Evaluate,
    head: Staff,  # noqa: F811
) -> None:
    customer = fallen(make_customer, run_of)
    run_of()
    client.force_login(head)
    (row,) = client.get(f"{API}/proposals", {"state": "open", "scheme": "bank-retail"}).json()["items"]
    assert (row["customer_id"], row["from_tier"], row["to_tier"]) == (customer.pk, "T4", "T3")
    assert [one["tier"] for one in row["observed"]] == ["T3"] * 4
    refused = sent(client, "/proposals/answer", {"ids": [row["id"]], "outcome": "refuse"})
    assert refused.status_code == 422
    answer = sent(client, "/proposals/answer", {"ids": [row["id"]], "outcome": "approve", "reason": "同意"})
    assert answer.json() == {"done": 1, "gone": 0, "beyond": 0}
    carry_out_decisions(actor=head, at=NOON)
    (move,) = client.get(f"{API}/schemes/bank-retail/moves", {"direction": "down"}).json()["items"]
    assert (move["customer_id"], move["effective_on"]) == (customer.pk, f"{TODAY}")
    assert client.get(f"{API}/schemes/bank-retail/moves", {"until": "2020-01-01"}).json()["items"] == []


def test_others_see_and_answer_nothing(client: Client, make_customer: MakeCustomer, run_of: Evaluate) -> None:
    fallen(make_customer, run_of)
    run_of()
    other = StaffFactory.create(
        branch=BranchFactory.create(), scope=DataScope.OWN, permissions=("tiering.view", "approvals.view", "api.use")
    )
    client.force_login(other)
    assert client.get(f"{API}/proposals").json()["items"] == []
    key = Proposal.objects.get().pk
    answer = sent(client, "/proposals/answer", {"ids": [key], "outcome": "approve", "reason": "同意"})
    assert answer.json()["done"] == 0
    assert Proposal.objects.get().state == "open"
    assert sent(client, "/schemes/bank-retail/protected", {}).status_code in {403, 422}


def test_protections_and_entitlements(
    client: Client,
    make_customer: MakeCustomer,
    run_of: Evaluate,
    head: Staff,  # noqa: F811
) -> None:
    StaffFactory.create(role=head.role, branch=head.branch)
    customer = make_customer(aum_average=wan(60))
    run_of()
    client.force_login(head)
    body = {"customer_id": customer.pk, "reason": "年度大客户", "until": f"{TODAY}"}
    made = sent(client, "/schemes/bank-retail/protected", body)
    assert (made.status_code, made.json()["state"]) == (201, "waiting")
    assert sent(client, "/schemes/bank-retail/protected", body).status_code == 422
    assert Protected.objects.count() == len(client.get(f"{API}/schemes/bank-retail/protected").json()["items"]) == 1
    granted = {row["tier"]: row for row in client.get(f"{API}/schemes/bank-retail/entitlements").json()}
    theirs = client.get(f"{API}/customers/{customer.pk}/entitlements").json()
    assert theirs == granted["T4"]
    assert (theirs["is_priority"], theirs["contact_times"], theirs["contact_months"]) == (True, 1, 1)
    assert client.get(f"{API}/schemes/bank-retail/entitlements", {"on": "1980-01-01"}).status_code == 422
