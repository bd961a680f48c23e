"""Grace, hysteresis, minimum stay: evaluations and dry runs against the same rules in plain Python (decision 5)."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pgtrigger
import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.tiering.conftest import NOON, TODAY, Evaluate, MakeCustomer, give, give_at, wan

from keheng.approvals import operations as approvals
from keheng.customers.models import Customer
from keheng.org.models import Staff
from keheng.org.operations import load_presets as load_organisation
from keheng.portfolio.models import CurrentFigures, MonthEndFigures
from keheng.portfolio.operations import ensure_months
from keheng.tiering import operations, queries
from keheng.tiering.enums import Fate, SchemeKind
from keheng.tiering.models import Proposal, Scheme, SchemeVersion, Standing
from keheng.tiering.policies.compiler import compile_definition
from keheng.tiering.policies.definition import Band, Definition, Movement, Step, Tier
from keheng.tiering.policies.grace import Held, Seen, judge
from keheng.tiering.policies.validation import problems

JUNE = date(2026, 6, 30)
ENDS = [date(2026, 7, 31), date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31)]
EDGES = [Decimal(edge) for edge in (0, 1_000, 50_000, 200_000, 500_000, 3_000_000)]
PEOPLE = 10
AMOUNTS = [0, 1, 4, 6, 25, 45, 60, 400]

steps = st.builds(Step, month_ends=st.integers(1, 4), approval=st.booleans())
movements = st.builds(
    Movement,
    upgrade=steps,
    downgrade=steps,
    hysteresis=st.sampled_from([Decimal(0), Decimal("0.1"), Decimal("0.3")]),
    minimum_stay_days=st.sampled_from([0, 60, 144, 145, 146, 400]),
)
lives = st.lists(st.sampled_from(AMOUNTS), min_size=6, max_size=6)


def rank_of(amount: int) -> int:
    return max(rank for rank, edge in enumerate(EDGES) if wan(amount) >= edge)


def seen_at(day: date, amount: int, held: int, movement: Movement, *, is_month_end: bool = True) -> Seen:
    kept = bool(movement.hysteresis) and wan(amount) >= EDGES[held] * (1 - movement.hysteresis) and held > 0
    return Seen(day, rank_of(amount), is_month_end=is_month_end, is_kept=kept)


@pytest.fixture
def people(make_customer: MakeCustomer) -> list[Customer]:
    load_organisation()
    approvals.load_presets()
    ensure_months([JUNE, *ENDS])
    return [make_customer() for _ in range(PEOPLE)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stories=st.lists(lives, min_size=PEOPLE, max_size=PEOPLE), movement=movements)
def test_decision_5_everybody_moves_as_the_plain_model_says(
    people: list[Customer], run_of: Evaluate, actor: Staff, stories: list[list[int]], movement: Movement
) -> None:
    with transaction.atomic():
        version = SchemeVersion.objects.get(scheme__code="bank-retail")
        version.definition["movement"] = movement.model_dump(mode="json")
        with pgtrigger.ignore("tiering.SchemeVersion:published_stays"):
            version.save()
        CurrentFigures.objects.filter(customer__in=people).delete()
        for customer, amounts in zip(people, stories, strict=True):
            give(customer, aum_average=wan(amounts[-1]))
        MonthEndFigures.objects.bulk_create(
            MonthEndFigures(customer=customer, month_end=day, aum_average=wan(amount))
            for customer, amounts in zip(people, stories, strict=True)
            for day, amount in zip([JUNE, *ENDS], amounts, strict=False)
        )
        run_of(as_of=JUNE)
        tried = operations.dry_run(
            version=SchemeVersion.objects.select_related("scheme").get(pk=version.pk), as_of=None, actor=actor, at=NOON
        )
        fates = {move.customer_id: (move.fate, move.month_ends, move.to_tier) for move in tried.moves.all()}
        run_of()
        count = max(movement.upgrade.month_ends, movement.downgrade.month_ends)
        for customer, amounts in zip(people, stories, strict=True):
            held = rank_of(amounts[0])
            days = [seen_at(day, amount, held, movement) for day, amount in zip(ENDS, amounts[1:], strict=False)]
            now = seen_at(TODAY, amounts[-1], held, movement, is_month_end=False)
            verdict = judge(movement, Held(held, JUNE), [*days, now], month_ends=[JUNE, *ENDS][-count:], as_of=TODAY)
            standing = Standing.objects.get(customer=customer, scheme__code="bank-retail")
            proposal = Proposal.objects.filter(customer=customer, state="open").first()
            if verdict is None:
                assert (standing.rank, proposal, customer.pk in fates) == (held, None, False)
                continue
            fate, met, tier = fates[customer.pk]
            assert fate == verdict.fate
            if verdict.fate in {Fate.MOVES, Fate.PROPOSED}:
                assert tier == f"T{verdict.rank}"
            else:
                assert met == verdict.month_ends
            assert standing.rank == (verdict.rank if verdict.fate == Fate.MOVES else held)
            assert (proposal.to_rank if proposal else None) == (verdict.rank if verdict.fate == Fate.PROPOSED else None)
        transaction.set_rollback(True)


# -- one band each ----------------------------------------------------------------------------------------------------


@st.composite
def ladders(draw: st.DrawFn) -> Definition:
    """Any valid version made of bands: edges that rise, the lowest open below, the highest open above."""
    edges = sorted(draw(st.sets(st.integers(1, 10_000), min_size=1, max_size=8)))
    bounds = [None, *map(Decimal, edges), None]
    tiers = tuple(
        Tier(code=f"B{rank}", name=f"第{rank}层", rank=rank, colour=0, band=Band(lower=lower, upper=upper))
        for rank, (lower, upper) in enumerate(pairwise(bounds))
    )
    return Definition(metric="aum", edge=draw(st.sampled_from(["lower", "upper"])), tiers=tiers)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rules=ladders(), amounts=st.lists(st.integers(-5, 10_005), min_size=1, max_size=20))
def test_decision_1_a_customer_lies_in_exactly_one_band_of_any_valid_version(
    db: None, rules: Definition, amounts: list[int]
) -> None:
    assert problems(rules, SchemeKind.PERSON) == []
    compiled = compile_definition(rules)
    holds = " + ".join(f"({route.condition})::int" for route in compiled.routes)
    on_edge = [int(tier.band.lower) for tier in rules.tiers if tier.band and tier.band.lower is not None]
    with connection.cursor() as cursor:
        cursor.execute(
            f"select distinct {holds} from unnest(%(amounts)s::numeric[]) as people (m_aum)",
            {**compiled.params, "amounts": [*amounts, *on_edge]},
        )
        assert cursor.fetchall() == [(1,)]


# -- as of a date, again ----------------------------------------------------------------------------------------------


def test_an_evaluation_as_of_a_date_is_repeatable(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    for june, july in ((60, 30), (3, 25), (700, 700), (0, 0)):
        customer = make_customer(aum_average=wan(july))
        give_at(customer, JUNE, aum_average=wan(june))
        give_at(customer, ENDS[0], aum_average=wan(july))
    first, again = run_of(as_of=JUNE), run_of(as_of=JUNE)
    assert (again.new, again.up, again.down, again.distribution) == (0, 0, 0, first.distribution)
    run_of(as_of=ENDS[0])
    back = run_of(as_of=JUNE)
    assert not back.applied
    assert back.distribution == first.distribution
    scheme = Scheme.objects.get(code="bank-retail")
    tallied = {
        run.pk: list(run.tallies.order_by("tier").values_list("tier").annotate(Sum("customers"), Sum("aum")))
        for run in (first, back)
    }
    assert [row[:2] for row in tallied[first.pk]] == [row[:2] for row in tallied[back.pk]]
    assert queries.latest_run(scheme).as_of == ENDS[0]  # type: ignore[union-attr]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stories=st.lists(lives, min_size=PEOPLE, max_size=PEOPLE), day=st.integers(0, 3))
def test_whatever_the_figures_a_past_date_is_evaluated_to_the_same_again(
    people: list[Customer], run_of: Evaluate, stories: list[list[int]], day: int
) -> None:
    """First as the newest date, then at once again, then from behind two later evaluations: always the same tiers."""
    days = [JUNE, *ENDS]
    with transaction.atomic():
        CurrentFigures.objects.filter(customer__in=people).delete()
        for customer, amounts in zip(people, stories, strict=True):
            give(customer, aum_average=wan(amounts[-1]))
        MonthEndFigures.objects.bulk_create(
            MonthEndFigures(customer=customer, month_end=at, aum_average=wan(amount))
            for customer, amounts in zip(people, stories, strict=True)
            for at, amount in zip(days, amounts, strict=False)
        )
        expected: dict[str, int] = {}
        for amounts in stories:
            tier = f"T{rank_of(amounts[day])}"
            expected[tier] = expected.get(tier, 0) + 1
        found = [run_of(as_of=days[day]), run_of(as_of=days[day])]
        run_of(as_of=days[day + 1])
        run_of()
        found.append(run_of(as_of=days[day]))
        assert [run.applied for run in found] == [True, True, False]
        for run in found:
            assert {tier: number for tier, number in run.distribution.items() if number} == expected
            tallies = run.tallies.order_by("tier").values_list("tier").annotate(Sum("customers"))
            assert dict(tallies) == expected
        assert [(run.up, run.down, run.new) for run in found[1:]] == [(0, 0, 0)] * 2
        transaction.set_rollback(True)


def test_the_customers_card_and_explanation_show_the_grace(
    people: list[Customer], run_of: Evaluate, actor: Staff
) -> None:
    customer = people[0]
    give(customer, aum_average=wan(30))
    for day, amount in zip([JUNE, *ENDS], (60, 60, 60, 30, 30), strict=True):
        give_at(customer, day, aum_average=wan(amount))
    run_of(as_of=JUNE)
    found = queries.why(customer, NOON)
    assert found is not None
    assert found.outlook is not None
    assert found.outlook.words == "宽限：连续 2/3 个月末，自 2026-09-30 起。"
    explained = next(part for part in queries.explain(customer, NOON) if part.scheme.code == "bank-retail")
    assert explained.outlook is not None
    verdict = explained.outlook.verdict
    assert (verdict.fate, verdict.month_ends, verdict.first) == (Fate.WAITS, 2, ENDS[2])
    MonthEndFigures.objects.filter(customer=customer, month_end=ENDS[1]).update(aum_average=wan(30))
    assert queries.why(customer, NOON).outlook.verdict.fate == Fate.PROPOSED  # type: ignore[union-attr]
    run_of()
    told = queries.why(customer, NOON + timedelta(hours=1))
    assert told is not None
    assert told.outlook is not None
    assert told.outlook.words == "2026-11-22 已提出，等待审批。"
