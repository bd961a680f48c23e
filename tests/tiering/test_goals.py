"""Goals over years and the penetration of key businesses (A2 [004d], [004j]): policy, figures, pages, HTTP."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import BranchFactory, StaffFactory, head_office
from tests.tiering.conftest import NOON, TODAY, Evaluate, MakeCustomer, give_at, wan

from keheng.audit.models import Entry
from keheng.customers.models import Customer, Document
from keheng.org.enums import DataScope
from keheng.org.models import Staff
from keheng.tiering.models import Goals, Run, Scheme
from keheng.tiering.operations import load_presets
from keheng.tiering.operations.goals import save_goals
from keheng.tiering.policies.goals import Business, GoalTable, Measure, TierGoal, end_of, faults, grown, years_between
from keheng.tiering.queries import goals as queries

RETAIL = "bank-retail"
YEAR_AGO = TODAY - timedelta(days=365)
TIERS = ("T0", "T1", "T2")


def scheme(code: str = RETAIL) -> Scheme:
    return Scheme.objects.get(code=code)


def table(**changes: Any) -> GoalTable:
    return scheme().goals.get(number=1).table.model_copy(update=changes)


# -- policy -----------------------------------------------------------------------------------------------------------


@given(st.integers(0, 10**7), st.decimals(-50, 200, places=1), st.decimals(0, 10, places=3))
def test_growth_is_whole_customers_and_never_falls_short(customers: int, growth: Decimal, years: Decimal) -> None:
    found = grown(customers, growth, years)
    exact = float(customers) * (1 + float(growth) / 100) ** float(years)
    assert exact - 1 <= found <= exact + 1 + exact * 1e-9
    assert grown(customers, growth, Decimal(0)) == customers
    if growth >= 0:
        assert found >= customers


@given(st.integers(0, 10**6), st.decimals(0, 50, places=1), st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.data())
def test_what_is_due_only_rises_with_time_while_growth_is_asked_for(
    customers: int, growth: Decimal, start: date, data: st.DataObject
) -> None:
    early, late = sorted(data.draw(st.dates(start, date(2040, 12, 31))) for _ in range(2))
    passed = [years_between(start, day) for day in (early, late)]
    assert 0 <= passed[0] <= passed[1]
    assert grown(customers, growth, passed[0]) <= grown(customers, growth, passed[1])


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(1, 10))
def test_a_plan_has_run_its_whole_years_on_its_last_day(start: date, years: int) -> None:
    assert years_between(start, end_of(start, years)) == years


def test_five_years_end_on_the_same_day_of_the_year() -> None:
    assert end_of(date(2026, 11, 22), 5) == date(2031, 11, 22)
    assert end_of(date(2028, 2, 29), 5) == date(2033, 2, 28)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (GoalTable(start=date(2026, 11, 23)), "start"),
        (GoalTable(years=0), "years"),
        (GoalTable(years=11), "years"),
        (GoalTable(tiers={"T9": TierGoal()}), "tiers"),
        (GoalTable(tiers={"T1": TierGoal(growth=Decimal(201))}), "tiers"),
        (GoalTable(tiers={"T1": TierGoal(looked_after=Decimal(101))}), "tiers"),
        (GoalTable(businesses=(Business(metric="age", name="年龄", at_least=Decimal(1)),)), "businesses"),
        (GoalTable(businesses=(Business(metric="wealth", name="理财", at_least=Decimal(0)),)), "businesses"),
        (GoalTable(businesses=(Business(metric="wealth", name="理财", at_least=Decimal(1), goal=Decimal(101)),)),
         "businesses"),
        (GoalTable(businesses=(Business(metric="wealth", name="理财", at_least=Decimal(1)),) * 2), "businesses"),
    ],
)  # fmt: skip
def test_a_table_that_contradicts_itself_is_told_at_its_field(wrong: GoalTable, field: str) -> None:
    assert list(faults(wrong, TIERS, TODAY)) == [field]
    assert faults(GoalTable(), TIERS, TODAY) == {}


@pytest.mark.parametrize("code", ["bank-retail", "corporate-size"])
def test_a2_004d_004j_the_presets_plan_five_years_and_name_key_businesses(code: str) -> None:
    (version,) = scheme(code).goals.all()
    assert version.table.years == 5
    assert "数值为产品默认值" in version.note
    assert faults(version.table, set(version.table.tiers), TODAY) == {}
    growth = {tier: goal.growth for tier, goal in version.table.tiers.items()}
    upper, lower = ("T5", "T1") if code == RETAIL else ("large", "below-scale")
    assert growth[upper] > growth[lower]  # 结构优化: the upper ones grow faster
    assert {"deposits", "wealth", "loans", "product_count"} <= {one.metric for one in version.table.businesses}
    load_presets()
    assert scheme(code).goals.count() == 1


# -- figures ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def bank(make_customer: MakeCustomer, run_of: Evaluate, actor: Staff) -> list[Customer]:
    """Ten customers of T2 a year ago; eleven and one of T4 now, of whom three have a manager."""
    ago = date(2025, 10, 31)
    old = [make_customer(aum=wan(10), aum_average=wan(10), wealth=wan(place)) for place in range(10)]
    for customer in old:
        give_at(customer, ago, aum=wan(10), aum_average=wan(10))
    run_of(as_of=YEAR_AGO)
    new = [make_customer(aum=wan(10), aum_average=wan(10)), make_customer(aum=wan(60), aum_average=wan(60))]
    new[1].figures.refresh_from_db()
    for customer in [*old[:2], new[1]]:
        Customer.objects.filter(pk=customer.pk).update(owner=actor)
    run_of()
    return [*old, *new]


def test_a2_004d_the_tiers_are_measured_against_five_years(bank: list[Customer], actor: Staff) -> None:
    goals = table(tiers={"T2": TierGoal(growth=Decimal(20), looked_after=Decimal(50))})
    found = queries.progress(scheme(), goals, actor)
    assert found is not None
    assert (found.start, found.today, found.end) == (YEAR_AGO, TODAY, YEAR_AGO.replace(year=2030))
    by_code = {row.tier.code: row for row in found.tiers if row.tier}
    growth = by_code["T2"]
    assert (growth.start, growth.now, growth.due, growth.goal) == (10, 11, 12, 25)  # 10 × 1.2^5 = 24.88
    assert growth.attained == pytest.approx(11 / 12)
    assert (growth.start_share, growth.now_share) == (1, pytest.approx(11 / 12))
    assert (growth.looked_after, growth.looked_after_goal) == (pytest.approx(2 / 11), 0.5)
    platinum = by_code["T4"]
    assert (platinum.start, platinum.now, platinum.due, platinum.attained) == (0, 1, 0, None)
    assert platinum.looked_after == 1
    assert (found.total.start, found.total.now, found.total.due, found.total.goal) == (10, 12, 12, 25)
    assert found.total.looked_after == pytest.approx(3 / 12)


def test_a2_004j_who_has_signed_is_counted_for_the_tiers_that_are_asked(bank: list[Customer], actor: Staff) -> None:
    for customer in bank[:3]:
        Document.objects.create(customer=customer, kind="private_banking", added_by=actor, added_at=NOON)
    goals = table(tiers={"T2": TierGoal(signed=Decimal(50))})
    found = queries.progress(scheme(), goals, actor)
    assert found is not None
    assert found.asks_to_sign
    by_code = {row.tier.code: row for row in found.tiers if row.tier}
    growth, platinum = by_code["T2"], by_code["T4"]
    assert (growth.signed, growth.unsigned, growth.signed_goal) == (3, 8, 0.5)
    assert growth.signed_share == pytest.approx(3 / 11)
    assert (platinum.signed, platinum.unsigned, platinum.signed_share, platinum.signed_goal) == (None,) * 4
    asked_of_nobody = queries.progress(scheme(), table(tiers={}), actor)
    assert asked_of_nobody is not None
    assert not asked_of_nobody.asks_to_sign


def test_a2_004j_signed_customers_are_a_filter_and_the_customer_page_tells_it(
    signed: Client, make_customer: MakeCustomer, run_of: Evaluate, actor: Staff
) -> None:
    one, other = (make_customer(aum=wan(400), aum_average=wan(400)) for _ in range(2))
    growing = make_customer(aum=wan(10), aum_average=wan(10))
    run_of()
    note = {"issued_on": date(2026, 3, 1), "note": "柜面签署"}
    Document.objects.create(customer=one, kind="private_banking", added_by=actor, added_at=NOON, **note)
    for choice, customer in (("yes", one), ("no", other)):
        rows = signed.get(reverse("tiering-members", args=[RETAIL]), {"tier": "T5", "signed": choice})
        assert [row["pk"] for row in rows.context["rows"]] == [customer.pk]
    page = signed.get(reverse("tiering-goals", args=[RETAIL])).content.decode()
    assert "50.0%" in page
    assert "signed=no" in page
    card = signed.get(reverse("tiering-why", args=[one.pk])).content.decode()
    assert "2026-03-01" in card
    assert "柜面签署" in card
    assert "尚未签订私人银行协议" in signed.get(reverse("tiering-why", args=[other.pk])).content.decode()
    assert "私人银行" not in signed.get(reverse("tiering-why", args=[growing.pk])).content.decode()


def test_a2_004b_assets_are_measured_too(bank: list[Customer], actor: Staff) -> None:
    goals = table(tiers={"T2": TierGoal(aum_growth=Decimal(50))})
    found = queries.progress(scheme(), goals, actor, Measure.AUM)
    assert found is not None
    held = {row.tier.code: row for row in found.tiers if row.tier}["T2"]
    assert (held.start, held.now, held.goal) == (wan(100), wan(110), Decimal("7593750"))  # 100万 × 1.5^5
    assert held.now_share == pytest.approx(110 / 170)
    assert (found.total.now, held.looked_after) == (wan(170), pytest.approx(2 / 11))


def test_the_plan_counts_from_the_evaluation_by_its_first_day(bank: list[Customer], actor: Staff) -> None:
    later = queries.progress(scheme(), table(start=TODAY), actor)
    assert later is not None
    assert (later.start, later.total.start) == (TODAY, 12)
    between = queries.progress(scheme(), table(start=TODAY - timedelta(days=1)), actor)
    assert between is not None
    assert between.start == YEAR_AGO


def test_without_goals_or_evaluations_there_is_nothing_to_measure(actor: Staff) -> None:
    assert queries.progress(scheme(), table(), actor) is None
    assert queries.table_in_force(scheme("futures")) == GoalTable()


def test_a2_004j_penetration_counts_users_of_each_business_by_tier(bank: list[Customer], actor: Staff) -> None:
    wealth = Business(metric="wealth", name="理财", at_least=wan(5), goal=Decimal(50))
    margin = Business(metric="margin", name="存管", at_least=Decimal(1))
    total, platinum, growth = queries.penetration(scheme(), [wealth, margin], actor)
    assert (total.of, total.customers) == ("", 12)
    assert [(use.users, use.lacking) for use in total.uses] == [(5, 7), (0, 12)]
    assert [getattr(row.of, "code", "") for row in (platinum, growth)] == ["T4", "T2"]
    held, none = growth.uses
    assert (held.users, held.share, held.is_short) == (5, Decimal(5) / 11, True)
    assert (none.share, none.is_short) == (0, False)  # no goal, nothing short
    by_owner = queries.penetration(scheme(), [wealth], actor, by="owner")
    assert [(row.of, row.customers) for row in by_owner[1:]] == [(actor, 3), (None, 9)]


def test_a2_004j_penetration_of_a_branch_counts_all_below_it(bank: list[Customer], actor: Staff) -> None:
    branch = BranchFactory.create(name="瓯北支行", parent=head_office())
    outlet = BranchFactory.create(name="清溪网点", parent=branch)
    for customer, place in zip(bank, [branch, outlet, outlet], strict=False):
        Customer.objects.filter(pk=customer.pk).update(branch=place)
    wealth = Business(metric="wealth", name="理财", at_least=wan(2))
    total, *rows = queries.penetration(scheme(), [wealth], actor, by="branch", within=branch)
    assert (total.customers, total.uses[0].users) == (3, 1)
    assert [(row.of, row.customers) for row in rows] == [(branch, 1), (outlet, 2)]
    whole = queries.penetration(scheme(), [wealth], actor, by="branch", within=head_office())
    assert {row.of: row.customers for row in whole}[branch] == 3


def test_only_the_scope_is_counted(bank: list[Customer], actor: Staff) -> None:
    own = StaffFactory.create(scope=DataScope.OWN, permissions=("tiering.view",))
    Customer.objects.filter(pk=bank[0].pk).update(owner=own)
    (total, _row) = queries.penetration(scheme(), table().businesses, own)
    assert total.customers == 1
    other = StaffFactory.create(scope=DataScope.OWN, permissions=("tiering.view",))
    assert [row.customers for row in queries.penetration(scheme(), table().businesses, other)] == [0]


def test_a_scheme_that_is_not_primary_is_counted_by_its_standings(
    bank: list[Customer], actor: Staff, run_of: Evaluate
) -> None:
    run_of("securities-card")
    wealth = Business(metric="wealth", name="理财", at_least=wan(5))
    total, gold, silver = queries.penetration(scheme("securities-card"), [wealth], actor)
    assert (total.customers, gold.customers, silver.customers) == (12, 1, 11)
    assert silver.uses[0].users == 5


# -- writing ----------------------------------------------------------------------------------------------------------


def test_goals_are_kept_as_versions_with_their_reason(actor: Staff) -> None:
    changed = table(years=3)
    made = save_goals(scheme=scheme(), table=changed, note="新一轮规划", actor=actor, at=NOON)
    assert (made.number, queries.table_in_force(scheme()).years) == (2, 3)
    assert scheme().goals.get(number=1).table.years == 5
    entry = Entry.objects.get(action="tiering.goals")
    assert (entry.reason, entry.detail) == ("新一轮规划", {"version": 2})


@pytest.mark.parametrize(
    ("changes", "note", "field"),
    [({"years": 3}, " ", "note"), ({}, "无", "note"), ({"years": 99}, "太长", "years")],
)
def test_goals_that_cannot_be_kept_are_refused_and_nothing_changes(
    actor: Staff, changes: dict[str, Any], note: str, field: str
) -> None:
    with pytest.raises(ValidationError) as told:
        save_goals(scheme=scheme(), table=table(**changes), note=note, actor=actor, at=NOON)
    assert list(told.value.message_dict) == [field]
    assert Goals.objects.filter(scheme=scheme()).count() == 1


def test_only_whoever_keeps_the_rules_changes_goals() -> None:
    reader = StaffFactory.create(permissions=("tiering.view",))
    with pytest.raises(PermissionDenied):
        save_goals(scheme=scheme(), table=table(years=3), note="改", actor=reader, at=NOON)


# -- pages and HTTP ---------------------------------------------------------------------------------------------------


@pytest.fixture
def signed(client: Client, actor: Staff) -> Client:
    client.force_login(actor)
    return client


def test_a2_every_number_of_the_pages_leads_to_its_customers(signed: Client, bank: list[Customer]) -> None:
    page = signed.get(reverse("tiering-goals", args=[RETAIL])).content.decode()
    assert "目标与渗透率" in page
    assert "5 年目标" in page
    assert "110.00万" in signed.get(reverse("tiering-goals", args=[RETAIL]), {"of": "aum"}).content.decode()
    assert reverse("tiering-penetration", args=[RETAIL]) in page
    for by in ("tier", "branch", "owner"):
        part = signed.get(reverse("tiering-penetration", args=[RETAIL]), {"by": by})
        assert "重点业务渗透率" in part.content.decode()
        assert len(part.context["rows"]) > 1
        for line in part.context["rows"]:
            assert len(signed.get(line["link"]).context["rows"]) == line["row"].customers
            for use, users, lacking in line["cells"]:
                assert len(signed.get(users).context["rows"]) == use.users
                assert len(signed.get(lacking).context["rows"]) == use.lacking


def test_pages_open_without_goals_and_without_evaluations(signed: Client) -> None:
    for code in ("futures", RETAIL):
        assert signed.get(reverse("tiering-goals", args=[code])).status_code == 200
        assert signed.get(reverse("tiering-penetration", args=[code])).status_code == 200
        assert signed.get(reverse("tiering-goals-table", args=[code])).status_code == 200
    assert "尚未定目标" in signed.get(reverse("tiering-goals", args=["futures"])).content.decode()


@pytest.mark.parametrize("name", ["tiering-goals", "tiering-penetration", "tiering-goals-table"])
def test_pages_need_their_permission(client: Client, name: str) -> None:
    client.force_login(StaffFactory.create(permissions=("customers.view",)))
    assert client.get(reverse(name, args=[RETAIL])).status_code == 403


def test_the_table_is_typed_in_wan_and_saved_as_a_version(signed: Client) -> None:
    address = reverse("tiering-goals-table", args=[RETAIL])
    form = signed.get(address).context["form"]
    typed = {name: field.initial for name, field in form.fields.items() if field.initial not in (None, "")}
    assert typed["1.at_least"] == "1"  # 10,000 in 万
    assert typed["6.at_least"] == "3"  # pieces stay pieces
    refused = signed.post(address, {**typed, "1.at_least": "", "note": "改"})
    assert "起算金额" in refused.content.decode()
    refused = signed.post(address, {**typed, "7.metric": "wealth", "7.at_least": "1", "note": "改"})
    assert "同一指标" in refused.content.decode()
    given = {"growth.T5": "12.5", "signed.T4": "80", "1.at_least": "2", "note": "上调私享增长"}
    kept = signed.post(address, {**typed, **given})
    assert kept.status_code == 302
    made = queries.table_in_force(scheme())
    assert made.of("T5").growth == Decimal("12.5")
    assert [made.of(code).signed for code in ("T5", "T4", "T3")] == [100, 80, None]
    assert made.businesses[1].at_least == 20_000
    assert signed.get(address, {"version": 1}).context["may"] is False


def test_a_scheme_without_goals_gets_its_first_version_by_the_form(signed: Client) -> None:
    address = reverse("tiering-goals-table", args=["futures"])
    typed = {"years": "5", "note": "期货首版", "0.metric": "lots", "0.at_least": "10", "0.goal": "50"}
    assert signed.post(address, typed).status_code == 302
    (made,) = scheme("futures").goals.all()
    assert made.number == 1
    assert [(one.metric, one.at_least) for one in made.table.businesses] == [("lots", 10)]


def test_readers_see_the_table_and_cannot_change_it(client: Client) -> None:
    client.force_login(StaffFactory.create(permissions=("tiering.view",)))
    address = reverse("tiering-goals-table", args=[RETAIL])
    shown = client.get(address)
    assert (shown.status_code, shown.context["may"]) == (200, False)
    assert client.post(address, {"years": "3", "note": "改"}).status_code == 403


def test_the_pages_cost_the_same_however_many_customers(signed: Client, bank: list[Customer]) -> None:
    def queries_of(name: str) -> int:
        signed.get(reverse(name, args=[RETAIL]))
        with CaptureQueriesContext(connection) as made:
            assert signed.get(reverse(name, args=[RETAIL])).status_code == 200
        return len(made)

    names = ("tiering-goals", "tiering-penetration")
    before = [queries_of(name) for name in names]
    Customer.objects.filter(pk__in=[one.pk for one in bank[3:]]).update(status="closed")
    assert [queries_of(name) for name in names] == before


def test_a2_goals_and_penetration_over_http(signed: Client, bank: list[Customer]) -> None:
    path = f"/api/v1/tiering/schemes/{RETAIL}"
    told = signed.get(f"{path}/goals").json()
    assert (told["version"], told["start"], Decimal(told["total"]["now"])) == (1, f"{YEAR_AGO}", 12)
    assert {row["tier"]: row["now"] for row in told["tiers"] if Decimal(row["now"])} == {"T4": "1", "T2": "11"}
    assert Decimal(signed.get(f"{path}/goals", {"of": "aum"}).json()["total"]["now"]) == wan(170)
    rows = signed.get(f"{path}/penetration").json()
    assert [(row["code"], row["customers"]) for row in rows] == [("", 12), ("T4", 1), ("T2", 11)]
    wealth = next(use for use in rows[0]["uses"] if use["metric"] == "wealth")
    assert (wealth["name"], wealth["users"], wealth["share"], wealth["goal"]) == ("理财产品", 9, 0.75, 0.4)
    owners = signed.get(f"{path}/penetration", {"by": "owner"}).json()
    assert sum(row["customers"] for row in owners[1:]) == 12
    (version,) = signed.get(f"{path}/goals/versions").json()
    body = {"definition": {**version["definition"], "years": 4}, "note": "缩短一年"}
    made = signed.post(f"{path}/goals/versions", json.dumps(body), content_type="application/json")
    assert (made.status_code, made.json()["number"]) == (201, 2)
    body["definition"]["years"] = 0
    refused = signed.post(f"{path}/goals/versions", json.dumps(body), content_type="application/json")
    assert refused.status_code == 422
    assert signed.get("/api/v1/tiering/schemes/futures/goals").json() is None
    assert Run.objects.count() == 2
