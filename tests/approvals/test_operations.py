from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from tests.approvals.conftest import BULK, KIND, MONDAY, Ask, Bank
from tests.factories import StaffFactory

from keheng.approvals import operations, permissions, queries
from keheng.approvals.enums import Act, State
from keheng.approvals.events import RequestAsked, RequestDecided, RequestsAsked, RequestsDecided
from keheng.approvals.models import Limit, LimitTable, Request, Step
from keheng.approvals.operations import NewLimit
from keheng.audit.models import Entry
from keheng.common import events
from keheng.org.enums import DataScope
from keheng.org.models import Role, Staff
from keheng.org.queries import system_actor

pytestmark = pytest.mark.usefixtures("english")

LATER = MONDAY + timedelta(hours=1)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every event that is published, whether or not the test's transaction commits."""
    found: list[object] = []
    monkeypatch.setattr(events, "publish", found.append)
    return found


def inbox(staff: Staff) -> set[int]:
    return set(Request.objects.waiting_for(staff).values_list("pk", flat=True))


# -- asking -----------------------------------------------------------------------------------------------------------


def test_a_request_goes_to_the_lowest_level_that_covers_it(bank: Bank, ask: Ask) -> None:
    small, large, huge = ask(amount=Decimal(500_000)), ask(amount=Decimal("500000.01")), ask(amount=Decimal(20_000_000))
    assert [request.level for request in (small, large, huge)] == [1, 2, 3]
    assert inbox(bank.outlet_head) == {small.pk}
    assert inbox(bank.branch_head) == {large.pk}
    assert inbox(bank.head_office) == {huge.pk}
    assert inbox(bank.other_head) == inbox(bank.manager) == set()


def test_a_level_without_anybody_in_reach_is_passed_over(bank: Bank, ask: Ask) -> None:
    bank.outlet_head.is_active = False
    bank.outlet_head.save()
    assert ask().level == 2


def test_whoever_holds_the_limit_does_not_get_their_own_request(bank: Bank, ask: Ask) -> None:
    request = ask(actor=bank.outlet_head)
    assert request.level == 2
    assert not Request.objects.decidable_by(bank.outlet_head).exists()


def test_nobody_in_reach_is_refused_with_the_reason(bank: Bank, ask: Ask) -> None:
    Staff.objects.filter(pk__in=[bank.outlet_head.pk, bank.branch_head.pk, bank.head_office.pk]).update(is_active=False)
    with pytest.raises(ValidationError, match="Nobody in reach of 瓯北支行"):
        ask()
    assert not Request.objects.exists()


def test_without_limits_nothing_can_be_asked(bank: Bank, ask: Ask) -> None:
    with pytest.raises(ValidationError, match="No approval limits are set"):
        ask(at=MONDAY.replace(year=1999))


def test_it_is_due_in_working_days(ask: Ask) -> None:
    """Decision 12: two working days after Friday is Tuesday, at the same time of day."""
    friday = MONDAY - timedelta(days=3)
    request = ask(at=friday)
    assert request.due_at == friday + timedelta(days=4)
    assert request.lapses_at is not None


def test_asking_leaves_its_trail_and_tells(ask: Ask, heard: list[object]) -> None:
    request = ask()
    assert Entry.objects.get().action == "approvals.ask"
    assert heard == [RequestAsked(request.pk, KIND.code, MONDAY)]
    assert request.subject_label == "瓯北支行"


def test_many_are_asked_by_one_statement(bank: Bank, heard: list[object]) -> None:
    rows = """select '降级 ' || n as title, 'org.branch' as subject_type, n::bigint as subject_id,
                     '客户' as subject_label, '' as subject_url, %(branch)s::bigint as branch_id,
                     n * 100000::numeric as amount,
                     null::int as rank, '{}'::jsonb as payload
                from generate_series(1, 10) as n"""
    made = operations.ask_many(
        kind=BULK.code,
        rows=rows,
        params={"branch": bank.outlet.pk},
        actor=system_actor(),
        reason="月末评级",
        at=MONDAY,
        target=bank.outlet,
    )
    assert made == 10
    assert [len(inbox(head)) for head in (bank.outlet_head, bank.branch_head)] == [5, 5]
    (told,) = heard
    assert isinstance(told, RequestsAsked)
    assert len(told.request_ids) == 10
    assert {waiting.staff_id: waiting.count for waiting in queries.approvers(told.request_ids)} == {
        bank.outlet_head.pk: 5,
        bank.branch_head.pk: 5,
    }


# -- role × limit -----------------------------------------------------------------------------------------------------

MATRIX = [
    # role, amount in 万, rank, may decide
    ("outlet_head", 50, 3, True),
    ("outlet_head", 51, 3, False),
    ("outlet_head", 50, 4, False),
    ("other_head", 1, 0, False),
    ("branch_head", 1000, 4, True),
    ("branch_head", 1001, 4, False),
    ("branch_head", 1, 5, False),
    ("head_office", 100_000, 99, True),
    ("manager", 1, 0, False),
]


@pytest.mark.parametrize(("who", "amount", "rank", "may"), MATRIX)
def test_role_by_limit(bank: Bank, ask: Ask, who: str, amount: int, rank: int, may: bool) -> None:
    """The set query, the check of one request and the operation agree."""
    request, staff = ask(amount=Decimal(amount * 10_000), rank=rank), getattr(bank, who)
    assert permissions.can_decide(staff, request) is may
    assert Request.objects.decidable_by(staff).filter(pk=request.pk).exists() is may
    done = operations.decide_many(
        requests=Request.objects.all(), actor=staff, outcome=Act.APPROVE, reason="", at=LATER
    ).done
    assert done == may


def test_nobody_decides_on_their_own(bank: Bank, ask: Ask) -> None:
    request = ask(actor=bank.outlet_head)
    with pytest.raises(PermissionDenied, match="second person"):
        operations.decide(request=request, actor=bank.outlet_head, outcome=Act.APPROVE, reason="", at=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Request.objects.update(state=State.APPROVED, decided_by=bank.outlet_head, decided_at=LATER)


# -- answering --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "state"), [(Act.APPROVE, State.APPROVED), (Act.REFUSE, State.REFUSED), (Act.RETURN, State.RETURNED)]
)
def test_an_answer_is_kept_and_told(bank: Bank, ask: Ask, heard: list[object], act: Act, state: State) -> None:
    request = ask()
    heard.clear()
    decided = operations.decide(request=request, actor=bank.outlet_head, outcome=act, reason="资料齐全", at=LATER)
    assert (decided.state, decided.decided_by, decided.answer) == (state, bank.outlet_head, "资料齐全")
    assert RequestDecided(request.pk, KIND.code, state, LATER) in heard
    (step,) = queries.history(request)
    assert (step.act, step.actor, step.reason) == (act, bank.outlet_head, "资料齐全")
    assert Entry.objects.filter(action=f"approvals.{act.value}", target_id=request.pk).exists()


@pytest.mark.parametrize("act", [Act.REFUSE, Act.RETURN])
def test_a_refusal_says_why(bank: Bank, ask: Ask, act: Act) -> None:
    with pytest.raises(ValidationError, match="Say why"):
        operations.decide(request=ask(), actor=bank.outlet_head, outcome=act, reason=" ", at=LATER)


def test_the_second_of_two_is_told_who_was_first(bank: Bank, ask: Ask) -> None:
    request = ask()
    operations.decide(request=request, actor=bank.branch_head, outcome=Act.APPROVE, reason="", at=LATER)
    with pytest.raises(ValidationError, match="林建峰 approved this request"):
        operations.decide(request=request, actor=bank.outlet_head, outcome=Act.REFUSE, reason="不行", at=LATER)
    request.refresh_from_db()
    assert request.state == State.APPROVED
    assert Step.objects.count() == 1


def test_many_are_decided_with_one_reason(bank: Bank, ask: Ask, heard: list[object]) -> None:
    mine = [ask(kind=BULK.code) for _ in range(3)]
    gone, beyond = ask(kind=BULK.code), ask(kind=BULK.code, amount=Decimal(9_000_000))
    operations.withdraw(request=gone, actor=bank.manager, reason="", at=LATER)
    heard.clear()
    decided = operations.decide_many(
        requests=Request.objects.all(), actor=bank.outlet_head, outcome=Act.RETURN, reason="补充资料", at=LATER
    )
    assert (decided.done, decided.gone, decided.beyond) == (3, 1, 1)
    keys = tuple(request.pk for request in mine)
    assert RequestsDecided(keys, BULK.code, State.RETURNED, LATER) in heard
    assert not [event for event in heard if isinstance(event, RequestDecided)]
    assert set(Request.objects.filter(pk__in=keys).values_list("state", "answer")) == {(State.RETURNED, "补充资料")}
    beyond.refresh_from_db()
    assert beyond.state == State.OPEN


def test_a_returned_request_starts_anew(bank: Bank, ask: Ask) -> None:
    request = ask()
    with pytest.raises(ValidationError, match="Only a returned request"):
        operations.resubmit(request=request, actor=bank.manager, reason="补充", at=LATER)
    operations.decide(request=request, actor=bank.outlet_head, outcome=Act.RETURN, reason="缺材料", at=LATER)
    with pytest.raises(PermissionDenied):
        operations.resubmit(request=request, actor=bank.outlet_head, reason="补充", at=LATER)
    with pytest.raises(ValidationError, match="what you changed"):
        operations.resubmit(request=request, actor=bank.manager, reason="", at=LATER)
    again = operations.resubmit(request=request, actor=bank.manager, reason="已补充", at=LATER + timedelta(days=1))
    assert (again.state, again.decided_at, again.level) == (State.OPEN, None, 1)
    assert [step.act for step in queries.history(again)] == [Act.RETURN, Act.RESUBMIT]
    assert inbox(bank.outlet_head) == {request.pk}


def test_only_the_asker_withdraws_and_only_in_time(bank: Bank, ask: Ask) -> None:
    request = ask()
    with pytest.raises(PermissionDenied):
        operations.withdraw(request=request, actor=bank.outlet_head, reason="", at=LATER)
    operations.withdraw(request=request, actor=bank.manager, reason="不需要了", at=LATER)
    with pytest.raises(ValidationError, match="陈晓 withdrew"):
        operations.withdraw(request=request, actor=bank.manager, reason="", at=LATER)


def test_history_is_append_only(bank: Bank, ask: Ask) -> None:
    operations.withdraw(request=ask(), actor=bank.manager, reason="", at=LATER)
    for sql in ("update approvals_step set reason = 'x'", "delete from approvals_step"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


# -- time -------------------------------------------------------------------------------------------------------------


def test_overdue_requests_rise_and_both_levels_may_decide(bank: Bank, ask: Ask) -> None:
    request = ask()
    assert operations.escalate_overdue(actor=system_actor(), at=request.due_at - timedelta(seconds=1)) == 0
    assert inbox(bank.branch_head) == set()
    assert operations.escalate_overdue(actor=system_actor(), at=request.due_at) == 1
    assert inbox(bank.outlet_head) == inbox(bank.branch_head) == {request.pk}
    request.refresh_from_db()
    assert request.level == 2
    assert request.due_at == MONDAY + timedelta(days=4)  # two more working days


def test_at_the_last_level_a_request_stays_until_it_expires(bank: Bank, ask: Ask) -> None:
    request = ask(amount=Decimal(20_000_000))
    assert request.lapses_at is not None
    assert operations.escalate_overdue(actor=system_actor(), at=request.lapses_at) == 0
    assert operations.expire_lapsed(actor=system_actor(), at=request.lapses_at - timedelta(seconds=1)) == 0
    assert operations.expire_lapsed(actor=system_actor(), at=request.lapses_at) == 1
    request.refresh_from_db()
    assert request.state == State.EXPIRED


# -- limits -----------------------------------------------------------------------------------------------------------


def test_new_limits_are_a_version_and_leave_requests_under_way(bank: Bank, ask: Ask) -> None:
    before = ask(amount=Decimal(400_000))
    admin = StaffFactory.create()
    table = operations.set_limits(
        kind=KIND.code,
        limits=[NewLimit(1, Role.objects.get(code="branch-head"), scope=DataScope.ALL)],
        due_days=1,
        lapse_days=None,
        note="总行文件",
        actor=admin,
        at=MONDAY,
    )
    after = ask(amount=Decimal(400_000))
    assert (after.table, after.level, after.lapses_at) == (table, 1, None)
    assert permissions.can_decide(bank.outlet_head, before)
    assert not permissions.can_decide(bank.outlet_head, after)
    for model in (Limit, LimitTable):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all().delete()


@pytest.mark.parametrize(
    ("levels", "due", "lapse", "note", "why"),
    [
        ((), 1, None, "x", "at least one role"),
        ((1, 3), 1, None, "x", "without a hole"),
        ((1, 1), 1, None, "x", "stands twice"),
        ((1,), 0, None, "x", "at least one working day"),
        ((1,), 3, 2, "x", "only after they are due"),
        ((1,), 1, None, " ", "auditors"),
    ],
)
def test_limits_that_make_no_sense(
    bank: Bank, levels: tuple[int, ...], due: int, lapse: int | None, note: str, why: str
) -> None:
    roles = [Role.objects.get(code=code) for code in ("branch-head", "outlet-head")]
    chosen = [roles[0], roles[0] if why == "stands twice" else roles[1]]
    with pytest.raises(ValidationError, match=why):
        operations.set_limits(
            kind="",
            limits=[NewLimit(level, role) for level, role in zip(levels, chosen, strict=False)],
            due_days=due,
            lapse_days=lapse,
            note=note,
            actor=StaffFactory.create(),
            at=MONDAY,
        )


def test_only_whoever_may_sets_limits(bank: Bank) -> None:
    with pytest.raises(PermissionDenied):
        operations.set_limits(
            kind="", limits=[], due_days=1, lapse_days=None, note="x", actor=bank.branch_head, at=MONDAY
        )
