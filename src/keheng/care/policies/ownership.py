"""Rules of ownership: which act leads from which state to which, who may adopt, what needs a second person (A3)."""

from collections.abc import Mapping
from dataclasses import dataclass

from keheng.care.enums.ownership import HandOverAct, HandOverState, ReferralAct, ReferralState

#: Every act on a referral that is allowed, with the state that it leads to.
REFERRALS: Mapping[tuple[ReferralState, ReferralAct], ReferralState] = {
    (ReferralState.OFFERED, ReferralAct.ACCEPT): ReferralState.ACCEPTED,
    (ReferralState.OFFERED, ReferralAct.DECLINE): ReferralState.DECLINED,
    (ReferralState.OFFERED, ReferralAct.WITHDRAW): ReferralState.WITHDRAWN,
    (ReferralState.ACCEPTED, ReferralAct.FINISH): ReferralState.DONE,
    (ReferralState.ACCEPTED, ReferralAct.DECLINE): ReferralState.DECLINED,
}

#: Every act on a hand-over that is allowed, with the state that it leads to.
HAND_OVERS: Mapping[tuple[HandOverState, HandOverAct], HandOverState] = {
    (HandOverState.ASKED, HandOverAct.APPROVE): HandOverState.OFFERED,
    (HandOverState.ASKED, HandOverAct.REFUSE): HandOverState.REFUSED,
    (HandOverState.ASKED, HandOverAct.WITHDRAW): HandOverState.WITHDRAWN,
    (HandOverState.OFFERED, HandOverAct.ACCEPT): HandOverState.ACCEPTED,
    (HandOverState.OFFERED, HandOverAct.DECLINE): HandOverState.DECLINED,
    (HandOverState.OFFERED, HandOverAct.WITHDRAW): HandOverState.WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class Adopting:
    """What is asked of somebody who adopts one more customer.

    Attributes:
        role_may: the rules let the role adopt.
        tier_open: customers of this tier are open for adoption.
        near: the customer is kept by the adopter's branch or one below it.
        held, most: how many the person has adopted and still owns, and the cap.
        this_month, most_a_month: those adopted in the calendar month, and the cap.
    """

    role_may: bool
    tier_open: bool
    near: bool
    held: int
    most: int
    this_month: int
    most_a_month: int

    @property
    def is_eligible(self) -> bool:
        return self.role_may and self.tier_open and self.near

    @property
    def within_caps(self) -> bool:
        return self.held < self.most and self.this_month < self.most_a_month


def needs_second_person(*, ranks: Mapping[int, int], outside: bool, rank: int) -> bool:
    """Tell whether a hand-over is approved first: a customer of a high tier, or a receiver of another branch.

    Args:
        ranks: the rank of the tier by customer.
        outside: some customer is kept by a branch in which the receiver does not work.
        rank: from this rank on a second person looks.
    """
    return outside or any(held >= rank for held in ranks.values())
