"""Hand-overs 移交: offered with notes, approved where rules say so, accepted by a deadline; and people who leave."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.approvals.operations import ask
from keheng.audit.operations import record
from keheng.care.enums.ownership import Absence, HandOverAct, HandOverState, Part, ReferralState, Source
from keheng.care.events import CustomersHandedOver, StaffReleased
from keheng.care.models import CoverPeriod, HandOver, HandOverItem, Referral
from keheng.care.operations.assigning import check_takes, drop, first_contact, plan_moves
from keheng.care.operations.passing import pass_on
from keheng.care.permissions.ownership import check_answer, check_assign, check_hand_over
from keheng.care.policies.ownership import HAND_OVERS, needs_second_person
from keheng.care.queries.assignment import choose, deal, rules_in_force, share
from keheng.common.clock import SHANGHAI
from keheng.common.events import publish
from keheng.customers.feeds.turns import take_bulk_turn
from keheng.customers.models import Customer
from keheng.notices import operations as notices
from keheng.org.models import Branch, Staff

APPROVAL = "care.hand_over"


@transaction.atomic
def offer_hand_over(
    *,
    customers: "QuerySet[Customer]",
    giver: Staff,
    taker: Staff,
    reason: str,
    note: str = "",
    notes: Mapping[int, str] | None = None,
    actor: Staff,
    at: datetime,
) -> HandOver:
    """Offer customers of one owner to another; a high tier or another branch needs a second person first.

    Args:
        customers: those who are not the giver's are left out.
        notes: what is particular to single customers.

    Raises:
        ValidationError: nobody left to hand over, an unfit taker, no reason, or nobody who could approve.
    """
    check_hand_over(actor, giver)
    check_takes(taker)
    if taker.pk == giver.pk:
        raise ValidationError({"taker": _("Choose somebody else than the present owner.")})
    if not reason.strip():
        raise ValidationError({"reason": _("Say why, for the history of the customers.")})
    chosen = Customer.objects.filter(owner=giver, pk__in=customers.order_by().values("pk")).order_by("pk")
    ranks = dict(chosen.values_list("pk", "tier_rank"))
    if not ranks:
        raise ValidationError(_("None of these customers is owned by %(name)s.") % {"name": giver.name})
    waiting = HandOverItem.objects.filter(
        customer__in=ranks, hand_over__state__in=[HandOverState.ASKED, HandOverState.OFFERED]
    ).count()
    if waiting:
        raise ValidationError(
            _("%(count)d of these customers are in a hand-over that waits for an answer. Withdraw it first.")
            % {"count": waiting}
        )
    rules = rules_in_force().rules.hand_over
    reach = list(Branch.objects.subtree_of(taker.branch).values_list("pk", flat=True))
    outside = chosen.exclude(branch__in=reach).exists()
    asked = needs_second_person(ranks=ranks, outside=outside, rank=rules.approval_rank)
    hand_over = HandOver.objects.create(
        giver=giver,
        taker=taker,
        state=HandOverState.ASKED if asked else HandOverState.OFFERED,
        reason=reason.strip(),
        note=note.strip(),
        size=len(ranks),
        offered_by=actor,
        offered_at=at,
        accept_by=at.astimezone(SHANGHAI).date() + timedelta(days=rules.accept_days),
    )
    notes = notes or {}
    HandOverItem.objects.bulk_create(
        [HandOverItem(hand_over=hand_over, customer_id=pk, note=notes.get(pk, "")[:200]) for pk in ranks]
    )
    detail = {"count": len(ranks), "taker": taker.name}
    record("care.offer_hand_over", actor=actor, at=at, target=hand_over, reason=hand_over.reason, detail=detail)
    if asked:
        largest = chosen.aggregate(most=Max("aum"))["most"]
        ask(
            kind=APPROVAL,
            subject=hand_over,
            title=_("%(count)d customers: %(giver)s → %(taker)s")
            % {"count": len(ranks), "giver": giver.name, "taker": taker.name},
            branch=giver.branch,
            amount=largest,
            rank=max([0, *ranks.values()]),
            actor=actor,
            reason=hand_over.reason,
            at=at,
        )
    else:
        _tell_taker(hand_over, at)
    return hand_over


@transaction.atomic
def settle_hand_over(*, hand_over: HandOver, approved: bool, at: datetime) -> HandOver:
    """What the second person's answer means: the taker is asked, or it is over."""
    held = HandOver.objects.select_for_update(of=("self",)).select_related("giver", "taker").get(pk=hand_over.pk)
    act = HandOverAct.APPROVE if approved else HandOverAct.REFUSE
    state = HAND_OVERS.get((HandOverState(held.state), act))
    if state is None:
        return held
    held.state = state
    held.save(update_fields=["state"])
    if state == HandOverState.OFFERED:
        _tell_taker(held, at)
    return held


@transaction.atomic
def accept_hand_over(*, hand_over: HandOver, actor: Staff, at: datetime) -> int:
    """Take the customers over; return how many. Those whose owner has changed meanwhile stay where they are.

    The first contact is due "at once" [004a], as many days on as the rules say.
    """
    check_answer(actor, hand_over.taker)
    held = _step(hand_over, HandOverAct.ACCEPT, "", at)
    check_takes(held.taker)
    take_bulk_turn()
    contact_by = first_contact(rules_in_force(), at)
    items = HandOverItem.objects.filter(hand_over=held)
    plan_moves(Customer.objects.filter(owner=held.giver, pk__in=items.values("customer")), held.taker.pk)
    owners = pass_on(
        source=Source.HANDED_OVER, reason=held.reason, contact_by=contact_by, actor=actor, at=at, told=False
    )
    drop("care_moves")
    items.filter(customer__in=owners).update(moved=True)
    held.contact_by = contact_by
    held.save(update_fields=["contact_by"])
    record("care.accept_hand_over", actor=actor, at=at, target=held, detail={"count": len(owners)})
    notices.tell(
        staff_ids={held.giver.pk, held.offered_by_id},
        kind="care.hand_over",
        title=_("%(name)s has taken over %(count)d customers.") % {"name": held.taker.name, "count": len(owners)},
        url=held.get_absolute_url(),
        at=at,
    )
    publish(CustomersHandedOver(held.pk, tuple(owners), held.taker.pk, contact_by, at))
    return len(owners)


@transaction.atomic
def decline_hand_over(*, hand_over: HandOver, answer: str, actor: Staff, at: datetime) -> HandOver:
    """Refuse to take the customers over; they stay the giver's."""
    check_answer(actor, hand_over.taker)
    if not answer.strip():
        raise ValidationError({"answer": _("Say why, so that the other one can look for somebody else.")})
    held = _step(hand_over, HandOverAct.DECLINE, answer, at)
    record("care.decline_hand_over", actor=actor, at=at, target=held, reason=answer.strip())
    notices.tell(
        staff_ids={held.giver.pk, held.offered_by_id},
        kind="care.hand_over",
        title=_("%(name)s does not take over the customers.") % {"name": held.taker.name},
        url=held.get_absolute_url(),
        body=answer.strip(),
        at=at,
    )
    return held


@transaction.atomic
def withdraw_hand_over(*, hand_over: HandOver, actor: Staff, at: datetime) -> HandOver:
    """Take an offer back before it is answered."""
    check_hand_over(actor, hand_over.giver)
    held = _step(hand_over, HandOverAct.WITHDRAW, "", at)
    record("care.withdraw_hand_over", actor=actor, at=at, target=held)
    return held


def _step(hand_over: HandOver, act: HandOverAct, answer: str, at: datetime) -> HandOver:
    held: HandOver = (
        HandOver.objects.select_for_update(of=("self",)).select_related("giver", "taker__role").get(pk=hand_over.pk)
    )
    state = HAND_OVERS.get((HandOverState(held.state), act))
    if state is None:
        raise ValidationError(
            _("This hand-over is: %(state)s. Nothing is left to answer.") % {"state": held.get_state_display()}
        )
    held.state, held.answer, held.answered_at = state, answer.strip()[:200], at
    held.save(update_fields=["state", "answer", "answered_at"])
    return held


def _tell_taker(hand_over: HandOver, at: datetime) -> None:
    notices.tell(
        staff_ids=[hand_over.taker_id],
        kind="care.hand_over",
        title=_("%(name)s hands %(count)d customers over to you; accept them by %(day)s.")
        % {"name": hand_over.giver.name, "count": hand_over.size, "day": hand_over.accept_by},
        url=reverse("care:hand-over", args=[hand_over.pk]),
        body=hand_over.reason,
        at=at,
    )


# -- leaving ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def release(*, member: Staff, to: Staff | None, reason: str, actor: Staff, at: datetime) -> int:
    """Somebody leaves: all their customers get another owner in one go, and nobody is left without; return how many.

    Parts beside owners end, what was offered to or by them is withdrawn, whom they cover is covered by whoever takes
    over, or their absence would stand without cover.

    Args:
        to: who takes all of them; ``None``: by the rules, and where no rule finds anybody, the head of the outlet.

    Raises:
        ValidationError: no reason, an unfit taker, or somebody would be left without an owner.
    """
    check_assign(actor)
    check_hand_over(actor, member)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why, such as: left, moved to another branch.")})
    if to is not None:
        check_takes(to)
        if to.pk == member.pk:
            raise ValidationError({"to": _("Choose somebody else than the present owner.")})
    take_bulk_turn()
    keys = list(Customer.objects.filter(owner=member).order_by("pk").values_list("pk", flat=True))
    in_force = rules_in_force()
    if to is not None:
        plan_moves(Customer.objects.filter(owner=member), to.pk)
    else:
        today = at.astimezone(SHANGHAI).date()
        deal(share(choose(keys, in_force.rules, today), in_force.rules, today, without=[member.pk]))
        _leave_nobody(member, keys)
    owners = pass_on(
        source=Source.LEFT, reason=reason.strip(), contact_by=first_contact(in_force, at), actor=actor, at=at
    )
    drop("care_chosen", "care_moves")
    _end_everything_of(member, to, at)
    detail = {"count": len(owners), "owner": to.name if to else _("by rule")}
    record("care.release", actor=actor, at=at, target=member, reason=reason.strip(), detail=detail)
    publish(StaffReleased(member.pk, tuple(owners), at))
    return len(owners)


def _leave_nobody(member: Staff, keys: list[int]) -> None:
    """Whom the rules found nobody for goes to the nearest head: of the outlet, else of the branch above."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into care_moves (customer_id, staff_id, before_id, credit_to_id, aum, part)
            select c.id, head.id, c.owner_id, null, c.aum, 0
              from customers_customer c
              join org_branch place on place.id = c.branch_id
              left join lateral (
                    select s.id from org_staff s join org_role r on r.id = s.role_id
                                     join org_branch b on b.id = s.branch_id
                     where s.is_active and s.id <> %(member)s and r.code in ('outlet-head', 'branch-head')
                       and starts_with(place.path, b.path)
                     order by length(b.path) desc, r.code desc, s.id limit 1) head on true
             where c.id = any(%(keys)s) and not exists (select from care_moves m where m.customer_id = c.id)
            """,
            {"member": member.pk, "keys": keys},
        )
        cursor.execute("select count(*) from care_moves where staff_id is null")
        ((orphans,),) = cursor.fetchall()
    if orphans:
        raise ValidationError(
            {
                "to": _("For %(count)d customers neither the rules nor a head of their outlet is found: name a person.")
                % {"count": orphans}
            }
        )


def _end_everything_of(member: Staff, to: Staff | None, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """update care_ownership set period = tstzrange(lower(period), greatest(%s, lower(period)
                                                            + interval '1 microsecond'))
                where staff_id = %s and part <> %s and upper_inf(period)""",
            [at, member.pk, Part.OWNER],
        )
    open_states = [HandOverState.ASKED, HandOverState.OFFERED]
    for side in ("giver", "taker"):
        HandOver.objects.filter(**{side: member}, state__in=open_states).update(
            state=HandOverState.WITHDRAWN, answered_at=at
        )
        Referral.objects.filter(**{side: member}, state__in=[ReferralState.OFFERED, ReferralState.ACCEPTED]).update(
            state=ReferralState.WITHDRAWN, closed_at=at
        )
    today = at.astimezone(SHANGHAI).date()
    gone = CoverPeriod.objects.filter(staff=member, kind=Absence.GONE, days__endswith__gt=today)
    gone.filter(days__startswith__gte=today).delete()
    for period in gone:
        period.days = DateRange(period.days.lower, today)
        period.save(update_fields=["days"])
    covers = CoverPeriod.objects.filter(cover=member, days__endswith__gt=today)
    if to is not None:
        covers.exclude(staff=to).update(cover=to)
