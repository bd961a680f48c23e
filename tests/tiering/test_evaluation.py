"""Evaluations: what the first and later ones write, dates, failures, and agreement with a plain count."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories import BranchFactory, StaffFactory
from tests.tiering.conftest import NOON, TODAY, Evaluate, MakeCustomer, give, give_at, wan

from keheng.audit.models import Entry
from keheng.common.events import receiver
from keheng.customers.feeds import turns
from keheng.customers.models import Customer
from keheng.org.models import Staff
from keheng.portfolio.models import CurrentFigures
from keheng.tiering import operations, queries
from keheng.tiering.errors import TieringError
from keheng.tiering.events import TiersEvaluated
from keheng.tiering.models import DryRun, Move, Run, Scheme, SchemeVersion, Standing, Tally
from keheng.tiering.operations import evaluation

AUGUST, SEPTEMBER, OCTOBER = date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31)


def the(move: Move) -> tuple[str, str, str, str, Decimal | None, Decimal | None, str]:
    return move.direction, move.from_tier, move.to_tier, move.metric, move.value, move.threshold, move.door


def tiers() -> dict[int, str]:
    return dict(Standing.objects.filter(scheme__code="bank-retail").values_list("customer_id", "tier"))


# -- first and later evaluations --------------------------------------------------------------------------------------


def test_the_first_evaluation_sets_tiers_with_their_evidence(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    rich, lifted = make_customer(aum_average=wan("52.31")), make_customer(aum_average=wan(1), card_grade=2)
    run = run_of()
    assert (run.state, run.applied, run.evaluated) == ("done", True, 2)
    assert (run.new, run.up, run.down, run.left) == (2, 0, 0, 0)
    assert run.distribution == {"T0": 0, "T1": 0, "T2": 0, "T3": 1, "T4": 1, "T5": 0}
    assert list(run.distribution) == ["T0", "T1", "T2", "T3", "T4", "T5"]
    standing = Standing.objects.get(customer=rich)
    assert (standing.tier, standing.rank, standing.since, standing.run_id) == ("T4", 4, TODAY, run.pk)
    assert (standing.metric, standing.value, standing.threshold, standing.door) == ("aum", wan("52.31"), wan(50), "")
    assert standing.version_id == run.version_id
    assert [the(move) for move in Move.objects.filter(customer=lifted)] == [
        ("new", "", "T3", "card_grade", Decimal(2), Decimal(2), "gold-card")
    ]


def test_a_later_evaluation_writes_only_who_moved(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    stays, rises, falls = (make_customer(aum_average=wan(amount)) for amount in (60, 19, 320))
    first = run_of()
    give(stays, aum_average=wan(61))
    give(rises, aum_average=wan(25))
    give(falls, aum_average=wan(15))
    newcomer = make_customer(aum_average=wan(1))
    second = run_of()
    assert (second.new, second.up, second.down, second.waiting) == (1, 1, 0, 1)
    assert {move.customer_id: the(move) for move in Move.objects.filter(run=second)} == {
        rises.pk: ("up", "T2", "T3", "aum", wan(25), wan(20), ""),
        newcomer.pk: ("new", "", "T1", "aum", wan(1), wan("0.1"), ""),
    }
    standing = Standing.objects.get(customer=stays)
    assert (standing.run_id, standing.value) == (first.pk, wan(60))
    assert Standing.objects.get(customer=rises).run_id == second.pk


def test_an_evaluation_repeated_moves_nobody(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    make_customer(aum_average=wan(60))
    first, again = run_of(), run_of()
    assert (again.new, again.up, again.down, again.left) == (0, 0, 0, 0)
    assert again.distribution == first.distribution


def test_the_customers_own_tier_follows_the_primary_scheme_alone(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    customer = make_customer(aum_average=wan(60))
    run_of("bank-retail-wealth")
    run_of("securities-card")
    customer.refresh_from_db()
    assert (customer.tier, customer.tier_rank) == ("", -1)
    run_of()
    customer.refresh_from_db()
    assert (customer.tier, customer.tier_rank) == ("T4", 4)
    assert Standing.objects.filter(customer=customer).count() == 3


def test_each_scheme_sorts_its_own_kind(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    make_customer(aum_average=wan(60))
    make_customer(kind="company", aum_average=wan(60))
    assert [run_of(code).evaluated for code in ("bank-retail", "corporate-size", "futures")] == [1, 1, 2]


def test_who_closes_the_account_leaves_and_may_come_back(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    customer = make_customer(aum_average=wan(60))
    run_of()
    Customer.objects.filter(pk=customer.pk).update(status="closed")
    gone = run_of()
    assert (gone.evaluated, gone.left, gone.down) == (0, 1, 0)
    assert [the(move)[:3] for move in Move.objects.filter(run=gone)] == [("left", "T4", "")]
    assert tiers() == {}
    customer.refresh_from_db()
    assert (customer.tier, customer.tier_rank) == ("", -1)
    Customer.objects.filter(pk=customer.pk).update(status="active")
    assert run_of().new == 1


def test_excluded_customers_are_not_sorted(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    make_customer(aum_average=wan(60), status="dormant")
    scheme = Scheme.objects.get(code="bank-retail")
    asleep = {"code": "asleep", "name": "睡眠户", "when": {"metric": "status", "in": ["dormant"]}}
    publish(scheme, exclusions=[asleep])
    assert run_of().evaluated == 0


def test_a_copy_that_went_astray_is_mended_without_a_move(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    customer = make_customer(aum_average=wan(60))
    run_of()
    Customer.objects.filter(pk=customer.pk).update(tier="T1", tier_rank=1)
    mended = run_of()
    customer.refresh_from_db()
    assert (customer.tier, mended.up, mended.down) == ("T4", 0, 0)


def test_tallies_count_customers_assets_and_moves_by_branch(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    north, south = BranchFactory.create(), BranchFactory.create()
    make_customer(branch=north, aum_average=wan(60))
    riser = make_customer(branch=north, aum_average=wan(40))
    make_customer(branch=south, aum_average=wan(70))
    run_of()
    give(riser, aum_average=wan(80))
    run = run_of()
    rows = Tally.objects.filter(run=run).values_list("branch", "tier", "customers", "aum", "new", "up", "down")
    assert set(rows) == {(north.pk, "T4", 2, wan(140), 0, 1, 0), (south.pk, "T4", 1, wan(70), 0, 0, 0)}


# -- dates ------------------------------------------------------------------------------------------------------------


def test_a_month_end_is_evaluated_by_its_own_figures(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    customer = make_customer(aum_average=wan(400))
    give_at(customer, SEPTEMBER, aum_average=wan(7))
    give_at(customer, OCTOBER, aum=wan(30))
    assert tiers_as_of(run_of, date(2026, 10, 30)) == (SEPTEMBER, "T2")
    assert tiers_as_of(run_of, OCTOBER) == (OCTOBER, "T3")
    assert tiers_as_of(run_of, TODAY - timedelta(days=1)) == (None, "T5")  # the current figures are of that day


def tiers_as_of(run_of: Evaluate, day: date) -> tuple[date | None, str]:
    run = run_of(as_of=day)
    assert run.applied
    (tier,) = tiers().values()
    return run.figures_of, tier


def test_a_look_back_counts_and_moves_nobody(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    customer = make_customer(aum_average=wan(60))
    give_at(customer, SEPTEMBER, aum_average=wan(7))
    run_of()
    back = run_of(as_of=SEPTEMBER)
    assert (back.applied, back.state, back.evaluated, back.distribution["T2"]) == (False, "done", 1, 1)
    assert (back.new, back.up, back.down) == (0, 0, 0)
    assert not Move.objects.filter(run=back).exists()
    assert tiers() == {customer.pk: "T4"}
    assert Tally.objects.get(run=back).tier == "T2"
    assert queries.latest_run(back.scheme) != back


def test_who_has_no_figures_at_a_month_end_stays(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    known, unknown = make_customer(aum_average=wan(60)), make_customer(aum_average=wan(60))
    give_at(known, SEPTEMBER, aum_average=wan(7))
    give_at(unknown, AUGUST, aum_average=wan(90))
    give_at(known, AUGUST, aum_average=wan(90))
    run_of(as_of=AUGUST)
    run = run_of(as_of=SEPTEMBER)
    assert (run.evaluated, run.waiting, run.left) == (1, 1, 0)
    assert tiers() == {known.pk: "T4", unknown.pk: "T4"}


@pytest.mark.usefixtures("english")
def test_dates_that_cannot_be_evaluated_are_refused_with_the_choices(
    make_customer: MakeCustomer, run_of: Evaluate
) -> None:
    customer = make_customer(aum_average=wan(60))
    give_at(customer, SEPTEMBER, aum_average=wan(7))
    with pytest.raises(TieringError, match="2026-11-23 lies ahead: the last date that can be evaluated is 2026-11-22"):
        run_of(as_of=TODAY + timedelta(days=1))
    with pytest.raises(TieringError, match="no figures on or before 2026-01-01; the first are of 2026-09-30"):
        run_of(as_of=date(2026, 1, 1))
    with pytest.raises(TieringError, match="no version in force on 1980-01-01; the first is valid from 1990-01-01"):
        run_of(as_of=date(1980, 1, 1))
    with pytest.raises(TieringError, match=r"There is no tier scheme gold\. Known are: bank-retail, "):
        queries.scheme_named("gold")
    assert not Run.objects.exists()


def test_a_bank_without_customers_is_not_evaluated(run_of: Evaluate, make_customer: MakeCustomer, actor: Staff) -> None:
    for code, whom in (("bank-retail", "个人"), ("corporate-class", "公司")):
        with pytest.raises(TieringError, match=f"{whom}.*数据导入"):
            run_of(code)
    with pytest.raises(TieringError, match="数据导入"):
        operations.dry_run(version=SchemeVersion.objects.get(scheme__code="futures"), as_of=None, actor=actor, at=NOON)
    assert operations.evaluate_what_is_due(actor=actor, at=NOON) == []
    assert not Run.objects.exists()
    assert not DryRun.objects.exists()
    make_customer(status="closed")
    assert run_of().evaluated == 0, "those who have closed their accounts are customers still"


def test_the_version_in_force_on_the_date_decides(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    customer = make_customer(aum_average=wan(60))
    give_at(customer, OCTOBER, aum_average=wan(60))
    scheme = Scheme.objects.get(code="bank-retail")
    second = publish(scheme, valid_from=date(2026, 11, 1), cut=wan(70))
    publish(scheme, valid_from=date(2027, 1, 1), cut=wan(80))
    assert run_of(as_of=OCTOBER).version.number == 1
    run = run_of()
    assert (run.version, run.waiting) == (second, 1)


def publish(scheme: Scheme, *, valid_from: date = TODAY, cut: Decimal | None = None, **changes: Any) -> SchemeVersion:
    """Publish a further version: the first one with changes, or with another edge between T3 and T4."""
    definition = scheme.versions.get(number=1).definition | changes
    if cut is not None:
        edges = {"T3": ("upper", cut), "T4": ("lower", cut)}
        definition["tiers"] = [
            {**tier, "band": {**tier["band"], edges[tier["code"]][0]: str(edges[tier["code"]][1])}}
            if tier["code"] in edges
            else tier
            for tier in definition["tiers"]
        ]
    number = scheme.versions.count() + 1
    return SchemeVersion.objects.create(
        scheme=scheme, number=number, state="published", valid_from=valid_from, definition=definition
    )


# -- trail, events, failures ------------------------------------------------------------------------------------------


def test_it_tells_the_trail_and_whoever_listens(
    make_customer: MakeCustomer,
    run_of: Evaluate,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    heard: list[int] = []
    monkeypatch.setattr("keheng.common.events._receivers", {TiersEvaluated: []})
    receiver(TiersEvaluated)(lambda event: heard.append(event.run_id))
    customer = make_customer(aum_average=wan(60))
    give_at(customer, SEPTEMBER, aum_average=wan(7))
    with django_capture_on_commit_callbacks(execute=True):
        run = run_of()
        run_of(as_of=SEPTEMBER)
    assert heard == [run.pk]
    assert Entry.objects.filter(action="tiering.evaluate", target_id=run.pk).get().detail == {
        "version": 1,
        "as_of": "2026-11-22",
        "evaluated": 1,
        "new": 1,
        "up": 0,
        "down": 0,
        "left": 0,
    }


def test_a_failure_changes_nothing_and_is_told(
    make_customer: MakeCustomer, run_of: Evaluate, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = make_customer(aum_average=wan(60))
    monkeypatch.setattr(evaluation._Work, "clear", lambda self: self._execute("select 1/0"))
    with pytest.raises(DatabaseError):
        run_of()
    run = Run.objects.get()
    assert (run.state, run.failure, run.distribution) == ("failed", "DataError", {})
    assert tiers() == {}
    assert not Tally.objects.exists()
    customer.refresh_from_db()
    assert customer.tier == ""


@pytest.mark.usefixtures("english")
def test_a_run_whose_process_died_is_told_by_the_next(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    make_customer(aum_average=wan(60))
    dead = run_of()
    Run.objects.filter(pk=dead.pk).update(state="running", started_at=NOON - timedelta(minutes=5))
    dead.refresh_from_db()
    assert queries.has_died(dead, NOON)
    run_of()
    dead.refresh_from_db()
    assert (dead.state, dead.failure) == ("failed", "Interrupted; nothing was changed.")
    assert not queries.has_died(dead, NOON)


def test_only_who_may_run_runs(actor: Staff) -> None:
    scheme = Scheme.objects.get(code="bank-retail")
    viewer = StaffFactory.create(permissions=("tiering.view",))
    for operation in (operations.evaluate, operations.request_evaluation):
        with pytest.raises(PermissionDenied):
            operation(scheme=scheme, as_of=None, actor=viewer, at=NOON)
    assert not Run.objects.exists()


def test_a_requested_evaluation_is_carried_out_by_the_worker(make_customer: MakeCustomer, actor: Staff) -> None:
    from keheng.tiering.tasks import evaluate as task

    make_customer(aum_average=wan(60))
    scheme = Scheme.objects.get(code="bank-retail")
    run = operations.request_evaluation(scheme=scheme, as_of=None, actor=actor, at=NOON)
    assert run.state == "queued"
    with connection.cursor() as cursor:
        cursor.execute("select args from procrastinate_jobs where task_name = 'tiering.evaluate'")
        assert cursor.fetchall() == [(json.dumps({"run_id": run.pk}),)]
    task(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.evaluated, run.actor) == ("done", 1, actor)


def test_a_published_version_never_changes() -> None:
    version = SchemeVersion.objects.get(scheme__code="bank-retail")
    version.definition = version.definition | {"basis": "balance"}
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        version.save()
    SchemeVersion.objects.filter(pk=version.pk).update(state="retired")


def test_there_is_one_primary_scheme_a_kind() -> None:
    for kind in ("person", "any"):
        with pytest.raises(DatabaseError), transaction.atomic():
            Scheme.objects.create(code="other", name="x", kind=kind, is_primary=True)


# -- agreement with a plain count -------------------------------------------------------------------------------------

PLAIN_COUNT = """
    select case when held >= 3000000 then 'T5'
                when held >= 500000 or card_grade >= 3 then 'T4'
                when held >= 200000 or card_grade >= 2 or loans >= 300000 then 'T3'
                when held >= 50000 or card_spend >= 50000 or margin >= 10000 then 'T2'
                when held >= 1000 then 'T1' else 'T0' end, count(*)
      from (select f.*, coalesce(f.aum_average, f.aum, 0) as held
              from customers_customer c left join portfolio_currentfigures f on f.customer_id = c.id
             where c.kind = 'person' and c.status <> 'closed') persons
     group by 1
"""

_amount = st.none() | st.sampled_from([wan(n) for n in ("0.0999", "0.1", "1", "5", "20", "30", "49.9999", "50", "300")])
_people = st.lists(
    st.fixed_dictionaries(
        {
            "aum": _amount,
            "aum_average": _amount,
            "loans": _amount,
            "card_spend": _amount,
            "margin": _amount,
            "card_grade": st.none() | st.integers(0, 4),
            "status": st.sampled_from(["active", "dormant", "closed"]),
        }
    ),
    min_size=3,
    max_size=3,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=_people)
def test_the_distribution_is_that_of_a_plain_count(
    make_customer: MakeCustomer, run_of: Evaluate, people: list[dict[str, Any]]
) -> None:
    for facts in people:
        make_customer(**facts)
    run = run_of()
    with connection.cursor() as cursor:
        cursor.execute(PLAIN_COUNT)
        counted = dict(cursor.fetchall())
    assert {tier: number for tier, number in run.distribution.items() if number} == counted
    assert run.evaluated == sum(counted.values())
    assert list(tiers().values()).count("T4") == run.distribution["T4"]
    assert {c.pk: c.tier for c in Customer.objects.exclude(tier="")} == tiers()


@pytest.mark.parametrize(
    "lock",
    ["select pg_advisory_xact_lock(%(family)s, %(scheme)s)", "select pg_advisory_xact_lock_shared(%(bulk)s)"],
    ids=["another evaluation", "a load of a file"],
)
@pytest.mark.django_db(transaction=True)
def test_two_at_once_take_turns(make_customer: MakeCustomer, run_of: Evaluate, lock: str) -> None:
    make_customer(aum_average=wan(60))
    keys = {"family": queries.LOCK_FAMILY, "scheme": Scheme.objects.get(code="bank-retail").pk, "bulk": turns.LOCK}
    held = psycopg.connect(**{**connection.get_connection_params(), "cursor_factory": psycopg.Cursor, "context": None})
    with held:
        held.execute(lock, keys)
        with connection.cursor() as cursor:
            cursor.execute("set lock_timeout = '200ms'")
        with pytest.raises(DatabaseError, match="lock timeout"):
            run_of()
        with connection.cursor() as cursor:
            cursor.execute("reset lock_timeout")  # the connection goes on to the next test
    assert Run.objects.get().state == "failed"
    assert run_of().new == 1
    assert CurrentFigures.objects.count() == 1


# -- a day of the worker ---------------------------------------------------------------------------------------------


def test_the_day_is_evaluated_once_however_often_the_worker_begins(make_customer: MakeCustomer, actor: Staff) -> None:
    make_customer(aum_average=wan(60))
    first = operations.evaluate_what_is_due(actor=actor, at=NOON)
    assert {run.scheme.code for run in first} == {"bank-retail", "bank-retail-wealth", "futures", "securities-card"}
    assert operations.evaluate_what_is_due(actor=actor, at=NOON) == []
    killed, failed, *rest = first
    Run.objects.filter(pk=killed.pk).update(state="running", started_at=NOON)
    Run.objects.filter(pk=failed.pk).update(state="failed")
    again = operations.evaluate_what_is_due(actor=actor, at=NOON + timedelta(minutes=5))
    assert {run.scheme for run in again} == {killed.scheme, failed.scheme}
    for run in (*again, *rest):
        operations.evaluate(scheme=run.scheme, as_of=run.as_of, actor=actor, at=NOON + timedelta(minutes=6), run=run)
    killed.refresh_from_db()
    assert (killed.state, killed.failure) == ("failed", "评定中断，未改动任何数据。")
    assert Run.objects.filter(state="done").count() == 4
    assert operations.evaluate_what_is_due(actor=actor, at=NOON + timedelta(minutes=7)) == []
