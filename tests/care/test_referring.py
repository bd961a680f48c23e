"""Referrals, the customer's choice, parts beside the owner, cover (A3)."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from tests.care.conftest import AT, TODAY, MakeCustomer
from tests.care.owning import current

from keheng.care.enums.ownership import Part, ReferralAct, ReferralState
from keheng.care.models import CoverPeriod, Ownership, Referral
from keheng.care.operations.caring import end_part, give_part, record_choice
from keheng.care.operations.covering import end_cover, set_cover
from keheng.care.operations.referring import answer_referral, refer
from keheng.care.policies.ownership import REFERRALS

pytestmark = pytest.mark.usefixtures("english")


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
