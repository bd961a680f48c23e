"""The pages of ownership: what they show, to whom, with how many queries; the API with the same rights (A3)."""

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.care.conftest import AT, MakeCustomer

from keheng.care.enums.ownership import HandOverState, ReferralState, RunState
from keheng.care.models import AssignmentRun, AssignmentVersion, CoverPeriod, HandOver, Referral
from keheng.care.operations.assignment_rules import change_rules
from keheng.care.queries.assignment import rules_in_force
from keheng.common import clock
from keheng.customers.models import Customer


def labels(client: Client, url: str) -> list[str]:
    response = client.get(url)
    assert response.status_code == 200, response.content[:300]
    return [row["label"] for row in response.context["rows"]]


def test_the_pool_leads_to_a_preview_and_to_owners(bank: SimpleNamespace, make: MakeCustomer, client: Client) -> None:
    free = [make("T3", name=name) for name in ("王小明", "陈大海")]
    make("T3", bank.manager, name="有人管")
    client.force_login(bank.head)
    assert set(labels(client, reverse("care:pool"))) == {"王小明", "陈大海"}
    response = client.post(reverse("care:choose"), {"pk": [one.pk for one in free], "query": ""})
    run = AssignmentRun.objects.get()
    assert response.url == reverse("care:run", args=[run.pk])  # type: ignore[attr-defined]
    assert "客户经理甲" in client.get(response.url).content.decode()  # type: ignore[attr-defined]
    client.post(response.url, {"way": "rule"})  # type: ignore[attr-defined]
    run.refresh_from_db()
    assert (run.state, run.placed) == (RunState.DONE, 2)
    assert labels(client, reverse("care:pool")) == []


def test_customers_ticked_in_the_list_go_to_one_person_or_are_handed_over(
    bank: SimpleNamespace, make: MakeCustomer, client: Client
) -> None:
    customer = make("T3", bank.manager)
    client.force_login(bank.head)
    for way, given in (
        ("hand-over", {"hand-taker": bank.second.pk, "hand-reason": "轮岗"}),
        ("person", {"person-owner": bank.second.pk, "person-reason": "轮岗"}),
    ):
        page = client.post(reverse("customers-choose"), {"pk": [customer.pk], "query": ""}).url  # type: ignore[attr-defined]
        assert client.post(page, {"way": way, **given}).status_code == 302
    assert HandOver.objects.get().state == HandOverState.OFFERED
    assert Customer.objects.get().owner == bank.second


def test_adoption_on_the_market_and_beyond_the_cap(bank: SimpleNamespace, make: MakeCustomer, client: Client) -> None:
    free = [make("T2") for _ in range(11)]
    client.force_login(bank.manager)
    assert len(labels(client, reverse("care:market"))) == 11
    response = client.post(reverse("care:adopt"), {"pk": [one.pk for one in free], "query": ""})
    assert "超限领养" in response.content.decode()
    assert Customer.objects.filter(owner=bank.manager).count() == 10


def test_a_hand_over_and_a_referral_are_answered_on_their_pages(
    bank: SimpleNamespace, make: MakeCustomer, client: Client
) -> None:
    customer = make("T3", bank.manager)
    client.force_login(bank.manager)
    side = client.post(reverse("care:hand-over-one", args=[customer.pk]), {"taker": bank.second.pk, "reason": "轮岗"})
    assert side.status_code == 204, side.content
    side = client.post(reverse("care:refer-one", args=[customer.pk]), {"taker": bank.supervisor.pk, "need": "资产配置"})
    assert side.status_code == 204, side.content
    client.force_login(bank.second)
    page = reverse("care:hand-over", args=[HandOver.objects.get().pk])
    assert "接收 1 位客户" in client.get(page).content.decode()
    client.post(page, {"act": "accept"})
    assert Customer.objects.get().owner == bank.second
    client.force_login(bank.supervisor)
    page = reverse("care:referral", args=[Referral.objects.get().pk])
    assert client.get(page).status_code == 200
    assert "请" in client.post(page, {"act": "decline", "answer": " "}).content.decode()
    client.post(page, {"act": "accept"})
    assert Referral.objects.get().state == ReferralState.ACCEPTED


def test_the_owner_tab_shows_parts_and_history(bank: SimpleNamespace, make: MakeCustomer, client: Client) -> None:
    customer = make("T4", bank.low)
    client.force_login(bank.head)
    given = {"part": "support", "staff": bank.manager.pk}
    assert client.post(reverse("care:give-part", args=[customer.pk]), given).status_code == 204
    given = {"chosen": bank.second.pk, "said": "柜面"}
    assert client.post(reverse("care:record-choice", args=[customer.pk]), given).status_code == 204
    content = client.get(reverse("care:owners", args=[customer.pk])).content.decode()
    for words in ("专业支持", "客户经理甲", "客户自选", "收入归属", "低柜"):
        assert words in content
    assert "客户经理乙" in client.get(reverse("customer-timeline", args=[customer.pk])).content.decode()


def test_cover_is_planned_and_ended_on_its_page(bank: SimpleNamespace, client: Client) -> None:
    client.force_login(bank.head)
    today = clock.today()
    given = {"member": bank.manager.pk, "cover": bank.second.pk, "first": today, "last": today + timedelta(days=3)}
    assert client.post(reverse("care:set-cover"), {**given, "kind": "leave"}).status_code == 204
    assert "客户经理乙" in client.get(reverse("care:cover")).content.decode()
    client.post(reverse("care:end-cover", args=[CoverPeriod.objects.get().pk]))
    assert not CoverPeriod.objects.exists()


def test_rules_are_read_in_words_and_changed_by_whoever_may(bank: SimpleNamespace, client: Client) -> None:
    client.force_login(bank.head)
    content = client.get(reverse("care:assignment-rules")).content.decode()
    for words in ("柜员（高柜）", "客户经理主管", "个人金融部按网点要求配合维护", "超过 60 岁"):
        assert words in content
    page = reverse("care:change-tier-rule", args=["bank-retail", "T2"])
    assert client.get(page).status_code == 403
    client.force_login(bank.office)
    assert client.get(page).status_code == 200
    given = {"roles": ["wealth-manager"], "level": "outlet", "reason": "试点"}
    assert client.post(page, given).status_code == 204
    assert AssignmentVersion.objects.get().number == 2
    assert client.get(reverse("care:change-limits")).status_code == 200


def test_somebody_is_released_from_the_page_of_the_person(
    bank: SimpleNamespace, make: MakeCustomer, client: Client
) -> None:
    make("T3", bank.manager)
    client.force_login(bank.head)
    assert "转出全部客户" in client.get(reverse("care:person", args=[bank.manager.pk])).content.decode()
    assert client.post(reverse("care:release", args=[bank.manager.pk]), {"reason": "离职"}).status_code == 204
    assert Customer.objects.get().owner == bank.second


def test_each_number_above_the_loads_is_the_length_of_the_list_it_opens(
    bank: SimpleNamespace, make: MakeCustomer, client: Client
) -> None:
    gone = bank.hire("relationship-manager")
    for _ in range(2):
        make("T3", gone)
    gone.is_active = False
    gone.save()
    make("T3"), make("T4"), make("T1"), make("T3", status="closed"), make("T3", branch=bank.other)
    customer, at = make("T3", bank.manager), clock.now()
    referral = {"customer": customer, "giver": bank.manager, "taker": bank.head, "need": "x", "offered_at": at}
    Referral.objects.create(**referral)
    Referral.objects.create(**referral, state="declined", answer="x", answered_at=at, closed_at=at)
    HandOver.objects.create(
        giver=bank.manager, taker=bank.second, state="asked", reason="x", size=1, offered_by=bank.head, offered_at=at,
        accept_by=clock.today(),
    )  # fmt: skip
    content = rules_in_force().rules.model_dump(mode="json")
    content["capacity"]["relationship-manager"] = 1
    change_rules(content=content, reason="试", actor=bank.office, at=AT)
    client.force_login(bank.head)
    stats = client.get(reverse("care:load")).context["list"].stats()
    assert [one.number for one in stats] == [2, 1, 1, 1, 1]
    for one in stats:
        assert len(client.get(one.url).context["rows"]) == one.number, one.label
    client.force_login(bank.manager)
    assert len(client.get(reverse("care:load")).context["list"].stats()) == 4, "who leads nobody opens no list of gaps"


def test_the_loads_name_the_role_and_the_post_only_when_asked(
    bank: SimpleNamespace, make: MakeCustomer, client: Client
) -> None:
    make("T3", bank.manager)
    client.force_login(bank.head)
    labels = [header.label for header in client.get(reverse("care:load")).context["headers"]]
    assert "角色" in labels
    assert "岗位" not in labels


@pytest.mark.parametrize("name", ["pool", "load", "hand-overs", "referrals", "market", "oversight", "orphans"])
def test_queries_do_not_grow_with_rows(bank: SimpleNamespace, make: MakeCustomer, client: Client, name: str) -> None:
    client.force_login(bank.head)
    counts = []
    client.get(reverse(f"care:{name}"))  # what a process parses once is parsed
    for number in (1, 2):
        for _ in range(number):
            make("T2")
            owner = bank.hire("relationship-manager")
            customer = make("T3", owner)
            at = clock.now()
            Referral.objects.create(customer=customer, giver=owner, taker=bank.head, need="x", offered_at=at)
            HandOver.objects.create(
                giver=owner,
                taker=bank.head,
                state="offered",
                reason="x",
                size=1,
                offered_by=owner,
                offered_at=at,
                accept_by=clock.today(),
            )
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(f"care:{name}")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_other_roles_are_refused(bank: SimpleNamespace, client: Client) -> None:
    client.force_login(bank.manager)
    for name in ("pool",):
        assert client.get(reverse(f"care:{name}")).status_code == 403
    client.force_login(bank.auditor)
    assert client.get(reverse("care:market")).status_code == 403


def test_the_api_has_the_same_operations_and_rights(bank: SimpleNamespace, make: MakeCustomer, client: Client) -> None:
    def call(who: str, method: str, path: str, body: object = None) -> tuple[int, dict]:  # type: ignore[type-arg]
        client.force_login(getattr(bank, who))
        sent = json.dumps(body) if body is not None else b""
        response = client.generic(method, f"/api/v1/ownership{path}", sent, content_type="application/json")
        return response.status_code, response.json()

    free = make("T3")
    chosen = {"customers": [free.pk], "reason": "上线"}
    status, run = call("office", "POST", "/assignments/by-rule", chosen)
    assert (status, run["placed"]) == (200, 1), run
    status, run = call("office", "POST", f"/assignments/{run['id']}/start")
    assert (status, run["state"]) == (202, "done")
    status, told = call("office", "GET", f"/customers/{free.pk}")
    assert status == 200
    assert told["carers"][0]["part"] == "owner"
    assert call("manager", "POST", "/assignments/by-rule", chosen)[0] == 403
