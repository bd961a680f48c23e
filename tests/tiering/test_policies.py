"""What is wrong with a definition, how a rule reads, how far the next tier is."""

from decimal import Decimal
from typing import Any

import pytest
from tests.tiering.conftest import wan

from keheng.tiering.enums import Basis, SchemeKind
from keheng.tiering.models import SchemeVersion
from keheng.tiering.policies import reading
from keheng.tiering.policies.conditions import AllOf, Flag, Op, Threshold
from keheng.tiering.policies.definition import Band, Definition, Tier
from keheng.tiering.policies.progress import Gap, progress
from keheng.tiering.policies.reading import downgrade, own_rule
from keheng.tiering.policies.validation import problems, without_data


def rules(code: str) -> Definition:
    return SchemeVersion.objects.get(scheme__code=code).rules


# -- validation -------------------------------------------------------------------------------------------------------


def tiers(*bands: tuple[str, int | None, int | None], **more: Any) -> Definition:
    rows = [
        {"code": code, "name": code, "rank": rank, "colour": 0, "band": {"lower": lower, "upper": upper}}
        for rank, (code, lower, upper) in enumerate(bands)
    ]
    return Definition.model_validate({"metric": "aum", "tiers": rows, **more})


def ways(*conditions: dict[str, Any] | None, **more: Any) -> Definition:
    rows = [
        {"code": f"T{rank}", "name": "x", "rank": rank, "colour": 0, **({"when": when} if when else {})}
        for rank, when in enumerate(conditions)
    ]
    return Definition.model_validate({"tiers": rows, **more})


def lots(op: str, value: int) -> dict[str, Any]:
    return {"metric": "lots", "op": op, "value": value}


LOW, HIGH = ("L", None, 50_000), ("H", 50_000, None)


@pytest.mark.parametrize(
    ("definition", "sentence"),
    [
        (tiers(("L", None, 40_000), HIGH), "Gap: nobody takes customers from 4万 to 5万, between L and H."),
        (tiers(("L", None, 60_000), HIGH), "Overlap: the bands of L and H share customers; L must end where H begins."),
        (tiers(("L", 1_000, 50_000), HIGH), "Gap: nobody takes customers below 0.1万, the lower edge of L."),
        (tiers(LOW, ("H", 50_000, 60_000)), "Gap: nobody takes customers from 6万 up, the upper edge of H."),
        (
            tiers(LOW, ("M", 50_000, 50_000), ("H", 50_000, None)),
            "M: the band 5万 – 5万 is empty; nobody can reach it.",
        ),
        (tiers(LOW, ("L", 50_000, None)), "The tier code L stands 2 times."),
        (
            Definition.model_validate(
                {"tiers": [{"code": code, "name": "x", "rank": 1, "colour": 0} for code in ("A", "B")]}
            ),
            "The rank 1 is given to 2 tiers.",
        ),
        (
            tiers(LOW, HIGH, doors=[{"code": "d", "to": "X", "when": lots(">", 1)}]),
            "The door d leads to X, which is no tier of this scheme (L, H).",
        ),
        (
            tiers(LOW, HIGH, doors=[{"code": "d", "to": "L", "when": lots(">", 1)}]),
            "The door d leads to L, the lowest tier, and lifts nobody.",
        ),
        (
            tiers(LOW, HIGH, doors=[{"code": "d", "to": "H", "when": lots(">", n)} for n in (1, 2)]),
            "The door code d stands 2 times.",
        ),
        (tiers(LOW, HIGH, metric=None), "The tiers have bands, but the scheme names no metric to measure them by."),
        (tiers(LOW, HIGH, metric="gold"), "the bands asks for the metric gold, which does not exist."),
        (ways(None, {"metric": "gold", "is": True}), "T1 asks for the metric gold, which does not exist."),
        (ways(None, {"metric": "is_borrower", "is": True}), "T1 asks for has loans, which is known of companies only."),
        (ways(None, {"metric": "lots", "is": True}), "T1 compares lots in the month in a way that does not fit it."),
        (
            ways(lots(">", 1), lots(">", 2)),
            "No tier takes the customers who meet no condition: leave the lowest tier without one.",
        ),
        (ways(lots("<", 5), None), "T0 can never be reached: higher tiers take everyone who meets its rule."),
        (ways(None, lots(">=", 200), lots(">", 199)), "T1 can never be reached"),
        (ways(None, {"all": [lots(">", 5), lots("<", 5)]}), "T1 can never be reached"),
        (ways(None, {"all": [lots(">=", 200), {"metric": "age", "op": "<", "value": 60}]}, lots(">=", 100)), "T1 can"),
    ],
)
@pytest.mark.usefixtures("english")
def test_each_fault_is_one_sentence(definition: Definition, sentence: str) -> None:
    found = problems(definition, SchemeKind.PERSON)
    assert len(found) == 1, found
    assert found[0].startswith(sentence)


@pytest.mark.parametrize(
    "definition",
    [
        tiers(LOW, HIGH),
        tiers(LOW, HIGH, doors=[{"code": "d", "to": "H", "when": lots(">", 1)}]),
        ways(None, lots(">=", 200), lots(">=", 700)),
        ways(None, {"any": [lots(">=", 200), {"metric": "age", "op": "<", "value": 60}]}, lots(">=", 100)),
        ways(None, {"not": lots(">=", 200)}, lots(">=", 100)),
    ],
)
def test_a_sound_definition_has_no_fault(definition: Definition) -> None:
    assert problems(definition, SchemeKind.PERSON) == []


# -- reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "tier", "words"),
    [
        ("bank-retail", "T5", "月日均 AUM 在 300万（含）以上"),
        ("bank-retail", "T4", "月日均 AUM 在 50万（含）至 300万（不含）之间，或持有白金卡及以上"),
        (
            "bank-retail",
            "T2",
            "月日均 AUM 在 5万（含）至 20万（不含）之间，或信用卡年消费 ≥ 5万，或三方存管保证金 ≥ 1万",
        ),
        ("bank-retail", "T0", "月日均 AUM 低于 0.1万"),
        ("futures", "diamond", "月日均存款 ≥ 100万，且月成交手数 ≥ 700 手"),
        ("futures", "silver", "其余客户"),
        ("corporate-size", "above-scale", "非有贷户，且月日均存款 ≥ 50万"),
        ("corporate-class", "I", "月日均存款 在 2亿（含）以上，或目标授信 ≥ 2亿"),
    ],
)
def test_rules_read_as_people_say_them(code: str, tier: str, words: str) -> None:
    definition = rules(code)
    assert reading.rule(definition, definition.tier(tier)) == words  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("metric", "value", "text"),
    [
        ("aum", "500000", "50万"),
        ("aum", "12345", "12,345 元"),
        ("aum", "150000000", "1.5亿"),
        ("lots", "700", "700 手"),
        ("age", "60", "60 岁"),
        ("card_grade", "3", "白金卡"),
        ("is_borrower", "1", "是"),
        ("product_count", "4", "4"),
    ],
)
def test_quantities_carry_their_unit_and_lose_nothing(metric: str, value: str, text: str) -> None:
    assert reading.quantity(metric, Decimal(value)) == text


@pytest.mark.usefixtures("english")
def test_a_group_within_a_group_stands_in_brackets() -> None:
    inner = AllOf(
        all=(Flag(metric="is_borrower", holds=False), Threshold(metric="age", op=Op.BELOW, value=Decimal(60)))
    )
    words = reading.condition(AllOf(all=(inner, inner)), Basis.BALANCE)
    assert words == "(has loans: no, and age < 60 years), and (has loans: no, and age < 60 years)"


@pytest.mark.parametrize(
    ("code", "tier", "found", "words"),
    [
        ("bank-retail", "T4", ("aum", wan("52.31"), wan(50), ""), "月日均 AUM 52.31万，落在 50万 – 300万"),
        ("bank-retail", "T4", ("card_grade", Decimal(3), Decimal(3), "platinum-card"), "持有白金卡及以上"),
        ("bank-retail", "", ("", None, None, ""), ""),
        ("futures", "silver", ("deposits", wan(9), wan(50), ""), "月日均存款 9.00万，未达 50万"),
        ("futures", "silver", ("deposits", wan(90), wan(50), ""), "其余客户"),
        (
            "corporate-size",
            "strategic",
            ("is_strategic", Decimal(1), None, ""),
            "在战略客户名单上",
        ),
        ("corporate-size", "large", ("annual_sales", wan(32_000), wan(30_000), ""), "年销售收入 3.20亿，门槛 3亿"),
    ],
)
def test_evidence_names_the_value_and_what_it_met(
    code: str, tier: str, found: tuple[str, Decimal | None, Decimal | None, str], words: str
) -> None:
    metric, value, threshold, door = found
    said = reading.evidence(rules(code), tier, metric=metric, value=value, threshold=threshold, door=door)
    assert said == words


# -- the way to the next tier -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tier", "aum", "short", "share"),
    [
        ("T4", wan("212.35"), wan("87.65"), 0.6494),
        ("T0", wan("0.05"), wan("0.05"), 0.5),
        ("T3", wan(12), wan(38), 0.24),  # lifted by a door: the way is counted from nothing
        ("T1", wan(9), None, 1.0),  # today's figures already call for more
    ],
)
def test_the_way_to_the_next_band(tier: str, aum: Decimal, short: Decimal | None, share: float) -> None:
    definition = rules("bank-retail")
    way = progress(definition, definition.tier(tier), {"aum": aum})  # type: ignore[arg-type]
    assert way is not None
    assert [gap.short for gap in way.gaps] == ([] if short is None else [short])
    assert way.share == pytest.approx(share, abs=1e-4)


def test_at_the_top_there_is_no_way() -> None:
    definition = rules("bank-retail")
    assert progress(definition, definition.descending[0], {"aum": wan(900)}) is None


def test_every_number_of_a_condition_counts_and_the_furthest_decides() -> None:
    definition = rules("futures")
    way = progress(definition, definition.ascending[0], {"deposits": wan(25), "lots": 199})
    assert way is not None
    assert way.gaps == (Gap("deposits", wan(25), wan(50)), Gap("lots", Decimal(199), Decimal(200)))
    assert way.share == 0.5


def test_a_company_is_shown_the_way_open_to_its_industry() -> None:
    definition = rules("corporate-size")
    medium = definition.tier("medium")
    assert medium is not None
    held = {"is_borrower": True, "annual_sales": wan(12_000), "total_assets": wan(9_000), "deposits": 0}
    shop = progress(definition, medium, {**held, "industry": "retail"})
    works = progress(definition, medium, {**held, "industry": "manufacturing"})
    assert shop is not None
    assert works is not None
    assert [gap.short for gap in shop.gaps] == [wan(3_000)]
    assert [gap.short for gap in works.gaps] == [wan(18_000)]


def test_a_tier_that_growth_cannot_reach_is_passed_over() -> None:
    definition = rules("corporate-size")
    way = progress(definition, definition.ascending[0], {"is_borrower": False, "deposits": wan(16)})
    assert way is not None
    assert (way.tier.code, [gap.short for gap in way.gaps]) == ("above-scale", [wan(34)])


def test_a_list_is_no_way() -> None:
    definition = rules("corporate-size")
    large = definition.tier("large")
    assert large is not None
    assert progress(definition, large, {"is_strategic": False}) is None


def test_a_tier_has_a_band_or_a_condition() -> None:
    with pytest.raises(ValueError, match="not both"):
        Tier(code="x", name="x", rank=0, colour=0, band=Band(), when=Flag(metric="is_borrower", holds=True))


# -- ratios, edges, date basis ----------------------------------------------------------------------------------------


def _laddered(**more: Any) -> Definition:
    tiers = [
        {"code": "A", "name": "下", "rank": 0, "colour": 0, "band": {"upper": 50000}},
        {"code": "B", "name": "上", "rank": 1, "colour": 1, "band": {"lower": 50000}},
    ]
    return Definition.model_validate({"metric": "aum", "tiers": tiers, **more})


RATIO = {"metric": "deposits", "per": "loans", "op": ">=", "value": "0.2"}
BORROWS = {"metric": "loans", "op": ">", "value": 0}


def test_a_division_by_what_may_be_zero_is_refused_with_the_way_out() -> None:
    bare = _laddered(doors=[{"code": "back", "to": "B", "when": RATIO}])
    assert problems(bare, SchemeKind.PERSON) == [
        "back 以“贷款余额”为除数，它可能为零：请在同一“全部满足”组内加上“贷款余额 > 0”。"
    ]
    guarded = _laddered(doors=[{"code": "back", "to": "B", "when": {"all": [BORROWS, RATIO]}}])
    assert problems(guarded, SchemeKind.PERSON) == []
    either = _laddered(doors=[{"code": "back", "to": "B", "when": {"any": [BORROWS, RATIO]}}])
    assert len(problems(either, SchemeKind.PERSON)) == 1


@pytest.mark.parametrize(
    ("per", "words"),
    [
        ("gold", "除数指标 gold 不存在"),
        ("status", "它不是数值"),
        ("deposits", "它自身"),
        ("annual_sales", "公司客户"),
    ],
)
def test_a_ratio_to_nonsense_is_refused(per: str, words: str) -> None:
    faulty = _laddered(doors=[{"code": "back", "to": "B", "when": {**RATIO, "per": per}}])
    assert words in problems(faulty, SchemeKind.PERSON)[0]


def test_a_metric_without_data_is_named_with_the_parts_that_ask_for_it() -> None:
    found = without_data(_laddered(doors=[{"code": "back", "to": "B", "when": {"all": [BORROWS, RATIO]}}]), {"aum"})
    assert found == [
        "“贷款余额”没有数据：没有客户有该指标的值，back 永远不会成立。",
        "“存款”没有数据：没有客户有该指标的值，back 永远不会成立。",
    ]


def test_the_edge_of_a_band_can_be_turned_round() -> None:
    turned = _laddered(edge="upper")
    assert [own_rule(turned, tier) for tier in turned.ascending] == [
        "月日均 AUM 在 5万（含）以下",
        "月日均 AUM 在 5万（不含）以上",
    ]
    assert problems(turned, SchemeKind.PERSON) == []


def test_the_date_basis_is_part_of_the_words() -> None:
    assert own_rule(_laddered(basis="months_average", months=6), _laddered().ascending[1]).startswith("近 6 个月")
    assert own_rule(_laddered(basis="month_end"), _laddered().ascending[1]).startswith("月末 AUM")


def test_hysteresis_stay_and_protection_are_read_aloud() -> None:
    movement = _laddered(
        movement={
            "hysteresis": "0.05",
            "minimum_stay_days": 90,
            "protected": [{"code": "vip", "name": "名单", "when": BORROWS}],
        }
    ).movement
    assert downgrade(movement) == [
        "连续 3 个月末低于下限",
        "须审批",
        "跌破下限 5% 才算",
        "至少保留 90 天",
        "1 类客户受保护",
    ]
