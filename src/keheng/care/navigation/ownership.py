"""Ownership's places: names of permissions, acts, notices; approvals; scope, merges, erasures."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from keheng.approvals import kinds
from keheng.approvals.kinds import Kind
from keheng.audit import actions
from keheng.care.enums.ownership import HandOverState, ReferralState
from keheng.care.models import HandOver, Ownership, Referral
from keheng.care.operations.adopting import BEYOND
from keheng.care.operations.handing_over import APPROVAL
from keheng.care.operations.standing_in import VACANT
from keheng.care.permissions import ownership as permissions
from keheng.care.queries.ownership import reach_beyond_own
from keheng.care.timeline import periods
from keheng.customers.models import reach
from keheng.customers.navigation.archive import RULES
from keheng.customers.privacy.erasure import register_statement
from keheng.customers.quality import unification
from keheng.customers.quality.unification import TableRule
from keheng.notices import kinds as notices
from keheng.org.acting import acting
from keheng.ui.navigation import Family, Group, NavItem, register
from keheng.ui.permission_names import declare
from keheng.ui.tabs import Tab, register_tab
from keheng.ui.timeline import TimelineSource, register_source

declare(
    {
        permissions.ASSIGN: _("Assign, hand over and release customers of one's scope"),
        permissions.ADOPT: _("Adopt customers whom nobody owns"),
        permissions.REFER: _("Refer customers, hand over one's own, plan one's own cover"),
        permissions.COVER: _("Plan cover for people of one's scope"),
        permissions.RULES: _("Change the rules of assignment"),
    }
)
actions.declare(
    {
        "care.assign": _("Assign customers"),
        "care.assign_by_rule": _("Assign customers by rule"),
        "care.adopt": _("Adopt a customer"),
        "care.offer_hand_over": _("Offer a hand-over"),
        "care.accept_hand_over": _("Accept a hand-over"),
        "care.decline_hand_over": _("Decline a hand-over"),
        "care.withdraw_hand_over": _("Withdraw a hand-over"),
        "care.release": _("Release somebody from all customers"),
        "care.refer": _("Refer a customer"),
        "care.answer_referral": _("Answer a referral"),
        "care.set_cover": _("Plan cover"),
        "care.end_cover": _("End cover"),
        "care.stand_in": _("Cover somebody who no longer signs in"),
        "care.give_part": _("Give a part in a customer"),
        "care.end_part": _("End a part in a customer"),
        "care.choice": _("Record whom a customer chose"),
        "care.set_skills": _("Say what somebody can"),
        "care.set_needs": _("Say what a customer needs"),
        "care.change_assignment_rules": _("Change the rules of assignment"),
    },
    {
        "owner": _("owner"),
        "taker": _("to whom"),
        "left_over": _("left over"),
        "part": _("part"),
        "act": _("act"),
        "support": _("supported by"),
        "first": _("first day"),
        "last": _("last day"),
        "cover": _("covered by"),
        "skills": _("skills"),
    },
)
notices.declare(
    {
        "care.given": _("Customers have been given to me"),
        "care.taken": _("Customers of mine have another owner"),
        "care.hand_over": _("A hand-over waits for me, or has been answered"),
        "care.referral": _("A referral waits for me, or has been answered"),
        "care.cover": _("I stand in for somebody"),
        VACANT: _("Customers of somebody who left wait for an owner"),
    }
)
kinds.register(
    Kind(
        APPROVAL,
        _("Hand-over of customers"),
        _("May these customers pass to this person?"),
        rank_name=_("Tier"),
    )
)
kinds.register(
    Kind(BEYOND, _("Adoption beyond the cap"), _("May this person adopt one more customer?"), rank_name=_("Tier"))
)
reach.register(reach_beyond_own)
unification.declare(
    {
        # Two archives had each an owner at a time: those of the one that stays count.
        "care_ownership": TableRule(
            gives_way="""gone.customer_id = %(goes)s and exists (
                select from care_ownership kept
                 where kept.customer_id = %(stays)s and kept.part = gone.part and kept.period && gone.period)"""
        ),
    }
)
register_statement(Ownership, "update care_ownership set reason = '' where customer_id = any(%(ids)s) and reason <> ''")


def _waiting_hand_overs(request: HttpRequest) -> int:
    return HandOver.objects.filter(taker=acting(request), state=HandOverState.OFFERED).count()


def _waiting_referrals(request: HttpRequest) -> int:
    return Referral.objects.filter(taker=acting(request), state=ReferralState.OFFERED).count()


OWNERSHIP = Family(Group.CUSTOMERS, _("Ownership and hand-over"), "user-cog", order=22)
for _label, _icon, _url_name, _permission, _order, _counter in (
    (_("Unassigned customers"), "user-question", "care:pool", permissions.ASSIGN, 10, None),
    (_("Adoption"), "heart-handshake", "care:market", permissions.ADOPT, 20, None),
    (_("Load of people"), "scale", "care:load", permissions.ASSIGN, 30, None),
    (_("Hand-overs"), "transfer", "care:hand-overs", permissions.VIEW, 40, _waiting_hand_overs),
    (_("Referrals"), "arrow-up-right-circle", "care:referrals", permissions.VIEW, 50, _waiting_referrals),
    (_("Cover"), "calendar-user", "care:cover", permissions.VIEW, 60, None),
):
    register(NavItem(OWNERSHIP.group, _label, _icon, _url_name, _permission, _order, _counter, family=OWNERSHIP))
register(
    NavItem(
        *(RULES.group, _("Rules of assignment"), "arrows-split-2", "care:assignment-rules", permissions.RULES),
        order=30,
        family=RULES,
    )
)
register_tab(Tab("customer", "owners", _("Ownership"), "care:owners", permissions.VIEW, order=35))
register_source(TimelineSource("customer", "ownership", _("Ownership"), periods, order=40))
