"""The bad input of rules, walked as a person meets it: each page refuses, says why, and nothing has changed (A2)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import RoleFactory
from tests.tiering.conftest import NOON, Evaluate, MakeCustomer, wan
from tests.tiering.test_drafts import posted

from keheng.approvals import operations as approvals
from keheng.approvals.models import Request
from keheng.org.models import Staff
from keheng.tiering import operations
from keheng.tiering.forms.draft import Editor
from keheng.tiering.models import DryRun, Run, Scheme, SchemeVersion, Standing
from keheng.tiering.policies.fields import Tree


@pytest.fixture(autouse=True)
def _signed_in(client: Client, actor: Staff) -> None:
    for code in ("risk-officer", "head-office-manager", "branch-head", "outlet-head"):
        RoleFactory.create(code=code)
    approvals.load_presets()
    client.force_login(actor)


def ratio_without_a_floor(tree: Tree) -> None:
    part = {"metric": "deposits", "per": "loans", "op": ">=", "value": "20"}
    tree["doors"].append({"code": "back", "to": "T4", "when": part})


def overlapping(tree: Tree) -> None:
    gold = next(tier for tier in tree["tiers"] if tier["code"] == "T3")
    gold["upper"] = "60"


def untouched(tree: Tree) -> None:
    """As the preset is: its doors ask for cards and loans, which nobody here has."""


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (untouched, "没有客户有该指标的值"),
        (overlapping, "重叠"),
        (ratio_without_a_floor, "为除数，它可能为零"),
    ],
    ids=["a metric without data", "a band that overlaps", "a division by zero"],
)
def test_a2_a_faulty_rule_is_kept_as_a_draft_and_not_published(
    client: Client, actor: Staff, make_customer: MakeCustomer, change: Callable[[Tree], None], why: str
) -> None:
    make_customer(aum_average=wan(60))
    draft = operations.create_draft(source=SchemeVersion.objects.get(scheme__code="bank-retail"), actor=actor, at=NOON)
    tree = Editor(draft).tree
    change(tree)
    sent: dict[str, Any] = posted(tree) | {"revision": "1", "valid_from": "2026-12-01", "note": "试改", "do": "submit"}
    page = client.post(reverse("tiering-draft", args=["bank-retail", draft.number]), sent, follow=True)
    assert why in page.content.decode()
    draft.refresh_from_db()
    assert (draft.is_draft, draft.is_submitted, draft.revision) == (True, False, 2)
    assert not Request.objects.exists()


def test_a2_a_bank_without_customers_is_not_evaluated_and_told_what_to_do(client: Client) -> None:
    version = SchemeVersion.objects.get(scheme__code="bank-retail")
    for address in (
        reverse("tiering-evaluate", args=["bank-retail"]),
        reverse("tiering-try", args=["bank-retail", version.number]),
    ):
        assert "数据导入" in client.post(address, follow=True).content.decode()
    assert not Run.objects.exists()
    assert not DryRun.objects.exists()


def test_a2_a_scheme_in_use_is_not_deleted(client: Client, make_customer: MakeCustomer, run_of: Evaluate) -> None:
    make_customer(aum_average=wan(60))
    run_of("futures")
    for code, why in (("bank-retail", "是主方案"), ("futures", "1 次评定、1 位客户")):
        page = client.post(reverse("tiering-delete", args=[code]), follow=True).content.decode()
        assert why in page
        assert Scheme.objects.filter(code=code).exists()
    assert Standing.objects.filter(scheme__code="futures").count() == 1


def test_a2_a_published_version_is_neither_edited_nor_discarded(client: Client) -> None:
    version = SchemeVersion.objects.get(scheme__code="bank-retail")
    before = version.definition
    edit = reverse("tiering-draft", args=["bank-retail", version.number])
    tree = Editor(version).tree
    overlapping(tree)
    for answer in (
        client.get(edit, follow=True),
        client.post(edit, posted(tree) | {"revision": "1", "do": "save"}, follow=True),
        client.post(edit, posted(tree) | {"revision": "1", "do": "overwrite"}, follow=True),
        client.post(reverse("tiering-discard", args=["bank-retail", version.number]), follow=True),
    ):
        assert "已发布，不可修改" in answer.content.decode()
    version.refresh_from_db()
    assert (version.definition, version.revision) == (before, 1)
