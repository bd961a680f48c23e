"""Grace, protection, approval (decision 5, A2 升降审批): three month ends below, then somebody's consent."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from tests.factories import BranchFactory, StaffFactory
from tests.tiering.conftest import NOON, TODAY, Evaluate, MakeCustomer, give, give_at, wan
from tests.tiering.test_evaluation import publish

from keheng.approvals import operations as approvals
from keheng.approvals.enums import Act
from keheng.approvals.models import Request
from keheng.approvals.operations.deciding import Decided
from keheng.customers.models import Customer
from keheng.notices.models import Notice
from keheng.org.models import Branch, Role, Staff
from keheng.org.operations import load_presets as load_organisation
from keheng.tiering.models import Move, Proposal, Run, Scheme, Standing
from keheng.tiering.operations import carry_out_decisions, protect
from keheng.tiering.queries import migration, passage

JUNE, JULY, AUGUST = date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 31)
SEPTEMBER, OCTOBER = date(2026, 9, 30), date(2026, 10, 31)


@pytest.fixture(autouse=True)
def _limits(db: None) -> None:
    load_organisation()
    approvals.load_presets()


@pytest.fixture
def head() -> Staff:
    """Somebody whose limits cover everything."""
    return StaffFactory.create(
        role=Role.objects.get(code="head-office-manager"), branch=Branch.objects.get(parent=None)
    )


def history(customer: Customer, **month_ends: int) -> None:
    """Month averages in 万 by month: ``june=60``."""
    days = {"june": JUNE, "july": JULY, "august": AUGUST, "september": SEPTEMBER, "october": OCTOBER}
    for name, amount in month_ends.items():
        give_at(customer, days[name], aum_average=wan(amount))


def tier_of(customer: Customer) -> str:
    return Standing.objects.get(customer=customer, scheme__code="bank-retail").tier


def fallen(make_customer: MakeCustomer, run_of: Evaluate, **facts: Any) -> Customer:
    """A customer of T4 at the end of June who has been in T3 ever since."""
    customer = make_customer(aum_average=wan(30), **facts)
    history(customer, june=60, july=30, august=30, september=30, october=30)
    run_of(as_of=JUNE)
    assert tier_of(customer) == "T4"
    return customer


def test_a2_decision_5_a_downgrade_waits_for_three_month_ends(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    customer = fallen(make_customer, run_of)
    found = {day: run_of(as_of=day) for day in (JULY, AUGUST, SEPTEMBER)}
    assert [(run.down, run.waiting, run.proposed) for run in found.values()] == [(0, 1, 0), (0, 1, 0), (0, 1, 1)]
    assert tier_of(customer) == "T4"
    assert found[SEPTEMBER].distribution["T4"] == 1
    proposal = Proposal.objects.get()
    assert (proposal.from_tier, proposal.to_tier, proposal.state, proposal.metric) == ("T4", "T3", "open", "aum")
    assert [seen["day"] for seen in proposal.observed][:3] == ["2026-07-31", "2026-08-31", "2026-09-30"]


def test_a_month_end_above_begins_the_grace_anew(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    customer = make_customer(aum_average=wan(30))
    history(customer, june=60, july=30, august=30, september=55, october=30)
    run_of(as_of=JUNE)
    run = run_of()
    assert (run.waiting, run.proposed) == (1, 0)


def test_month_ends_before_the_tier_was_set_do_not_count(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    """Grace never shortens: who rose in September is not judged by August."""
    customer = make_customer(aum_average=wan(30))
    history(customer, june=30, july=30, august=30, september=60, october=30)
    run_of(as_of=AUGUST)
    run_of(as_of=SEPTEMBER)
    assert tier_of(customer) == "T4"
    assert run_of(as_of=OCTOBER).proposed == 0
    assert run_of().proposed == 0


def test_it_leads_to_the_best_tier_of_these_days(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    customer = make_customer(aum_average=wan(1))
    history(customer, june=60, july=30, august=6, september=6, october=6)
    run_of(as_of=JUNE)
    run_of()
    proposal = Proposal.objects.get(customer=customer)
    assert (proposal.to_tier, proposal.value) == ("T2", wan(6))


def test_an_evaluation_repeated_proposes_once(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    fallen(make_customer, run_of)
    first, again = run_of(), run_of()
    assert (first.proposed, again.proposed) == (1, 0)
    assert Proposal.objects.count() == Request.objects.count() == 1


def approve(head: Staff, act: Act = Act.APPROVE, at: datetime = NOON) -> None:
    done = approvals.decide_many(requests=Request.objects.all(), actor=head, outcome=act, reason="月度例会", at=at)
    assert done.done == 1


def test_the_list_opens_with_what_waits_and_shows_what_was_decided_by_a_view(
    client: Client, make_customer: MakeCustomer, run_of: Evaluate, head: Staff
) -> None:
    fallen(make_customer, run_of)
    run_of()
    client.force_login(head)
    address = reverse("tiering-all-proposals")

    def shown() -> list[int]:
        first = client.get(address)
        return [len(client.get(tab.url).context["rows"]) for tab in first.context["tabs"]]

    assert shown() == [1, 1, 0, 0, 0, 0], "waiting, down; approved for later, approved, refused, all decided"
    approve(head, Act.REFUSE)
    carry_out_decisions(actor=head, at=NOON)
    assert shown() == [0, 0, 0, 0, 1, 1]


def test_an_approved_downgrade_takes_effect_and_leaves_its_evidence(
    make_customer: MakeCustomer, run_of: Evaluate, head: Staff
) -> None:
    customer = fallen(make_customer, run_of)
    run = run_of()
    request = Request.objects.get()
    assert (request.kind, request.subject_label, request.amount, request.rank) == (
        "tiering.downgrade",
        customer.name,
        Decimal(customer.aum),
        4,
    )
    approve(head)
    assert carry_out_decisions(actor=head, at=NOON) == 1
    assert carry_out_decisions(actor=head, at=NOON) == 0
    assert tier_of(customer) == "T3"
    customer.refresh_from_db()
    assert (customer.tier, customer.tier_rank) == ("T3", 3)
    move = Move.objects.get(customer=customer, direction="down")
    assert (move.run_id, move.from_tier, move.to_tier, move.value, move.effective_on) == (
        run.pk,
        "T4",
        "T3",
        wan(30),
        TODAY,
    )
    assert Run.objects.get(pk=run.pk).down == 1
    assert Proposal.objects.get().state == "approved"


def test_a_refused_downgrade_starts_the_grace_anew(make_customer: MakeCustomer, run_of: Evaluate, head: Staff) -> None:
    customer = fallen(make_customer, run_of)
    run_of()
    approve(head, Act.REFUSE)
    carry_out_decisions(actor=head, at=NOON)
    assert run_of().proposed == 0
    assert tier_of(customer) == "T4"
    assert Proposal.objects.get().state == "refused"


def test_who_rises_again_takes_the_proposal_back(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    customer = fallen(make_customer, run_of)
    run_of()
    give(customer, aum_average=wan(70))
    run_of()
    assert Proposal.objects.get().state == "lapsed"
    assert Request.objects.get().state == "withdrawn"
    assert tier_of(customer) == "T4"


def test_a_protected_customer_is_left_alone(make_customer: MakeCustomer, run_of: Evaluate, head: Staff) -> None:
    customer = fallen(make_customer, run_of)
    scheme = Scheme.objects.get(code="bank-retail")
    StaffFactory.create(role=head.role, branch=head.branch)
    held = protect(scheme=scheme, customer=customer, reason="年度大客户", until=TODAY, actor=head, at=NOON)
    held.state = "in_force"
    held.save()
    assert run_of().proposed == 0
    held.until = OCTOBER
    held.save()
    assert run_of().proposed == 1


@pytest.mark.parametrize(
    ("movement", "proposed"),
    [
        ({"hysteresis": "0.5"}, 0),  # 30万 lies above half of 50万
        ({"hysteresis": "0.1"}, 1),
        ({"minimum_stay_days": 365}, 0),
        ({"minimum_stay_days": 90}, 1),
        ({"protected": [{"code": "card", "name": "持金卡", "when": {"metric": "age", "op": ">", "value": 200}}]}, 1),
        ({"protected": [{"code": "all", "name": "正常户", "when": {"metric": "status", "in": ["active"]}}]}, 0),
    ],
)
def test_rules_of_movement_are_data(
    make_customer: MakeCustomer, run_of: Evaluate, movement: dict[str, Any], proposed: int
) -> None:
    fallen(make_customer, run_of)
    publish(Scheme.objects.get(code="bank-retail"), movement=movement)
    assert run_of().proposed == proposed


def test_without_approval_the_due_move_takes_effect_at_once(make_customer: MakeCustomer, run_of: Evaluate) -> None:
    customer = fallen(make_customer, run_of, branch=BranchFactory.create())
    publish(Scheme.objects.get(code="bank-retail"), movement={"downgrade": {"month_ends": 3, "approval": False}})
    run = run_of()
    assert (run.down, run.waiting, run.proposed) == (1, 0, 0)
    assert (run.distribution["T4"], run.distribution["T3"]) == (0, 1)
    assert tier_of(customer) == "T3"


def test_upgrades_may_need_approval(make_customer: MakeCustomer, run_of: Evaluate, head: Staff) -> None:
    customer = make_customer(aum_average=wan(30))
    run_of()
    publish(Scheme.objects.get(code="bank-retail"), movement={"upgrade": {"approval": True}})
    give(customer, aum_average=wan(60))
    run = run_of()
    assert (run.up, run.proposed, tier_of(customer)) == (0, 1, "T3")
    approve(head)
    carry_out_decisions(actor=head, at=NOON)
    assert tier_of(customer) == "T4"


# -- when approved moves take effect ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("effective", "day"),
    [("at_once", TODAY), ("next_day", date(2026, 11, 23)), ("next_month", date(2026, 12, 1))],
)
def test_a2_an_approved_move_takes_effect_on_the_day_that_its_version_names(
    make_customer: MakeCustomer, run_of: Evaluate, head: Staff, effective: str, day: date
) -> None:
    owner = StaffFactory.create()
    customer = fallen(make_customer, run_of, owner=owner)
    publish(Scheme.objects.get(code="bank-retail"), movement={"effective": effective})
    run_of()
    approve(head)
    moved = carry_out_decisions(actor=head, at=NOON)
    proposal = Proposal.objects.get()
    assert (proposal.effective_on, proposal.decided_on) == (day, TODAY)
    if day > TODAY:
        assert (moved, proposal.state, tier_of(customer)) == (0, "pending", "T4")
        assert not Notice.objects.filter(kind="tiering.moved").exists()
        assert run_of().proposed == 0
        moved = carry_out_decisions(actor=head, at=NOON + (day - TODAY))
    assert (moved, tier_of(customer)) == (1, "T3")
    assert Proposal.objects.get().state == "approved"
    assert Move.objects.get(direction="down").effective_on == Standing.objects.get(customer=customer).since == day
    assert Notice.objects.get(kind="tiering.moved").staff == owner


def test_who_rises_before_the_day_stays(make_customer: MakeCustomer, run_of: Evaluate, head: Staff) -> None:
    customer = fallen(make_customer, run_of)
    publish(Scheme.objects.get(code="bank-retail"), movement={"effective": "next_month"})
    run_of()
    approve(head)
    carry_out_decisions(actor=head, at=NOON)
    give(customer, aum_average=wan(70))
    run_of()
    assert Proposal.objects.get().state == "lapsed"
    assert carry_out_decisions(actor=head, at=NOON + timedelta(days=30)) == 0
    assert tier_of(customer) == "T4"


def test_the_matrix_counts_whom_an_approval_moves_on_the_day_of_the_evaluation_once(
    make_customer: MakeCustomer, run_of: Evaluate, head: Staff
) -> None:
    fallen(make_customer, run_of)
    run = run_of()
    waiting = migration(passage(run.scheme, JUNE, TODAY), head)
    assert {(cell.before, cell.after): cell.customers for cell in waiting.cells if cell.customers} == {("T4", "T4"): 1}
    approve(head)
    carry_out_decisions(actor=head, at=NOON)
    found = migration(passage(run.scheme, JUNE, TODAY), head)
    assert {(cell.before, cell.after): cell.customers for cell in found.cells if cell.customers} == {("T4", "T3"): 1}
    run.refresh_from_db()
    assert (run.distribution["T4"], run.distribution["T3"]) == (0, 1)


# -- two people at once -----------------------------------------------------------------------------------------------


def at_once(answers: list[Callable[[], object]]) -> list[object]:
    """Each in a thread and a connection of its own, begun together: what it returned, or the sentence it was told."""
    ready = Barrier(len(answers))
    found: list[object] = [None] * len(answers)

    def answer(place: int) -> None:
        try:
            ready.wait(timeout=30)
            found[place] = answers[place]()
        except ValidationError as error:
            found[place] = error.messages[0]
        finally:
            connection.close()

    threads = [Thread(target=answer, args=(place,)) for place in range(len(answers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return found


def answering(request: Request, actor: Staff, act: Act) -> Callable[[], object]:
    def answer() -> object:
        mine = Request.objects.get(pk=request.pk)
        return approvals.decide(
            request=mine, actor=Staff.objects.get(pk=actor.pk), outcome=act, reason="月度例会", at=NOON
        )

    return answer


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("acts", [(Act.APPROVE, Act.REFUSE), (Act.RETURN, Act.APPROVE), (Act.APPROVE, Act.APPROVE)])
def test_of_two_who_decide_one_move_at_once_one_wins_and_the_other_is_told(
    make_customer: MakeCustomer, run_of: Evaluate, head: Staff, acts: tuple[Act, Act]
) -> None:
    customer = fallen(make_customer, run_of)
    run_of()
    request = Request.objects.get()
    people = [head, StaffFactory.create(name="王芳", role=head.role, branch=head.branch)]
    found = at_once([answering(request, actor, act) for actor, act in zip(people, acts, strict=True)])
    request.refresh_from_db()
    (won,) = (place for place, outcome in enumerate(found) if isinstance(outcome, Request))
    told = found[1 - won]
    assert request.decided_by == people[won]
    assert isinstance(told, str)
    assert told.startswith(people[won].name)
    assert told.endswith("未做任何更改。")
    assert request.steps.filter(actor__in=people).count() == 1
    approved = acts[won] == Act.APPROVE
    assert carry_out_decisions(actor=head, at=NOON) == approved
    assert tier_of(customer) == ("T3" if approved else "T4")
    assert Move.objects.filter(customer=customer, direction="down").count() == approved


@pytest.mark.django_db(transaction=True)
def test_two_who_answer_many_at_once_share_them_and_each_moves_once(
    make_customer: MakeCustomer, run_of: Evaluate, head: Staff
) -> None:
    people = [make_customer(aum_average=wan(30)) for _ in range(6)]
    for customer in people:
        history(customer, june=60, july=30, august=30, september=30, october=30)
    run_of(as_of=JUNE)
    run_of()
    heads = [head, StaffFactory.create(role=head.role, branch=head.branch)]

    def answering_all(actor: Staff) -> Callable[[], object]:
        return lambda: approvals.decide_many(
            requests=Request.objects.all(),
            actor=Staff.objects.get(pk=actor.pk),
            outcome=Act.APPROVE,
            reason="月度例会",
            at=NOON,
        )

    found = [one for one in at_once([answering_all(actor) for actor in heads]) if isinstance(one, Decided)]
    assert sum(one.done for one in found) == 6
    assert [one.done + one.gone for one in found] == [6, 6]
    moved = at_once([lambda: carry_out_decisions(actor=head, at=NOON)] * 2)
    assert sorted(moved, key=str) == [0, 6], "carried out once, whoever comes first"
    assert Move.objects.filter(direction="down").count() == 6
    assert {tier_of(customer) for customer in people} == {"T3"}
