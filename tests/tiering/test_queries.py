"""What pages and other modules ask: why, trend, labels, pyramids and branches within a scope."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from tests.factories import BranchFactory, StaffFactory
from tests.tiering.conftest import NOON, TODAY, Evaluate, MakeCustomer, give, give_at, wan
from tests.tiering.test_evaluation import publish

from keheng.org.enums import DataScope
from keheng.org.models import Staff
from keheng.tiering import queries
from keheng.tiering.models import Scheme

OCTOBER = date(2026, 10, 31)


def test_why_gives_value_band_distance_and_privileges(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    customer = make_customer(aum_average=wan("52.31"))
    run_of()
    give(customer, aum_average=wan("212.35"))
    why = queries.why(customer, NOON)
    assert why is not None
    assert (why.tier.code, why.tier.name, why.tier.step) == ("T4", "白金", 4)
    assert (why.metric, why.value, why.value_text, why.band) == (
        "月日均 AUM",
        wan("212.35"),
        "212.35万",
        "50万 – 300万",
    )
    assert why.set_by == "月日均 AUM 52.31万，落在 50万 – 300万"
    assert (why.since, why.version.number, why.door, why.by_today) == (TODAY, 1, "", None)
    assert why.next_tier is not None
    assert (why.next_tier.name, why.lower_text) == ("私享", "50万")
    assert [(gap.short, gap.short_text) for gap in why.missing] == [(wan("87.65"), "87.65万")]
    assert why.share == pytest.approx(0.6494, abs=1e-4)
    customer.refresh_from_db()
    assert "优先受理" in queries.entitlements_of(customer, TODAY).privileges.values()
    assert why.downgrade == ("连续 3 个月末低于下限", "须审批")


def test_why_names_the_door_and_what_today_would_say(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    customer = make_customer(aum_average=wan(12), card_grade=3)
    run_of()
    why = queries.why(customer, NOON)
    assert why is not None
    assert (why.tier.code, why.door, why.value_text) == ("T4", "持有白金卡及以上", "12.00万")
    give(customer, aum_average=wan(12), card_grade=1)
    later = queries.why(customer, NOON)
    assert later is not None
    assert later.by_today is not None
    assert (later.tier.code, later.by_today.code) == ("T4", "T2")


def test_why_of_a_company_reads_its_condition(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    company = make_customer(is_borrower=True, annual_sales=wan(12_000), total_assets=wan(9_000), industry="retail")
    run_of("corporate-size")
    why = queries.why(company, NOON)
    assert why is not None
    assert (why.tier.code, why.metric, why.value_text) == ("medium", "年销售收入", "1.20亿")
    assert [gap.short_text for gap in why.missing] == ["3,000.00万"]


def test_before_the_first_evaluation_there_is_nothing_to_say(make_customer: MakeCustomer) -> None:
    customer = make_customer(aum_average=wan(12))
    assert queries.why(customer, NOON) is None
    assert queries.standing_of(customer) is None
    assert queries.trend_of(customer).arrow == ""


def test_why_outlives_a_tier_that_a_new_version_dropped(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    customer = make_customer(aum_average=wan(400))
    run_of()
    scheme = Scheme.objects.get(code="bank-retail")
    definition = scheme.versions.get().definition
    kept = [tier for tier in definition["tiers"] if tier["code"] != "T5"]
    kept[-1] = {**kept[-1], "band": {"lower": "500000"}}
    publish(scheme, tiers=kept)
    why = queries.why(customer, NOON)
    assert why is not None
    assert why.by_today is not None
    assert (why.tier.name, why.by_today.code) == ("私享", "T4")


@pytest.mark.usefixtures("downgrades_at_once")
def test_the_trend_is_the_moves_newest_first(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    customer = make_customer(aum_average=wan(25))
    give_at(customer, OCTOBER, aum_average=wan(60))
    run_of(as_of=OCTOBER)
    run_of()
    trend = queries.trend_of(customer)
    assert (trend.arrow, trend.tone, trend.words) == ("down", "over", "11-22 降级")
    assert [(change.before and change.before.code, change.after and change.after.code) for change in trend.changes] == [
        ("T4", "T3"),
        (None, "T4"),
    ]
    with CaptureQueriesContext(
        connection,
    ) as few:
        queries.trend_of(customer)
    give(customer, aum_average=wan(600))
    run_of()
    with CaptureQueriesContext(connection) as more:
        assert len(queries.trend_of(customer).changes) == 3
    assert len(more) == len(few)


def test_labels_follow_the_language_and_outlive_their_version() -> None:
    scheme = Scheme.objects.get(code="bank-retail")
    tiers = scheme.versions.get().definition["tiers"]
    renamed = [{**tier, "name": "钻石"} if tier["code"] == "T5" else tier for tier in tiers if tier["code"] != "T0"]
    renamed[0] = {**renamed[0], "band": {"upper": "50000"}}
    publish(scheme, tiers=renamed)
    labels = queries.tier_definitions("person")
    assert list(labels) == ["T5", "T4", "T3", "T2", "T1", "T0"]
    assert (labels["T5"].name, labels["T0"].name, labels["T4"].step) == ("钻石", "普通", 4)
    assert queries.tier_definitions("company")["strategic"].name == "战略"
    with translation.override("en"):
        assert queries.tier_definitions("person")["T4"].name == "Platinum"


def test_labels_cost_one_query() -> None:
    queries.tier_definitions("person")
    with CaptureQueriesContext(connection) as captured:
        queries.tier_definitions("person")
    assert len(captured) == 1


def test_explain_holds_a_customer_against_every_scheme_of_the_kind(
    make_customer: MakeCustomer, run_of: Evaluate
) -> None:
    customer = make_customer(aum_average=wan(25), card_grade=3, birth_date=date(1960, 1, 1))
    run_of()
    found = {part.scheme.code: part for part in queries.explain(customer, NOON)}
    assert set(found) == {"bank-retail", "bank-retail-wealth", "futures", "securities-card"}
    retail = found["bank-retail"]
    assert retail.held is not None
    assert (retail.held.code, retail.by_today and retail.by_today.code) == ("T4", "T4")
    assert [(tier.code, holds) for tier, _words, holds in retail.rules if holds] == [
        ("T4", True),
        ("T3", True),
        ("T3", True),
    ]
    assert ("月日均 AUM", "25.00万") in retail.figures
    assert found["futures"].held is None


# -- within a scope ---------------------------------------------------------------------------------------------------


@pytest.fixture
def bank(make_customer: MakeCustomer, run_of: Evaluate) -> dict[str, Any]:
    """Two branches with an outlet each, a group below one of them; a manager with one customer of two."""
    north, south = BranchFactory.create(kind="branch"), BranchFactory.create(kind="branch")
    outlet, other = BranchFactory.create(parent=north), BranchFactory.create(parent=south)
    group = BranchFactory.create(parent=outlet, kind="group")
    manager = StaffFactory.create(branch=outlet, scope=DataScope.OWN)
    make_customer(branch=outlet, owner=manager, aum_average=wan(60), aum=wan(60))
    make_customer(branch=group, aum_average=wan(400))
    riser = make_customer(branch=other, aum_average=wan(1))
    run_of()
    give(riser, aum_average=wan(9))
    return {
        "run": run_of(),
        "manager": manager,
        "north": north,
        "south": south,
        "outlet": outlet,
        "group": group,
        "head": StaffFactory.create(scope=DataScope.ALL),
        "north_head": StaffFactory.create(branch=north, scope=DataScope.SUBTREE),
        "south_head": StaffFactory.create(branch=south, scope=DataScope.SUBTREE),
    }


def counted(run: Any, staff: Staff) -> dict[str, int]:
    return {share.tier.code: share.customers for share in queries.pyramid(run, staff).shares if share.customers}


def test_a_pyramid_counts_the_scope_and_no_more(bank: dict[str, Any]) -> None:
    run = bank["run"]
    assert counted(run, bank["head"]) == {"T5": 1, "T4": 1, "T2": 1}
    assert counted(run, bank["north_head"]) == {"T5": 1, "T4": 1}
    assert counted(run, bank["south_head"]) == {"T2": 1}
    assert counted(run, bank["manager"]) == {"T4": 1}
    assert [share.tier.code for share in queries.pyramid(run, bank["manager"]).shares] == [
        "T5",
        "T4",
        "T3",
        "T2",
        "T1",
        "T0",
    ]


def test_shares_add_up(bank: dict[str, Any]) -> None:
    found = queries.pyramid(bank["run"], bank["head"])
    assert (found.customers, found.aum) == (3, wan(469))
    assert sum(share.aum_share for share in found.shares) == pytest.approx(1)
    top = found.shares[0]
    assert (top.customer_share, top.aum_share) == (pytest.approx(1 / 3), pytest.approx(400 / 469))


def test_what_a_run_found_and_moved_is_scoped(bank: dict[str, Any]) -> None:
    run = bank["run"]
    found = {name: queries.counts_of([run], bank[name])[run.pk] for name in ("head", "north_head", "south_head")}
    assert [(counts.evaluated, counts.new, counts.up, counts.down) for counts in found.values()] == [
        (3, 0, 1, 0),
        (2, 0, 0, 0),
        (1, 0, 1, 0),
    ]
    own = queries.counts_of([run], bank["manager"])[run.pk]
    assert (own.evaluated, own.new, own.up, own.down) == (None, 0, 0, 0)


def test_branches_are_summed_one_level_below(bank: dict[str, Any]) -> None:
    run, head = bank["run"], bank["head"]
    root = bank["north"].parent
    rows = queries.branch_rows(run, head, root)
    assert {row.branch: (row.customers, row.aum, row.has_below) for row in rows} == {
        bank["north"]: (2, wan(460), True),
        bank["south"]: (1, wan(9), True),
    }
    below = queries.branch_rows(run, head, bank["outlet"])
    assert {row.branch: (row.customers, row.has_below) for row in below} == {
        bank["outlet"]: (1, False),
        bank["group"]: (1, False),
    }
    assert queries.branch_rows(run, bank["south_head"], root)[0].branch == bank["south"]
    own = queries.branch_rows(run, bank["manager"], root)
    assert [(row.branch, row.customers, row.aum) for row in own] == [(bank["north"], 1, wan(60))]


def test_the_table_begins_where_the_scope_parts(bank: dict[str, Any]) -> None:
    run = bank["run"]
    assert queries.shared_branch(run, bank["head"]) == bank["north"].parent
    assert queries.shared_branch(run, bank["north_head"]) == bank["outlet"]
    assert queries.shared_branch(run, bank["manager"]) == bank["outlet"]


def test_the_trend_of_a_scheme_takes_the_newest_run_of_a_date(bank: dict[str, Any], run_of: Evaluate) -> None:
    trend = queries.trend(bank["run"].scheme, bank["head"])
    assert trend.dates == (TODAY,)
    assert {label.code: counts for label, counts in trend.series} == {"T5": (1,), "T4": (1,), "T2": (1,)}
    own = queries.trend(bank["run"].scheme, bank["manager"])
    assert {label.code: counts for label, counts in own.series} == {"T4": (1,)}


def test_rules_are_read_with_roles_and_sources() -> None:
    version = Scheme.objects.get(code="bank-retail-wealth").versions.get()
    found = queries.rules_in_words(version)
    growth = next(row for row in found.tiers if row.tier.code == "W1")
    assert growth.upkeep[0].startswith("年龄 ≤ 60 岁：")
    assert found.faults == ()
    assert found.has_bands
    assert [source.ref for source in found.sources][:1] == ["A2 [004b2]"]
    assert (growth.metric, growth.band, growth.ways) == ("月日均 AUM", "5万 – 10万", ())


def test_a_died_run_needs_time_to_be_told_from_a_young_one(bank: dict[str, Any]) -> None:
    run = bank["run"]
    run.state, run.started_at = "running", NOON - timedelta(seconds=5)
    assert not queries.has_died(run, NOON)
    assert queries.usual_size(run.scheme_id) == (3, float(Decimal(str(run.seconds))))
