"""Dry runs: who would move, what each tier would hold and cost, who sees what, how long it is kept."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.factories import BranchFactory, StaffFactory
from tests.tiering.conftest import NOON, TODAY, Evaluate, MakeCustomer, give, give_at, wan
from tests.tiering.test_drafts import changed

from keheng.approvals import operations as approvals
from keheng.customers.models import Customer
from keheng.org.enums import DataScope
from keheng.org.models import Staff
from keheng.org.operations import load_presets as load_organisation
from keheng.tiering import operations, queries
from keheng.tiering.errors import TieringError
from keheng.tiering.models import DryRun, DryRunMove, Move, Protected, Scheme, Standing
from keheng.tiering.policies.definition import Movement, Step

VIEWER = ("tiering.view", "customers.view")


@pytest.fixture
def bank(make_customer: MakeCustomer, run_of: Evaluate, actor: Staff) -> dict[str, Any]:
    """Two outlets; one customer between 50 and 60 whom the draft would put down, one above, one not yet sorted."""
    north, south = BranchFactory.create(), BranchFactory.create()
    owner = StaffFactory.create(branch=north, scope=DataScope.OWN, permissions=VIEWER)
    falls = make_customer(branch=north, owner=owner, aum_average=wan(55))
    stays = make_customer(branch=south, aum_average=wan(80))
    run_of()
    fresh = make_customer(branch=south, aum_average=wan(1))
    draft = operations.create_draft(source=Scheme.objects.get(code="bank-retail").versions.get(), actor=actor, at=NOON)
    at_once = Movement(downgrade=Step(month_ends=1, approval=True))
    rules = changed(draft).model_copy(update={"movement": at_once})
    saved = operations.save_draft(
        version=draft, definition=rules, valid_from=TODAY, note="", revision=1, actor=actor, at=NOON
    )
    return {"draft": saved, "falls": falls, "stays": stays, "fresh": fresh, "north": north, "owner": owner}


def test_a_dry_run_tells_who_would_move_and_moves_nobody(bank: dict[str, Any], actor: Staff) -> None:
    before, moves = list(Standing.objects.values()), Move.objects.count()
    found = operations.dry_run(version=bank["draft"], as_of=None, actor=actor, at=NOON)
    assert (found.state, found.evaluated, found.up, found.down, found.new, found.left) == ("done", 3, 0, 1, 1, 0)
    told = {
        move.customer_id: (move.direction, move.from_tier, move.to_tier, move.value, move.threshold)
        for move in found.moves.all()
    }
    assert told == {
        bank["falls"].pk: ("down", "T4", "T3", wan(55), wan(20)),
        bank["fresh"].pk: ("new", "", "T1", wan(1), wan("0.1")),
    }
    assert (list(Standing.objects.values()), Move.objects.count()) == (before, moves)
    assert found.kept_until == TODAY + timedelta(days=90)


def test_counts_aum_and_hours_by_tier_branch_and_owner(bank: dict[str, Any], actor: Staff) -> None:
    found = queries.outcome_of(operations.dry_run(version=bank["draft"], as_of=None, actor=actor, at=NOON), actor)
    tiers = {one.key: (one.before, one.after, one.aum_after, one.hours_before, one.hours_after) for one in found.tiers}
    assert tiers["T4"] == (2, 1, wan(80), Decimal("3.0"), Decimal("1.5"))
    assert tiers["T3"] == (0, 1, wan(55), Decimal(0), Decimal("0.5"))
    assert tiers["T1"] == (0, 1, wan(1), Decimal(0), Decimal("0.02"))
    by_branch = {one.key: (one.up, one.down, one.more_hours) for one in found.branches}
    assert by_branch[bank["north"].pk] == (0, 1, -1)
    assert {one.key for one in found.owners} == {bank["owner"].pk, None}
    assert (found.total.before, found.total.after, found.waits) == (2, 3, 1)
    cells = {(cell.before, cell.after): cell.customers for cell in found.matrix.cells if cell.customers}
    assert cells == {("T4", "T4"): 1, ("T4", "T3"): 1, ("", "T1"): 1}


@pytest.mark.usefixtures("downgrades_at_once")
def test_a_past_date_begins_from_the_tiers_of_that_day(
    make_customer: MakeCustomer, run_of: Evaluate, actor: Staff
) -> None:
    customer = make_customer(aum_average=wan(25))
    give_at(customer, date(2026, 10, 31), aum_average=wan(60))
    run_of(as_of=date(2026, 10, 31))
    run_of()
    assert Standing.objects.get().tier == "T3"
    version = Scheme.objects.get(code="bank-retail").versions.get()
    found = operations.dry_run(version=version, as_of=date(2026, 10, 31), actor=actor, at=NOON)
    assert (found.figures_of, found.up, found.down) == (date(2026, 10, 31), 0, 0)
    assert [(cell.from_tier, cell.to_tier) for cell in found.cells.all()] == [("T4", "T4")]


def test_refusals_say_why(bank: dict[str, Any], actor: Staff) -> None:
    draft = bank["draft"]
    with pytest.raises(TieringError, match="2026-12-01"):
        operations.dry_run(version=draft, as_of=date(2026, 12, 1), actor=actor, at=NOON)
    with pytest.raises(PermissionDenied):
        operations.request_dry_run(version=draft, as_of=None, actor=StaffFactory.create(permissions=VIEWER), at=NOON)
    broken = draft.rules.model_copy(update={"tiers": draft.rules.tiers[:1]})
    saved = operations.save_draft(
        version=draft, definition=broken, valid_from=TODAY, note="", revision=2, actor=actor, at=NOON
    )
    with pytest.raises(TieringError, match="没有这个层级"):
        operations.request_dry_run(version=saved, as_of=None, actor=actor, at=NOON)


def test_a_discarded_draft_leaves_its_dry_run_readable(bank: dict[str, Any], actor: Staff, client: Client) -> None:
    found = operations.dry_run(version=bank["draft"], as_of=None, actor=actor, at=NOON)
    operations.discard_draft(version=bank["draft"], actor=actor, at=NOON)
    client.force_login(actor)
    page = client.get(reverse("tiering-dry-run", args=[found.pk])).content.decode()
    assert "月日均 AUM 55.00万，落在 20万 – 60万" in page


def test_dry_runs_are_deleted_when_their_time_is_over(bank: dict[str, Any], actor: Staff) -> None:
    operations.dry_run(version=bank["draft"], as_of=None, actor=actor, at=NOON)
    assert operations.purge_dry_runs(today=TODAY + timedelta(days=90)) == 0
    assert operations.purge_dry_runs(today=TODAY + timedelta(days=91)) == 1
    assert not DryRunMove.objects.exists()


def test_the_link_shows_each_reader_their_own_scope(bank: dict[str, Any], actor: Staff, client: Client) -> None:
    found = operations.dry_run(version=bank["draft"], as_of=None, actor=actor, at=NOON)
    address = reverse("tiering-dry-run", args=[found.pk])
    for reader, moves, before in (
        (actor, 2, 2),
        (bank["owner"], 1, 1),
        (StaffFactory.create(scope=DataScope.OWN, permissions=VIEWER), 0, 0),
    ):
        client.force_login(reader)
        answer = client.get(address)
        assert (len(answer.context["rows"]), answer.context["list"].outcome.total.before) == (moves, before)
    client.force_login(StaffFactory.create(permissions=("customers.view",)))
    assert client.get(address).status_code == 403


def test_the_page_waits_and_then_shows_the_result(bank: dict[str, Any], actor: Staff, client: Client) -> None:
    client.force_login(actor)
    answer = client.post(reverse("tiering-try", args=["bank-retail", 2]), {"as_of": ""})
    kept = DryRun.objects.get()
    assert answer["Location"] == reverse("tiering-dry-run", args=[kept.pk])
    assert "等待后台处理" in client.get(answer["Location"]).content.decode()
    operations.dry_run(version=bank["draft"], as_of=None, actor=actor, at=NOON, kept=kept)
    assert client.get(reverse("tiering-dry-run-progress", args=[kept.pk]))["HX-Refresh"] == "true"
    page = client.get(answer["Location"]).content.decode()
    for words in ("谁会升降？", "?from_tier=T4&amp;to_tier=T3#list", "各层级规模与服务成本"):
        assert words in page


def test_the_list_costs_the_same_for_one_row_and_for_three(
    bank: dict[str, Any], actor: Staff, client: Client, make_customer: MakeCustomer
) -> None:
    client.force_login(actor)

    def cost() -> int:
        found = operations.dry_run(version=bank["draft"], as_of=None, actor=actor, at=NOON)
        client.get(reverse("tiering-dry-run", args=[found.pk]))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("tiering-dry-run", args=[found.pk])).status_code == 200
        return len(captured)

    one = cost()
    for _ in range(3):
        make_customer(branch=BranchFactory.create(), owner=StaffFactory.create(), aum_average=wan(6))
    give(bank["stays"], aum_average=wan(400))
    assert Customer.objects.count() == 6
    assert cost() == one


# -- grace, tolerance, protection -------------------------------------------------------------------------------------


def test_a_dry_run_respects_grace_and_protection_and_says_which_month_end_it_is(
    make_customer: MakeCustomer, run_of: Evaluate, actor: Staff, client: Client
) -> None:
    """Decision 5: the matrix holds whoever waits in the tier they have."""
    load_organisation()
    approvals.load_presets()
    ends = (date(2026, 7, 31), date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31))
    story = {"due": (30, 30, 30, 30), "waits": (60, 60, 30, 30), "protected": (30, 30, 30, 30), "rises": (60,) * 4}
    people = {name: make_customer(aum_average=wan(700 if name == "rises" else 30)) for name in story}
    for name, amounts in story.items():
        give_at(people[name], date(2026, 6, 30), aum_average=wan(60))
        for day, amount in zip(ends, amounts, strict=True):
            give_at(people[name], day, aum_average=wan(amount))
    run_of(as_of=date(2026, 6, 30))
    scheme = Scheme.objects.get(code="bank-retail")
    Protected.objects.create(
        scheme=scheme,
        customer=people["protected"],
        reason="名单",
        until=TODAY,
        state="in_force",
        set_by=actor,
        set_at=NOON,
    )
    found = operations.dry_run(version=scheme.versions.get(), as_of=None, actor=actor, at=NOON)
    fates = {move.customer_id: (move.fate, move.month_ends, move.to_tier) for move in found.moves.all()}
    assert fates == {
        people["due"].pk: ("proposed", 0, "T3"),
        people["waits"].pk: ("waits", 2, "T3"),
        people["protected"].pk: ("protected", 3, "T3"),
        people["rises"].pk: ("moves", 0, "T5"),
    }
    told = queries.outcome_of(found, actor)
    cells = {(cell.before, cell.after): cell.customers for cell in told.matrix.cells if cell.customers}
    assert cells == {("T4", "T4"): 2, ("T4", "T3"): 1, ("T4", "T5"): 1}
    assert (found.up, found.down, told.waits) == (1, 1, 1)
    client.force_login(actor)
    page = client.get(reverse("tiering-dry-run", args=[found.pk]) + "?fate=waits").content.decode()
    assert "等待宽限：已计 2 个月末，共需 3 个" in page
    run = run_of()
    assert (run.up, run.proposed, run.waiting) == (1, 1, 3)
