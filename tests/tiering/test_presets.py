"""Every number of requirement A2 and its decisions, at its edges, as the database sorts it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from tests.tiering.conftest import TODAY, wan

from keheng.tiering.enums import SchemeKind
from keheng.tiering.models import Scheme, SchemeVersion
from keheng.tiering.operations import load_presets
from keheng.tiering.policies.validation import problems

type TierOf = Callable[..., str]
CENT = Decimal("0.01")


@pytest.mark.parametrize(
    ("aum", "tier"),
    [
        (0, "T0"),
        (wan("0.1") - CENT, "T0"),
        (wan("0.1"), "T1"),
        (wan(5) - CENT, "T1"),
        (wan(5), "T2"),
        (wan(20) - CENT, "T2"),
        (wan(20), "T3"),
        (wan(50) - CENT, "T3"),
        (wan(50), "T4"),
        (wan(300) - CENT, "T4"),
        (wan(300), "T5"),
        (Decimal(-1), "T0"),
    ],
)
def test_a2_retail_bands_hold_their_lower_edge_not_their_upper(tier_of: TierOf, aum: Decimal, tier: str) -> None:
    assert tier_of("bank-retail", aum_average=aum) == tier


def test_decision_2_month_average_decides_and_the_balance_stands_in_for_it(tier_of: TierOf) -> None:
    assert tier_of("bank-retail", aum=wan(400), aum_average=wan(30)) == "T3"
    assert tier_of("bank-retail", aum=wan(400)) == "T5"
    assert tier_of("bank-retail") == "T0"


@pytest.mark.parametrize(
    ("door", "tier"),
    [
        ({"card_spend": wan(5)}, "T2"),
        ({"card_spend": wan(5) - CENT}, "T1"),
        ({"margin": wan(1)}, "T2"),
        ({"margin": wan(1) - CENT}, "T1"),
        ({"loans": wan(30)}, "T3"),
        ({"loans": wan(30) - CENT}, "T1"),
        ({"card_grade": 1}, "T1"),
        ({"card_grade": 2}, "T3"),
        ({"card_grade": 3}, "T4"),
        ({"card_grade": 4}, "T4"),
        ({"card_spend": wan(5), "loans": wan(30), "card_grade": 2}, "T3"),
    ],
)
def test_a2_doors_lift_to_at_least_their_tier(tier_of: TierOf, door: dict[str, Decimal], tier: str) -> None:
    assert tier_of("bank-retail", aum_average=wan(1), **door) == tier


def test_decision_6_a_door_never_lowers(tier_of: TierOf) -> None:
    assert tier_of("bank-retail", aum_average=wan(600), card_spend=wan(9), card_grade=3) == "T5"


@pytest.mark.parametrize(
    ("aum", "tier"),
    [
        (wan(5) - CENT, "W0"),
        (wan(5), "W1"),
        (wan(10) - CENT, "W1"),
        (wan(10), "W2"),
        (wan(20) - CENT, "W2"),
        (wan(20), "W3"),
        (wan(200) - CENT, "W3"),
        (wan(200), "W4"),
    ],
)
def test_a2_wealth_bands(tier_of: TierOf, aum: Decimal, tier: str) -> None:
    assert tier_of("bank-retail-wealth", aum_average=aum) == tier


@pytest.mark.parametrize("birth_date", [date(1966, 11, 22), date(1940, 1, 1), None])
def test_decision_7_age_decides_who_maintains_never_who_is_served(tier_of: TierOf, birth_date: date | None) -> None:
    assert tier_of("bank-retail-wealth", aum_average=wan(7), birth_date=birth_date) == "W1"
    upkeep = SchemeVersion.objects.get(scheme__code="bank-retail-wealth").rules.tier("W1").upkeep  # type: ignore[union-attr]
    assert [part.when is not None for part in upkeep] == [True, True]


@pytest.mark.parametrize(
    ("deposits", "lots", "tier"),
    [
        (wan(100), 700, "diamond"),
        (wan(100) - CENT, 700, "colour-gold"),
        (wan(100), 699, "colour-gold"),
        (wan(50), 200, "colour-gold"),
        (wan(50) - CENT, 700, "silver"),
        (wan(500), 199, "silver"),
        (None, None, "silver"),
    ],
)
def test_a2_futures_needs_deposits_and_lots(
    tier_of: TierOf, deposits: Decimal | None, lots: int | None, tier: str
) -> None:
    assert tier_of("futures", deposits_average=deposits, lots=lots) == tier


@pytest.mark.parametrize(
    ("aum", "tier"),
    [(wan(50) - CENT, "silver-card"), (wan(50), "gold-card"), (wan(300) - CENT, "gold-card"), (wan(300), "platinum")],
)
def test_decision_24_securities_card_classes(tier_of: TierOf, aum: Decimal, tier: str) -> None:
    assert tier_of("securities-card", aum_average=aum) == tier


MILLION = Decimal(1_000_000)


@pytest.mark.parametrize(
    ("facts", "tier"),
    [
        ({"is_strategic": True}, "strategic"),
        ({"is_strategic": True, "is_borrower": True, "annual_sales": 900 * MILLION}, "strategic"),
        ({"annual_sales": 300 * MILLION}, "large"),
        ({"annual_sales": 300 * MILLION - CENT, "total_assets": 100 * MILLION}, "medium"),
        ({"annual_sales": 150 * MILLION, "industry": "retail"}, "large"),
        ({"annual_sales": 150 * MILLION, "industry": "hotel"}, "large"),
        ({"annual_sales": 150 * MILLION, "industry": "餐饮业"}, "large"),
        ({"annual_sales": 150 * MILLION - CENT, "industry": "retail"}, "medium"),
        ({"annual_sales": 150 * MILLION, "industry": "manufacturing"}, "small"),
        ({"annual_sales": 30 * MILLION + CENT, "total_assets": 40 * MILLION + CENT}, "medium"),
        ({"annual_sales": 30 * MILLION, "total_assets": 40 * MILLION + CENT}, "small"),
        ({"annual_sales": 30 * MILLION + CENT, "total_assets": 40 * MILLION}, "small"),
        ({"annual_sales": 10 * MILLION + CENT, "industry": "retail"}, "medium"),
        ({"annual_sales": 10 * MILLION, "industry": "retail"}, "small"),
        ({"annual_sales": None, "total_assets": 900 * MILLION}, "small"),
    ],
)
def test_a2_borrowers_by_size_with_decision_25(tier_of: TierOf, facts: dict[str, object], tier: str) -> None:
    assert tier_of("corporate-size", **{"is_borrower": True, **facts}) == tier


@pytest.mark.parametrize(
    ("deposits", "tier"), [(wan(50), "above-scale"), (wan(50) - CENT, "below-scale"), (None, "below-scale")]
)
def test_a2_non_borrowers_by_average_deposit(tier_of: TierOf, deposits: Decimal | None, tier: str) -> None:
    assert tier_of("corporate-size", kind="company", deposits_average=deposits) == tier


def test_a_company_with_a_loan_balance_is_a_borrower_whatever_the_flag_says(tier_of: TierOf) -> None:
    assert tier_of("corporate-size", kind="company", loans=1, deposits_average=wan(900)) == "small"


@pytest.mark.parametrize(
    ("facts", "tier"),
    [
        ({"deposits_average": 50 * MILLION - CENT}, "III"),
        ({"deposits_average": 50 * MILLION}, "II"),
        ({"deposits_average": 200 * MILLION - CENT}, "II"),
        ({"deposits_average": 200 * MILLION}, "I"),
        ({"deposits_average": 0, "credit_target": 200 * MILLION}, "I"),
        ({"deposits_average": 0, "credit_target": 200 * MILLION - CENT}, "III"),
    ],
)
def test_a2_marketing_classes(tier_of: TierOf, facts: dict[str, object], tier: str) -> None:
    assert tier_of("corporate-class", kind="company", **facts) == tier


def test_decision_5_upgrades_by_themselves_downgrades_after_three_month_ends_and_an_approval() -> None:
    movement = SchemeVersion.objects.get(scheme__code="bank-retail").rules.movement
    assert (movement.upgrade.month_ends, movement.upgrade.approval) == (1, False)
    assert (movement.downgrade.month_ends, movement.downgrade.approval) == (3, True)


def test_decision_23_names_of_the_retail_tiers() -> None:
    tiers = SchemeVersion.objects.get(scheme__code="bank-retail").rules.ascending
    assert [tier.name for tier in tiers] == ["普通", "基础", "成长", "金卡", "白金", "私享"]
    assert [tier.colour for tier in tiers] == [0, 1, 2, 3, 4, 5]


def test_a2_diamond_talks_to_advisers_and_researchers_gold_has_an_adviser() -> None:
    rules = SchemeVersion.objects.get(scheme__code="futures").rules
    diamond, gold, silver = rules.descending
    assert diamond.grants("direct_research")
    assert diamond.grants("custom_reports")
    assert gold.grants("dedicated_adviser")
    assert not gold.grants("direct_research")
    assert not silver.grants("priority_service")


def test_every_preset_is_sound_and_names_its_sources() -> None:
    schemes = Scheme.objects.all()
    assert {scheme.code for scheme in schemes} == {
        "bank-retail",
        "bank-retail-wealth",
        "futures",
        "securities-card",
        "corporate-size",
        "corporate-class",
    }
    for scheme in schemes:
        rules = scheme.versions.get().rules
        assert problems(rules, SchemeKind(scheme.kind)) == []
        assert rules.sources
    primary = {scheme.kind: scheme.code for scheme in schemes if scheme.is_primary}
    assert primary == {"person": "bank-retail", "company": "corporate-size"}


def test_loading_again_changes_nothing_that_people_edited() -> None:
    scheme = Scheme.objects.get(code="bank-retail")
    Scheme.objects.filter(pk=scheme.pk).update(name="本行分层")
    SchemeVersion.objects.create(
        scheme=scheme, number=2, state="draft", valid_from=TODAY, definition=scheme.versions.get().definition
    )
    load_presets()
    scheme.refresh_from_db()
    assert scheme.name == "本行分层"
    assert scheme.versions.count() == 2
