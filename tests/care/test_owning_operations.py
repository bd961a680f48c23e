"""What is done with ownership: assigned, adopted, handed over, referred, covered, released (A3, screen 3)."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.care.conftest import AT, TODAY, MakeCustomer
from tests.factories import CustomerFactory

from keheng.approvals.enums import Act
from keheng.approvals.models import Request
from keheng.approvals.operations import decide
from keheng.audit.models import Entry
from keheng.care.enums.ownership import HandOverState, Part, ReferralAct, ReferralState, RunState, Source
from keheng.care.models import CoverPeriod, CustomerNeed, HandOver, Ownership, Referral, StaffSkill
from keheng.care.operations import adopting as adoption
from keheng.care.operations.adopting import adopt
from keheng.care.operations.assigning import assign, carry_out, preview, start
from keheng.care.operations.assignment_rules import change_rules
from keheng.care.operations.caring import end_part, give_part, record_choice
from keheng.care.operations.covering import end_cover, set_cover
from keheng.care.operations.handing_over import (
    accept_hand_over,
    decline_hand_over,
    offer_hand_over,
    release,
    withdraw_hand_over,
)
from keheng.care.operations.referring import answer_referral, refer
from keheng.care.queries.adoption import market
from keheng.care.queries.assignment import preset, rules_in_force
from keheng.customers.models import Customer
from keheng.notices.models import Notice
from keheng.org.models import Staff

pytestmark = pytest.mark.usefixtures("english")

ALL = Customer.objects.all
STALE = """select count(*) from customers_customer c left join care_ownership o
    on o.customer_id = c.id and o.part = 'owner' and upper_inf(o.period) where o.staff_id is distinct from c.owner_id"""


def stale() -> int:
    with connection.cursor() as cursor:
        cursor.execute(STALE)
        ((number,),) = cursor.fetchall()
    return int(number)


def current(customer: Customer, part: Part = Part.OWNER) -> Ownership:
    return Ownership.objects.current().get(customer=customer, part=part)


# -- assigning --------------------------------------------------------------------------------------------------------


def test_assigning_writes_column_period_trail_and_tells_both(bank: SimpleNamespace, make: MakeCustomer) -> None:
    customer = make("T3", bank.manager)
    assert assign(customers=ALL(), owner=bank.second, reason="调岗", actor=bank.head, at=AT) == 1
    customer.refresh_from_db()
    assert customer.owner == bank.second
    period = current(customer)
    assert (period.staff, period.source, period.reason, period.given_by) == (bank.second, "assigned", "调岗", bank.head)
    assert Entry.objects.get(action="care.assign").detail == {"count": 1, "owner": "客户经理乙"}
    assert set(Notice.objects.values_list("staff__name", "kind")) == {
        ("客户经理乙", "care.given"),
        ("客户经理甲", "care.taken"),
    }
    assert stale() == 0


def test_assigning_refuses_whoever_left_no_reason_and_other_scopes(bank: SimpleNamespace, make: MakeCustomer) -> None:
    make("T3")
    gone = bank.hire("relationship-manager")
    gone.is_active = False
    gone.save()
    for owner, reason in ((gone, "x"), (bank.second, " ")):
        with pytest.raises(ValidationError):
            assign(customers=ALL(), owner=owner, reason=reason, actor=bank.head, at=AT)
    stranger = bank.hire("outlet-head", bank.other)
    assert assign(customers=ALL(), owner=bank.second, reason="x", actor=stranger, at=AT) == 0


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("head", True),
        ("supervisor", True),
        ("president", True),
        ("office", True),
        ("manager", False),
        ("high", False),
        ("lobby", False),
        ("auditor", False),
    ],
)
def test_a15_who_assigns(bank: SimpleNamespace, make: MakeCustomer, who: str, may: bool) -> None:
    make("T3")
    actor = getattr(bank, who)
    if may:
        assert assign(customers=ALL(), owner=bank.second, reason="x", actor=actor, at=AT) == 1
    else:
        with pytest.raises(PermissionDenied):
            assign(customers=ALL(), owner=bank.second, reason="x", actor=actor, at=AT)


def test_a3_by_rule_each_band_goes_to_its_position(bank: SimpleNamespace, make: MakeCustomer) -> None:
    made = {tier: make(tier) for tier in ("T0", "T1", "T2", "T3", "T4", "T5")}
    run = start(run=preview(customers=ALL(), reason="上线分配", actor=bank.head, at=AT), actor=bank.head, at=AT)
    assert (run.state, run.placed, run.unplaced) == (RunState.DONE, 6, 0)
    owners = {tier: Customer.objects.get(pk=customer.pk).owner for tier, customer in made.items()}
    assert owners["T0"] == owners["T1"] == bank.high
    assert owners["T2"] == bank.low
    assert {owners["T3"], owners["T4"]} == {bank.manager, bank.second}
    assert owners["T5"] == bank.head
    assert current(made["T3"], Part.LOBBY).staff == bank.lobby
    assert current(made["T4"], Part.SUPERVISOR).staff == bank.supervisor
    assert current(made["T5"], Part.SUPERVISOR).staff == bank.supervisor
    assert current(made["T1"]).source == Source.RULE
    assert stale() == 0


def test_a_preview_moves_nobody_and_says_who_would_get_how_many(bank: SimpleNamespace, make: MakeCustomer) -> None:
    for aum in (10, 30, 50, 70):
        make("T3", aum=aum)
    run = preview(customers=ALL(), reason="", actor=bank.head, at=AT)
    assert not Customer.objects.filter(owner__isnull=False).exists()
    assert {share.staff: (share.customers, share.aum) for share in run.shares.all()} == {
        bank.manager: (2, 100),  # 70 and 30
        bank.second: (2, 60),
    }
    assert (run.state, run.placed, run.unplaced) == (RunState.PREVIEW, 4, 0)


def test_by_rule_what_nobody_may_take_is_left_with_the_reason(bank: SimpleNamespace, make: MakeCustomer) -> None:
    rules = preset().model_dump(mode="json")
    rules["capacity"]["relationship-manager"] = 1
    change_rules(content=rules, reason="试", actor=bank.office, at=AT)
    for _ in range(3):
        make("T3")
    CustomerFactory.create(branch=bank.outlet)  # no tier
    run = preview(customers=ALL(), reason="", actor=bank.head, at=AT)
    assert (run.placed, run.unplaced) == (2, 2)
    assert {share.why: share.customers for share in run.shares.filter(staff=None)} == {
        "Everybody who fits is at capacity.": 1,
        "No rule names who looks after this tier.": 1,
    }


def test_by_rule_skill_comes_first_then_the_distance_to_the_owner(bank: SimpleNamespace, make: MakeCustomer) -> None:
    signing, plain = make("T3"), make("T3")
    CustomerNeed.objects.create(customer=signing, skill="sign")
    StaffSkill.objects.create(staff=bank.second, skill="sign")
    for _ in range(5):
        make("T3", bank.second)
    start(run=preview(customers=ALL().filter(owner=None), reason="", actor=bank.head, at=AT), actor=bank.head, at=AT)
    assert Customer.objects.get(pk=signing.pk).owner == bank.second
    assert Customer.objects.get(pk=plain.pk).owner == bank.manager
    far = bank.hire("relationship-manager", bank.other)
    moved = make("T3", far)
    far.is_active = False
    far.save()
    near = bank.hire("relationship-manager", bank.other)
    run = preview(customers=ALL().filter(pk=moved.pk), reason="", actor=bank.office, at=AT)
    assert run.shares.get().staff == near


def test_absent_people_are_not_chosen(bank: SimpleNamespace, make: MakeCustomer) -> None:
    make("T3")
    set_cover(member=bank.manager, cover=bank.second, first=TODAY, last=TODAY, actor=bank.head, at=AT)
    run = preview(customers=ALL(), reason="", actor=bank.head, at=AT)
    assert run.shares.get().staff == bank.second


def test_a_run_leaves_alone_whoever_got_an_owner_meanwhile_and_runs_once(
    bank: SimpleNamespace, make: MakeCustomer
) -> None:
    taken, free = make("T2"), make("T2")
    run = preview(customers=ALL(), reason="", actor=bank.head, at=AT)
    adopt(customer=taken, actor=bank.manager, at=AT)
    run = start(run=run, actor=bank.head, at=AT + timedelta(minutes=1))
    taken.refresh_from_db()
    assert run.placed == 1  # whom somebody has adopted since stays there
    assert carry_out(run=run, at=AT).placed == 1
    with pytest.raises(ValidationError, match="already"):
        start(run=run, actor=bank.head, at=AT)
    assert Customer.objects.get(pk=free.pk).owner == bank.low
    assert taken.owner == bank.manager


# -- adoption ---------------------------------------------------------------------------------------------------------


def test_a3_adoption_takes_a_free_customer_of_an_open_tier(bank: SimpleNamespace, make: MakeCustomer) -> None:
    free = make("T2")
    make("T4")
    make("T2", bank.low)
    assert list(market(bank.lobby)) == [free]
    adopt(customer=free, actor=bank.lobby, at=AT)
    assert current(free).source == Source.ADOPTED
    assert not market(bank.lobby).exists()


def test_adoption_is_refused_in_words(bank: SimpleNamespace, make: MakeCustomer) -> None:
    cases = [
        (make("T2", bank.low), bank.lobby, "低柜 was first"),
        (make("T2", bank.lobby), bank.lobby, "yours already"),
        (make("T5"), bank.lobby, "not open"),
        (make("T2", branch=bank.other), bank.lobby, "another branch"),
        (make("T2"), bank.president, "do not name your role"),
    ]
    for customer, actor, words in cases:
        with pytest.raises(ValidationError, match=words):
            adopt(customer=customer, actor=actor, at=AT)
    with pytest.raises(PermissionDenied):
        adopt(customer=make("T2"), actor=bank.auditor, at=AT)


def test_a3_beyond_the_cap_the_outlet_head_decides(
    bank: SimpleNamespace, make: MakeCustomer, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    for _ in range(10):
        adopt(customer=make("T2"), actor=bank.lobby, at=AT)
    one_more = make("T2")
    with pytest.raises(ValidationError, match="10 of 30, 10 of 10 this month"):
        adopt(customer=one_more, actor=bank.lobby, at=AT)
    asked = adopt(customer=one_more, reason="老客户点名", actor=bank.lobby, at=AT)
    assert asked.request is not None
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        decide(request=asked.request, outcome=Act.APPROVE, actor=bank.head, reason="", at=AT)
    one_more.refresh_from_db()
    assert one_more.owner == bank.lobby
    next_month = AT + timedelta(days=20)
    adopt(customer=make("T2"), actor=bank.lobby, at=next_month)


@pytest.mark.django_db(transaction=True)
def test_two_adopt_at_once_one_wins_and_the_other_is_told_who(bank: SimpleNamespace, make: MakeCustomer) -> None:
    customer, both = make("T2"), Barrier(2)
    outcomes: list[str] = []

    def take(actor: Staff) -> None:
        both.wait()
        try:
            adopt(customer=customer, actor=Staff.objects.get(pk=actor.pk), at=AT)
            outcomes.append("won")
        except ValidationError as error:
            outcomes.append(error.messages[0])
        except Exception as error:
            outcomes.append("XX" + repr(error))
        finally:
            connection.close()

    threads = [Thread(target=take, args=(actor,)) for actor in (bank.lobby, bank.manager)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    winner = Customer.objects.get(pk=customer.pk).owner
    assert winner is not None
    assert sorted(outcomes, key=len)[0] == "won"
    told = max(outcomes, key=len)
    assert told.startswith((f"{winner.name} was first", f"{winner.name}已先"))
    assert Ownership.objects.filter(customer=customer).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_person_at_two_screens_does_not_pass_the_cap(bank: SimpleNamespace, make: MakeCustomer) -> None:
    for _ in range(9):
        adopt(customer=make("T2"), actor=bank.lobby, at=AT)
    outcomes: list[str] = []

    def take(customer: Customer) -> None:
        try:
            adopt(customer=customer, actor=Staff.objects.get(pk=bank.lobby.pk), at=AT)
            outcomes.append("won")
        except ValidationError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=take, args=(customer,)) for customer in (make("T2"), make("T2"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["refused", "won"]


# -- hand-over --------------------------------------------------------------------------------------------------------


def offered(bank: SimpleNamespace, **given: object) -> HandOver:
    values = {"customers": ALL(), "giver": bank.manager, "taker": bank.second, "reason": "岗位调整", "at": AT}
    return offer_hand_over(**{**values, "actor": bank.manager, **given})  # type: ignore[arg-type]


def test_a3_a_hand_over_is_accepted_with_its_notes_and_the_first_contact_is_due(
    bank: SimpleNamespace, make: MakeCustomer
) -> None:
    customer, kept = make("T3", bank.manager), make("T3", bank.head)
    hand_over = offered(bank, note="下午联系", notes={customer.pk: "喜欢国债"})
    assert (hand_over.state, hand_over.size) == (HandOverState.OFFERED, 1)
    assert hand_over.accept_by == TODAY + timedelta(days=3)
    assert hand_over.items.get().note == "喜欢国债"
    with pytest.raises(PermissionDenied):
        accept_hand_over(hand_over=hand_over, actor=bank.manager, at=AT)
    assert accept_hand_over(hand_over=hand_over, actor=bank.second, at=AT) == 1
    hand_over.refresh_from_db()
    assert hand_over.contact_by == TODAY + timedelta(days=2)
    assert current(customer).source == Source.HANDED_OVER
    assert Customer.objects.get(pk=kept.pk).owner == bank.head
    with pytest.raises(ValidationError, match="Accepted"):
        decline_hand_over(hand_over=hand_over, answer="x", actor=bank.second, at=AT)


def test_a_hand_over_waits_once_and_can_be_declined_or_withdrawn(bank: SimpleNamespace, make: MakeCustomer) -> None:
    make("T3", bank.manager)
    first = offered(bank)
    with pytest.raises(ValidationError, match="wait"):
        offered(bank)
    with pytest.raises(ValidationError):
        decline_hand_over(hand_over=first, answer=" ", actor=bank.second, at=AT)
    decline_hand_over(hand_over=first, answer="已满额", actor=bank.second, at=AT)
    second = offered(bank)
    withdraw_hand_over(hand_over=second, actor=bank.head, at=AT)
    assert Customer.objects.get().owner == bank.manager


@pytest.mark.parametrize("approve", [True, False])
def test_a3_a_high_tier_passes_only_with_consent(
    bank: SimpleNamespace,
    make: MakeCustomer,
    approve: bool,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    make("T4", bank.manager)
    hand_over = offered(bank)
    assert hand_over.state == HandOverState.ASKED
    with pytest.raises(ValidationError):
        accept_hand_over(hand_over=hand_over, actor=bank.second, at=AT)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        act = Act.APPROVE if approve else Act.REFUSE
        decide(request=Request.objects.get(), outcome=act, actor=bank.head, reason="x", at=AT)
    hand_over.refresh_from_db()
    assert hand_over.state == (HandOverState.OFFERED if approve else HandOverState.REFUSED)


def test_a3_another_branch_needs_consent(bank: SimpleNamespace, make: MakeCustomer) -> None:
    make("T3", bank.manager)
    hand_over = offered(bank, taker=bank.hire("relationship-manager", bank.other))
    assert hand_over.state == HandOverState.ASKED


# -- leaving ----------------------------------------------------------------------------------------------------------


def test_a3_somebody_leaves_and_nobody_is_orphaned(bank: SimpleNamespace, make: MakeCustomer) -> None:
    for tier in ("T1", "T3", "T3", "T4", "T5"):
        make(tier, bank.manager)
    CustomerFactory.create(branch=bank.outlet, owner=bank.manager)  # no tier: the head of the outlet
    other = make("T3", bank.head)
    give_part(customer=other, staff=bank.manager, part=Part.SUPPORT, actor=bank.head, at=AT - timedelta(days=1))
    hand_over = offered(bank, customers=ALL().filter(tier="T3"))
    moved = release(member=bank.manager, to=None, reason="离职", actor=bank.head, at=AT)
    assert moved == 6
    assert not Customer.objects.filter(owner=bank.manager).exists()
    assert not Customer.objects.filter(owner=None).exists()
    assert Customer.objects.filter(owner=bank.second).count() == 3
    assert not Ownership.objects.current().filter(staff=bank.manager).exists()
    hand_over.refresh_from_db()
    assert hand_over.state == HandOverState.WITHDRAWN
    assert stale() == 0


def test_leaving_takes_as_many_statements_for_sixty_customers_as_for_three(bank: SimpleNamespace) -> None:
    counts = []
    for member, number in ((bank.manager, 3), (bank.second, 60)):
        CustomerFactory.create_batch(number, branch=bank.outlet, owner=member)
        with CaptureQueriesContext(connection) as queries:
            assert release(member=member, to=bank.low, reason="离职", actor=bank.head, at=AT) == number
        counts.append(len(queries))
    assert counts[1] <= counts[0]  # the first also reads what this process keeps
    assert Customer.objects.filter(owner=bank.low).count() == 63


def test_an_interrupted_leave_has_done_nothing(
    bank: SimpleNamespace, make: MakeCustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    make("T3", bank.manager)

    def broken(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("keheng.care.operations.handing_over._end_everything_of", broken)
    with pytest.raises(KeyboardInterrupt):
        release(member=bank.manager, to=bank.second, reason="离职", actor=bank.head, at=AT)
    assert Customer.objects.get().owner == bank.manager
    assert Ownership.objects.get().staff == bank.manager


def test_leaving_where_nobody_could_take_over_is_refused(bank: SimpleNamespace, make: MakeCustomer) -> None:
    make("T3", bank.manager)
    Staff.objects.filter(role__code__in=["outlet-head", "branch-head"]).update(is_active=False)
    Staff.objects.filter(pk=bank.second.pk).update(is_active=False)
    with pytest.raises(ValidationError, match="name a person"):
        release(member=bank.manager, to=None, reason="离职", actor=bank.office, at=AT)
    assert Customer.objects.get().owner == bank.manager


# -- referral ---------------------------------------------------------------------------------------------------------


def test_a3_a_referral_passes_up_and_keeps_the_credit(bank: SimpleNamespace, make: MakeCustomer) -> None:
    customer = make("T2", bank.low)
    referral = refer(customer=customer, taker=bank.manager, need="理财", passes_on=True, actor=bank.low, at=AT)
    with pytest.raises(ValidationError, match="open already"):
        refer(customer=customer, taker=bank.manager, need="理财", actor=bank.low, at=AT)
    answer_referral(referral=referral, act=ReferralAct.ACCEPT, actor=bank.manager, at=AT)
    period = current(customer)
    assert (period.staff, period.credit_to, period.source) == (bank.manager, bank.low, "referred")
    answer_referral(referral=referral, act=ReferralAct.FINISH, actor=bank.manager, at=AT)
    referral.refresh_from_db()
    assert referral.state == ReferralState.DONE


@pytest.mark.parametrize("act", list(ReferralAct))
@pytest.mark.parametrize("state", list(ReferralState))
def test_each_act_on_a_referral_in_each_state(
    bank: SimpleNamespace, make: MakeCustomer, state: ReferralState, act: ReferralAct
) -> None:
    from keheng.care.policies.ownership import REFERRALS

    referral = Referral.objects.create(
        customer=make("T2", bank.low), giver=bank.low, taker=bank.manager, need="x", state=state, offered_at=AT
    )
    actor = bank.low if act == ReferralAct.WITHDRAW else bank.manager
    if (state, act) in REFERRALS:
        answered = answer_referral(referral=referral, act=act, answer="原因", actor=actor, at=AT)
        assert answered.state == REFERRALS[state, act]
    else:
        with pytest.raises(ValidationError):
            answer_referral(referral=referral, act=act, answer="原因", actor=actor, at=AT)
    with pytest.raises(PermissionDenied):
        answer_referral(referral=referral, act=act, answer="原因", actor=bank.head, at=AT)


# -- the customer's choice, parts, cover, rules -----------------------------------------------------------------------


def test_a3_the_customer_keeps_the_owner_with_support_or_picks_a_professional_and_income_stays(
    bank: SimpleNamespace, make: MakeCustomer
) -> None:
    customer = make("T4", bank.low)  # has risen; nothing is migrated
    record_choice(customer=customer, chosen=bank.low, support=bank.manager, said="柜面", actor=bank.head, at=AT)
    assert (current(customer).staff, current(customer, Part.SUPPORT).staff) == (bank.low, bank.manager)
    later = AT + timedelta(days=30)
    record_choice(customer=customer, chosen=bank.manager, said="电话", actor=bank.head, at=later)
    period = current(customer)
    assert (period.staff, period.credit_to, period.source) == (bank.manager, bank.low, "choice")
    assert not Ownership.objects.current().filter(customer=customer, part=Part.SUPPORT).exists()
    record_choice(customer=customer, chosen=bank.second, said="电话", actor=bank.head, at=later + timedelta(days=9))
    assert current(customer).credit_to == bank.low
    assert [one.staff for one in Ownership.objects.owners().filter(customer=customer).order_by("period")] == [
        bank.low,
        bank.manager,
        bank.second,
    ]


def test_a_part_passes_on_and_ends(bank: SimpleNamespace, make: MakeCustomer) -> None:
    customer = make("T4", bank.manager)
    give_part(customer=customer, staff=bank.supervisor, part=Part.SUPERVISOR, actor=bank.manager, at=AT)
    later = AT + timedelta(hours=1)
    give_part(customer=customer, staff=bank.head, part=Part.SUPERVISOR, actor=bank.head, at=later)
    assert current(customer, Part.SUPERVISOR).staff == bank.head
    end_part(customer=customer, part=Part.SUPERVISOR, actor=bank.manager, at=later + timedelta(hours=1))
    assert Ownership.objects.filter(customer=customer, part=Part.SUPERVISOR).count() == 2
    for staff, part in ((bank.manager, Part.SUPPORT), (bank.second, Part.OWNER)):
        with pytest.raises(ValidationError):
            give_part(customer=customer, staff=staff, part=part, actor=bank.head, at=later)
    with pytest.raises(PermissionDenied):
        give_part(customer=customer, staff=bank.lobby, part=Part.LOBBY, actor=bank.second, at=later)


def test_cover_is_planned_once_and_ends_early(bank: SimpleNamespace) -> None:
    given = {"first": TODAY, "last": TODAY + timedelta(days=4), "actor": bank.head, "at": AT}
    period = set_cover(member=bank.manager, cover=bank.second, **given)
    refused = [
        {"member": bank.manager, "cover": bank.head},  # covered already
        {"member": bank.head, "cover": bank.manager},  # the cover is away
        {"member": bank.second, "cover": bank.head},  # covers somebody
        {"member": bank.low, "cover": bank.low},
        {"member": bank.low, "cover": bank.high, "last": TODAY - timedelta(days=1)},
        {"member": bank.low, "cover": bank.high, "first": TODAY + timedelta(days=9)},
    ]
    for case in refused:
        with pytest.raises(ValidationError):
            set_cover(**{**given, **case})
    with pytest.raises(PermissionDenied):
        set_cover(**{**given, "member": bank.low, "cover": bank.high, "actor": bank.lobby})
    end_cover(period=period, actor=bank.manager, at=AT + timedelta(days=2))
    assert CoverPeriod.objects.get().days.upper == TODAY + timedelta(days=2)


def test_rules_change_by_versions_whole_and_checked(bank: SimpleNamespace) -> None:
    rules = preset().model_dump(mode="json")
    assert change_rules(content=rules, reason="x", actor=bank.office, at=AT) is None
    rules["adoption"]["most"] = 5
    version = change_rules(content=rules, reason="收紧", actor=bank.office, at=AT)
    assert version is not None
    assert (rules_in_force().number, rules_in_force().rules.adoption.most) == (2, 5)
    broken = [
        {**rules, "tiers": rules["tiers"] + rules["tiers"][:1]},
        {**rules, "capacity": {"nobody": 3}},
        {**rules, "schemes": {"person": "unheard"}},
    ]
    for content in broken:
        with pytest.raises(ValidationError):
            change_rules(content=content, reason="x", actor=bank.office, at=AT)
    with pytest.raises(PermissionDenied):
        change_rules(content=rules, reason="x", actor=bank.head, at=AT)


def test_settling_an_adoption_whose_customer_is_taken_does_nothing(bank: SimpleNamespace, make: MakeCustomer) -> None:
    customer = make("T2", bank.low)
    request = Request(subject_id=customer.pk, requester=bank.lobby, reason="x")
    assert adoption.settle_adoption(request=request, approved=True, at=AT) is False
