"""The pages: what they show to whom, their filters, their cost in queries."""

from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.factories import BranchFactory, StaffFactory
from tests.tiering.conftest import NOON, Evaluate, MakeCustomer, give, give_at, wan

from keheng.org.enums import DataScope
from keheng.org.models import Staff
from keheng.tiering import operations
from keheng.tiering.models import Run, Scheme
from keheng.tiering.timeline import tier_changes

SCHEME = ["bank-retail"]
NAMES = ("王小明", "陈大海", "单雄信")
VIEWER = ("tiering.view", "customers.view", "customers.export")


@pytest.fixture
def head(client: Client) -> Staff:
    """Somebody of the head office, signed in."""
    staff = StaffFactory.create()
    client.force_login(staff)
    return staff


def listed(client: Client, address: str) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200
    rows = [str(row["cells"]) for row in response.context["rows"]]
    names = [next(name for name in NAMES if name in row) for row in rows]
    assert len(names) == len(set(names))
    return names


# -- the page of a scheme ---------------------------------------------------------------------------------------------


def test_the_first_page_is_the_primary_scheme_of_persons(client: Client, head: Staff) -> None:
    page = client.get(reverse("tiering")).content.decode()
    assert "零售客户分层" in page
    assert "月日均 AUM" in page
    assert "50万 – 300万" in page
    assert "或 持有白金卡及以上" in page
    assert "还没有按本方案评定过" in page
    assert "A2 [004a]" in page
    assert "月日均 AUM 在 50万（含）至 300万（不含）之间，或持有白金卡及以上" in page
    assert "连续 3 个月末低于下限" in page


def test_every_scheme_has_its_page(client: Client, head: Staff) -> None:
    for scheme in Scheme.objects.all():
        assert client.get(reverse("tiering-scheme", args=[scheme.code])).status_code == 200
    assert client.get(reverse("tiering-scheme", args=["gold"])).status_code == 404


def test_without_a_scheme_the_page_says_what_to_do(client: Client, head: Staff) -> None:
    Scheme.objects.all().delete()
    assert "还没有分层方案" in client.get(reverse("tiering")).content.decode()


def test_figures_lead_to_their_customers(
    client: Client, head: Staff, make_customer: MakeCustomer, run_of: Evaluate
) -> None:
    outlet, other = BranchFactory.create(), BranchFactory.create()
    make_customer(branch=outlet, aum_average=wan(60))
    make_customer(branch=other, aum_average=wan(6))
    run_of()
    run_of("securities-card")
    page = client.get(reverse("tiering")).content.decode()
    customers = reverse("customers")
    assert f'href="{customers}?kind=person&amp;tier=T4"' in page
    assert f'href="{customers}?kind=person&amp;tier=T4&amp;branch={outlet.pk}"' in page
    assert f'href="{customers}?kind=person&amp;branch={outlet.pk}"' in page
    card = client.get(reverse("tiering-scheme", args=["securities-card"])).content.decode()
    assert f'href="{reverse("tiering-members", args=["securities-card"])}?tier=gold-card"' in card


def test_branches_open_one_level_at_a_time(
    client: Client, head: Staff, make_customer: MakeCustomer, run_of: Evaluate
) -> None:
    north = BranchFactory.create(kind="branch")
    outlets = [BranchFactory.create(parent=parent) for parent in (north, north, BranchFactory.create(kind="branch"))]
    for outlet in outlets:
        make_customer(branch=outlet, aum_average=wan(60))
    run_of()
    top = client.get(reverse("tiering"))
    assert f"?within={north.pk}" in top.content.decode()
    below = client.get(reverse("tiering"), {"within": north.pk})
    assert [row.branch for row, _link, _cells in below.context["branches"]] == outlets[:2]
    assert client.get(reverse("tiering"), {"within": "x"}).context["within"] == north.parent


def test_whoever_sees_own_customers_sees_their_own_pyramid(
    client: Client, make_customer: MakeCustomer, run_of: Evaluate
) -> None:
    manager = StaffFactory.create(scope=DataScope.OWN, permissions=VIEWER)
    make_customer(owner=manager, aum_average=wan(60))
    make_customer(aum_average=wan(60))
    run_of()
    client.force_login(manager)
    context = client.get(reverse("tiering")).context
    assert context["pyramid"].customers == 1
    assert [row.customers for row, _link, _cells in context["branches"]] == [1]
    assert not context["growth"].has_data
    assert not context["may_run"]


def test_the_page_costs_the_same_for_one_branch_and_for_three(
    client: Client, head: Staff, make_customer: MakeCustomer, run_of: Evaluate
) -> None:
    def cost() -> int:
        make_customer(branch=BranchFactory.create(), aum_average=wan(60))
        run_of()
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(reverse("tiering"))
        return len(captured)

    client.get(reverse("tiering"))
    first = cost()
    cost()
    assert cost() <= first + 1  # the branch above appears with the second branch


# -- starting an evaluation -------------------------------------------------------------------------------------------


def test_the_button_queues_an_evaluation_and_its_page_shows_the_way(
    client: Client, head: Staff, make_customer: MakeCustomer
) -> None:
    make_customer(status="closed")
    answer = client.post(reverse("tiering-evaluate", args=SCHEME))
    run = Run.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("tiering-run", args=[run.pk]))
    page = client.get(answer["Location"]).content.decode()
    assert reverse("tiering-progress", args=[run.pk]) in page
    assert "等待后台处理" in page
    poll = client.get(reverse("tiering-progress", args=[run.pk]))
    assert "HX-Refresh" not in poll
    operations.evaluate(scheme=run.scheme, as_of=None, actor=head, at=NOON, run=run)
    assert client.get(reverse("tiering-progress", args=[run.pk]))["HX-Refresh"] == "true"
    assert "没有升降" in client.get(reverse("tiering-run", args=[run.pk])).content.decode()


def test_a_run_under_way_goes_by_the_pace_of_the_last(
    client: Client, head: Staff, make_customer: MakeCustomer, run_of: Evaluate
) -> None:
    make_customer(aum_average=wan(60))
    last = run_of()
    Run.objects.filter(pk=last.pk).update(evaluated=1000, seconds=100)
    run = operations.request_evaluation(scheme=last.scheme, as_of=None, actor=head, at=NOON)
    Run.objects.filter(pk=run.pk).update(state="running", started_at=NOON)
    assert "正在评定客户" in client.get(reverse("tiering-progress", args=[run.pk])).content.decode()


def test_a_refusal_is_told_on_the_page_of_the_scheme(client: Client, head: Staff) -> None:
    Scheme.objects.get(code="futures").versions.all().delete()
    answer = client.post(reverse("tiering-evaluate", args=["futures"]))
    assert answer["Location"] == reverse("tiering-scheme", args=["futures"])
    assert not Run.objects.exists()


def test_a_failed_run_says_so(client: Client, head: Staff, make_customer: MakeCustomer, run_of: Evaluate) -> None:
    make_customer(aum_average=wan(60))
    run = run_of()
    Run.objects.filter(pk=run.pk).update(state="failed", failure="DataError")
    assert "评定失败，未改动任何数据。" in client.get(reverse("tiering-run", args=[run.pk])).content.decode()


# -- moves ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def moved(downgrades_at_once: None, make_customer: MakeCustomer, run_of: Evaluate) -> tuple[Run, Any]:
    """A run in which one customer rose, one fell, one is new; and the outlet of the one who fell."""
    outlet = BranchFactory.create()
    rises = make_customer(name="王小明", aum_average=wan(19))
    falls = make_customer(name="陈大海", branch=outlet, aum_average=wan(60))
    run_of()
    give(rises, aum_average=wan("21.1"))
    give(falls, aum_average=wan("47.66"))
    make_customer(name="单雄信", aum_average=wan(1))
    return run_of(), outlet


def test_moves_carry_tiers_value_limit_and_reason(client: Client, head: Staff, moved: tuple[Run, Any]) -> None:
    page = client.get(reverse("tiering-run", args=[moved[0].pk])).content.decode()
    for words in ("王小明", "成长", "金卡", "21.10万", "20万", "月日均 AUM 21.10万，落在 20万 – 50万"):
        assert words in page
    for tone, direction in (("met", "升级"), ("over", "降级"), ("info", "新入")):
        assert f'<span class="flag {tone}">{direction}</span>' in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["王小明", "陈大海", "单雄信"]),
        ("?direction=up", ["王小明"]),
        ("?direction=up&direction=down", ["王小明", "陈大海"]),
        ("?from_tier=T4", ["陈大海"]),
        ("?to_tier=T3", ["王小明", "陈大海"]),
        ("?to_tier=T1", ["单雄信"]),
        ("?to_tier=T5", []),
    ],
)
def test_moves_by_direction_and_tier(
    client: Client, head: Staff, moved: tuple[Run, Any], query: str, names: list[str]
) -> None:
    assert sorted(listed(client, reverse("tiering-run", args=[moved[0].pk]) + query)) == sorted(names)


@pytest.mark.parametrize("column", ["reason", "before", "metric_name", "customer"])
def test_what_is_worked_out_for_the_page_is_not_sorted_by(
    client: Client, head: Staff, moved: tuple[Run, Any], column: str
) -> None:
    address = reverse("tiering-run", args=[moved[0].pk])
    assert listed(client, f"{address}?sort={column}") == listed(client, address)


def test_moves_by_branch_and_within_the_scope(client: Client, head: Staff, moved: tuple[Run, Any]) -> None:
    run, outlet = moved
    address = reverse("tiering-run", args=[run.pk])
    assert listed(client, f"{address}?branch={outlet.pk}") == ["陈大海"]
    client.force_login(StaffFactory.create(branch=outlet, scope=DataScope.SUBTREE, permissions=VIEWER))
    assert listed(client, address) == ["陈大海"]
    counts = client.get(address).context["list"].counts()
    assert (counts.evaluated, counts.up, counts.down) == (1, 0, 1)
    client.force_login(StaffFactory.create(branch=outlet, scope=DataScope.OWN, permissions=VIEWER))
    assert listed(client, address) == []


def test_moves_go_to_excel_in_words(client: Client, head: Staff, moved: tuple[Run, Any]) -> None:
    answer = client.get(reverse("tiering-run", args=[moved[0].pk]), {"format": "xlsx", "direction": "up"})
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    sheet = openpyxl.load_workbook(BytesIO(content)).active
    said = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    assert "王小明" in said
    assert "金卡" in said
    assert "月日均 AUM 21.10万，落在 20万 – 50万" in said


def test_a_look_back_says_that_it_moves_nobody(
    client: Client, head: Staff, make_customer: MakeCustomer, run_of: Evaluate
) -> None:
    give_at(make_customer(aum_average=wan(60)), date(2026, 10, 31), aum_average=wan(7))
    run_of()
    back = run_of(as_of=date(2026, 10, 31))
    page = client.get(reverse("tiering-run", args=[back.pk])).content.decode()
    assert "回看不产生升降" in page
    assert "依据 2026-10-31 月末指标" in page


def queries_of(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_list_of_moves_costs_the_same_for_one_row_and_for_three(
    client: Client, head: Staff, make_customer: MakeCustomer, run_of: Evaluate
) -> None:
    owner = StaffFactory.create()
    make_customer(aum_average=wan(60), owner=owner)
    one = queries_of(client, reverse("tiering-run", args=[run_of().pk]))
    for _ in range(3):
        make_customer(aum_average=wan(6), owner=StaffFactory.create(), branch=BranchFactory.create())
    assert queries_of(client, reverse("tiering-run", args=[run_of().pk])) == one


# -- members ----------------------------------------------------------------------------------------------------------


def test_members_of_a_scheme_by_tier_with_their_reason(
    client: Client, head: Staff, make_customer: MakeCustomer, run_of: Evaluate
) -> None:
    make_customer(name="王小明", aum_average=wan(60))
    make_customer(name="陈大海", aum_average=wan(6))
    run_of("securities-card")
    address = reverse("tiering-members", args=["securities-card"])
    assert listed(client, f"{address}?tier=gold-card") == ["王小明"]
    assert "月日均 AUM 60.00万，落在 50万 – 300万" in client.get(address).content.decode()
    client.force_login(StaffFactory.create(scope=DataScope.OWN, permissions=VIEWER))
    assert listed(client, address) == []


def test_the_list_of_members_costs_the_same_for_one_row_and_for_three(
    client: Client, head: Staff, make_customer: MakeCustomer, run_of: Evaluate
) -> None:
    address = reverse("tiering-members", args=["securities-card"])
    make_customer(aum_average=wan(60), owner=StaffFactory.create())
    run_of("securities-card")
    one = queries_of(client, address)
    for _ in range(2):
        make_customer(aum_average=wan(6), owner=StaffFactory.create(), branch=BranchFactory.create())
    run_of("securities-card")
    assert queries_of(client, address) == one


# -- the page of a customer -------------------------------------------------------------------------------------------


def test_the_card_says_why_and_what_next(
    client: Client, head: Staff, make_customer: MakeCustomer, run_of: Evaluate
) -> None:
    customer = make_customer(aum_average=wan("212.35"))
    address = reverse("tiering-why", args=[customer.pk])
    assert "尚未评定" in client.get(address).content.decode()
    run_of()
    card = client.get(address).content.decode()
    for words in ("为什么是白金？", "212.35万", "50万 – 300万", "距私享 87.65万", "优先受理"):
        assert words in card


def test_the_card_names_the_privileges_of_every_scheme_that_grants(
    client: Client, head: Staff, make_customer: MakeCustomer, run_of: Evaluate
) -> None:
    customer = make_customer(aum_average=wan(7), deposits_average=wan(120), lots=900)
    run_of()
    run_of("futures")
    card = client.get(reverse("tiering-why", args=[customer.pk])).content.decode()
    for words in ("定制需求报告", "部分来自 期货大客户分级 v1 钻石级"):
        assert words in card


def test_the_card_is_for_whoever_sees_the_customer(client: Client, make_customer: MakeCustomer) -> None:
    customer = make_customer(aum_average=wan(60))
    client.force_login(StaffFactory.create(scope=DataScope.OWN, permissions=VIEWER))
    assert client.get(reverse("tiering-why", args=[customer.pk])).status_code == 404


@pytest.mark.usefixtures("downgrades_at_once")
def test_the_timeline_tells_each_move(make_customer: MakeCustomer, run_of: Evaluate, rf: Any) -> None:
    customer = make_customer(aum_average=wan(25))
    give_at(customer, date(2026, 10, 31), aum_average=wan(60))
    run_of(as_of=date(2026, 10, 31))
    run_of()
    entries = tier_changes(rf.get("/"), customer, NOON, 10)
    assert [(entry.kind, entry.text.partition("：")[0], entry.tone) for entry in entries] == [
        ("降级", "白金 → 金卡", "over"),
        ("新入", "白金", "info"),
    ]
    assert [entry.at.date() for entry in tier_changes(rf.get("/"), customer, entries[0].at, 1)] == [date(2026, 11, 22)]


# -- who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("permissions", "sees", "starts"),
    [((), 403, 403), (("customers.view",), 403, 403), (("tiering.view",), 200, 403), (("tiering.*",), 200, 302)],
)
def test_pages_by_permission(
    client: Client, permissions: tuple[str, ...], sees: int, starts: int, run_of: Evaluate, make_customer: MakeCustomer
) -> None:
    customer, run = make_customer(aum_average=wan(60)), run_of()
    client.force_login(StaffFactory.create(permissions=permissions))
    pages: list[tuple[str, list[Any]]] = [
        ("tiering", []),
        ("tiering-scheme", SCHEME),
        ("tiering-members", SCHEME),
        ("tiering-run", [run.pk]),
        ("tiering-progress", [run.pk]),
        ("tiering-why", [customer.pk]),
    ]
    assert {client.get(reverse(name, args=args)).status_code for name, args in pages} == {sees}
    assert client.post(reverse("tiering-evaluate", args=SCHEME)).status_code == starts
    assert client.get(reverse("tiering-evaluate", args=SCHEME)).status_code in {403, 405}
