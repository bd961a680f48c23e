"""The two-way value matrix: weights, percentiles, gaps in the data, cells; against plain Python."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import StaffFactory
from tests.tiering.conftest import NOON, TODAY, Evaluate, MakeCustomer, give_at

from keheng.customers.models import Customer
from keheng.org.enums import DataScope
from keheng.org.models import Staff
from keheng.tiering.models import ValueFact, ValueRun, ValueScore, ValueWeights
from keheng.tiering.operations.value import compute_value, import_facts, record_facts, save_weights
from keheng.tiering.policies.value import (
    INDICATORS,
    Cell,
    Level,
    Population,
    WeightTable,
    advice,
    contributions,
    faults,
    most_attractive,
)
from keheng.tiering.queries import value as queries
from keheng.tiering.sheets import SheetRow


def table(**changes: Any) -> WeightTable:
    content = ValueWeights.objects.get(number=1).table.model_dump(mode="json")
    return WeightTable.model_validate({**content, **changes})


def score_of(customer: Customer) -> ValueScore:
    return ValueScore.objects.get(run=queries.latest_value_run(), customer=customer)


def test_a2_the_preset_names_the_indicators_of_004d_and_decision_21() -> None:
    weights = ValueWeights.objects.get(number=1).table
    assert not faults(weights)
    assert set(weights.existing.to_customer) == {
        "wallet_share", "satisfaction", "coverage", "accounts", "tenure", "balance", "active_accounts", "activity",
        "growth", "executive_vip", "asset_quality",
    }  # fmt: skip
    assert set(weights.existing.to_bank) == {"revenue", "deposits", "asset_quality", "deposit_growth", "coverage"}


@given(
    st.dictionaries(st.sampled_from(sorted(INDICATORS)), st.integers(1, 100).map(Decimal), min_size=1),
    st.dictionaries(st.sampled_from(sorted(INDICATORS)), st.integers(0, 100).map(Decimal)),
)
def test_points_add_up_to_the_score_and_weights_without_data_go_to_the_others(
    weights: dict[str, Decimal], percentiles: dict[str, Decimal]
) -> None:
    made = contributions(weights, percentiles)
    known = [code for code in weights if code in percentiles]
    if not known:
        assert all(part == (0, 0) for part in made.values())
        return
    assert abs(sum(effective for effective, _points in made.values()) - 100) < Decimal("0.0001")
    expected = sum(weights[c] * percentiles[c] for c in known) / sum(weights[c] for c in known)
    assert abs(sum(points for _effective, points in made.values()) - expected) < Decimal("0.0001")


def test_the_most_attractive_cell_is_high_in_both_and_the_value_to_the_bank_decides() -> None:
    def cells(*held: tuple[Level, Level]) -> dict[tuple[Level, Level], Cell]:
        return {(a, b): Cell(a, b, customers=int((a, b) in held)) for a in Level for b in Level}

    assert most_attractive(cells()) is None
    assert most_attractive(cells((Level.LOW, Level.HIGH), (Level.HIGH, Level.LOW))) == (Level.LOW, Level.HIGH)
    assert most_attractive(cells((Level.HIGH, Level.HIGH), (Level.LOW, Level.HIGH))) == (Level.HIGH, Level.HIGH)
    assert len({advice(a, b) for a in Level for b in Level}) >= 7


@pytest.mark.usefixtures("english")
def test_weights_that_do_not_add_up_are_refused() -> None:
    wrong = table(target={"to_customer": {"credit_target": "99.5"}, "to_bank": {"sales": 50, "nonsense": 50}}, high=30)
    told = faults(wrong)
    assert told["target.to_customer"] == "The weights add up to 99.5; they must add up to 100."
    assert "nonsense" in told["target.to_bank"]
    assert "high" in told


def test_versions_of_weights_stay_and_say_why(actor: Staff) -> None:
    with pytest.raises(ValidationError, match="note"):
        save_weights(table=table(middle="30"), note=" ", actor=actor, at=NOON)
    with pytest.raises(ValidationError):
        save_weights(table=table(), note="same", actor=actor, at=NOON)
    made = save_weights(table=table(middle="30"), note="更早算中档", actor=actor, at=NOON)
    assert (made.number, queries.weights_in_force()) == (2, made)
    assert ValueWeights.objects.get(number=1).table.middle == 40
    with pytest.raises(PermissionDenied):
        save_weights(
            table=table(), note="x", actor=StaffFactory.create(permissions=("tiering.view", "tiering.run")), at=NOON
        )


def mid_rank(value: Decimal, among: list[Decimal]) -> Decimal:
    below, equal = sum(other < value for other in among), sum(other == value for other in among)
    return Decimal(100) * (below + Decimal(equal) / 2) / len(among)


def test_scores_are_weighted_percentiles_within_the_layer(
    actor: Staff, make_customer: MakeCustomer, run_of: Evaluate
) -> None:
    revenues = [Decimal(n) for n in (10, 20, 20, 70)]
    companies = [
        make_customer(is_borrower=True, revenue=revenue, deposits=100 - place, product_count=2, aum=1, loans=1)
        for place, revenue in enumerate(revenues)
    ]
    other_layer = make_customer(is_borrower=True, annual_sales=10**9, revenue=1, deposits=1, product_count=1, loans=1)
    run_of("corporate-size")
    run = compute_value(actor=actor, at=NOON)
    assert (run.customers, run.unscored) == (5, 0)
    for place, company in enumerate(companies):
        score = score_of(company)
        assert (score.layer, score.type, score.population) == ("small", "borrower.company.traditional", "existing")
        deposits = mid_rank(Decimal(100 - place), [Decimal(100 - n) for n in range(4)])
        expected = (35 * mid_rank(revenues[place], revenues) + 25 * deposits + 10 * Decimal(50)) / 70
        assert score.to_bank == round(expected, 1)
        assert score.cover_bank == 70  # asset quality and growth have no data
    alone = score_of(other_layer)
    assert (alone.layer, alone.to_bank) == ("large", 50)


def test_no_data_at_all_gives_no_score_and_no_failure(
    actor: Staff, make_customer: MakeCustomer, run_of: Evaluate
) -> None:
    assert compute_value(actor=actor, at=NOON).customers == 0  # nobody there
    prospect = make_customer(kind="company")
    make_customer(kind="company", status="closed")
    run = compute_value(actor=actor, at=NOON)
    assert (run.customers, run.unscored) == (1, 1)
    score = score_of(prospect)
    assert (score.population, score.layer, score.to_bank, score.cover_bank) == ("target", "-", None, 0)
    found = queries.matrix(queries.scores(run, actor), run.weights.table, single=False)
    assert (found.customers, found.unscored, found.best, found.segments) == (0, 1, None, [])


def test_growth_from_nothing_is_no_data(actor: Staff, make_customer: MakeCustomer) -> None:
    """Division by zero: there is no growth rate from a balance of nothing."""
    year_ago = date(2025, 11, 30)
    new, old = (make_customer(kind="company", aum=200, deposits=150, product_count=1) for _ in range(2))
    Customer.objects.filter(pk__in=[new.pk, old.pk]).update(aum=200)
    give_at(new, year_ago, aum=0, deposits=0)
    give_at(old, year_ago, aum=100, deposits=100)
    compute_value(actor=actor, at=NOON)
    assert {"growth", "deposit_growth"}.isdisjoint(score_of(new).parts)
    assert [score_of(old).parts[code][0] for code in ("growth", "deposit_growth")] == [100, 50]


def test_facts_by_hand_and_by_file(actor: Staff, make_customer: MakeCustomer) -> None:
    good, poor = make_customer(kind="company", loans=5), make_customer(kind="company", loans=5)
    record_facts(
        customer=good,
        values={"wallet_share": Decimal(60), "asset_quality": Decimal(1), "satisfaction": None},
        as_of=TODAY - timedelta(days=3),
        source="客户经理访谈",
        actor=actor,
        at=NOON,
    )
    rows = [
        SheetRow(2, {"number": poor.number, "wallet_share": "15%", "asset_quality": "4", "satisfaction": "abc"}),
        SheetRow(3, {"number": "nobody", "wallet_share": "1"}),
        SheetRow(4, {"number": good.number, "asset_quality": "9"}),
    ]
    done = import_facts(rows=rows, file_name="三季度.xlsx", as_of=TODAY, actor=actor, at=NOON)
    assert (done.customers, done.facts, [reject.row for reject in done.rejects]) == (1, 2, [2, 3, 4])
    assert ValueFact.objects.count() == 4
    run = compute_value(actor=actor, at=NOON)
    assert run.known["existing"]["wallet_share"] == 2
    assert score_of(good).parts["asset_quality"] == [1, 75]  # a lower class is better
    assert score_of(poor).parts["asset_quality"] == [4, 25]
    shown = queries.explained(good)
    assert shown is not None
    by_code = {part.code: part for part in shown.to_customer}
    assert by_code["satisfaction"].value is None
    assert by_code["satisfaction"].effective == 0
    assert sum(part.effective for part in shown.to_customer) == pytest.approx(100)
    with pytest.raises(ValidationError, match="wallet_share"):
        record_facts(customer=good, values={"wallet_share": Decimal(101)}, as_of=TODAY, source="", actor=actor, at=NOON)
    with pytest.raises(ValidationError, match="as_of"):
        record_facts(
            customer=good,
            values={"wallet_share": Decimal(1)},
            as_of=TODAY + timedelta(days=1),
            source="",
            actor=actor,
            at=NOON,
        )


def test_scores_keep_the_version_of_their_weights(actor: Staff, make_customer: MakeCustomer) -> None:
    make_customer(kind="company", revenue=5, aum=1, product_count=1)
    first = compute_value(actor=actor, at=NOON)
    save_weights(table=table(middle="30"), note="试", actor=actor, at=NOON)
    second = compute_value(actor=actor, at=NOON)
    assert (first.weights.number, second.weights.number) == (1, 2)
    assert ValueScore.objects.filter(run=first).count() == ValueScore.objects.filter(run=second).count() == 1


def test_only_whoever_may_computes_and_only_the_scope_is_seen(actor: Staff, make_customer: MakeCustomer) -> None:
    make_customer(kind="company", revenue=5, aum=1, product_count=1)
    run = compute_value(actor=actor, at=NOON)
    own = StaffFactory.create(scope=DataScope.OWN, permissions=("tiering.view",))
    assert queries.scores(run, own).count() == 0
    with pytest.raises(PermissionDenied):
        compute_value(actor=own, at=NOON)
    assert ValueRun.objects.count() == 1


def test_the_statement_reads_each_population_by_its_own_weights(actor: Staff, make_customer: MakeCustomer) -> None:
    small, big = (make_customer(kind="company", annual_sales=sales, total_assets=sales) for sales in (1000, 9000))
    compute_value(actor=actor, at=NOON)
    assert [score_of(one).population for one in (small, big)] == [Population.TARGET] * 2
    assert [score_of(one).to_bank for one in (small, big)] == [25, 75]
    assert score_of(big).cover_bank == 70
