"""What agents ask for: wishes, leave, swaps; and what is decided. A feed of one's own calendar."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.audit import operations as audit
from keheng.notices import operations as notices
from keheng.org.models import Staff
from keheng.workforce import permissions
from keheng.workforce.enums import AskState, DutySource
from keheng.workforce.models import Agent, Duty, Leave, Swap, Wish
from keheng.workforce.operations.rosters import hold
from keheng.workforce.queries import rosters as queries

ASKED, DECIDED = "workforce.asked", "workforce.decided"
_OPEN = (AskState.OFFERED, AskState.ASKED)


@transaction.atomic
def wish(*, wish: Wish, actor: Staff, at: datetime) -> Wish:
    """Keep a wish for a day; a new one takes the place of an older."""
    permissions.check_own(actor, wish.agent)
    wish.at = at
    Wish.objects.filter(agent=wish.agent, day=wish.day).delete()
    wish.full_clean()
    wish.save()
    return wish


@transaction.atomic
def ask_leave(*, leave: Leave, actor: Staff, at: datetime) -> Leave:
    """Ask for days of leave.

    Raises:
        ValidationError: the days were asked for before, or lie in the wrong order.
        PermissionDenied: they are another agent's.
    """
    permissions.check_own(actor, leave.agent)
    leave.asked_at, leave.state = at, AskState.ASKED
    leave.full_clean()
    overlapping = Leave.objects.filter(
        agent=leave.agent, state__in=[AskState.ASKED, AskState.APPROVED],
        first_day__lte=leave.last_day, last_day__gte=leave.first_day,
    )  # fmt: skip
    if overlapping.exists():
        raise ValidationError({"first_day": _("You have asked for some of these days already.")})
    leave.save()
    audit.record("workforce.ask_leave", actor=actor, at=at, target=leave)
    return leave


@transaction.atomic
def decide_leave(*, leave: Leave, approve: bool, actor: Staff, at: datetime) -> list[Duty]:
    """Approve or refuse a leave; return the published shifts that are now to be covered.

    Raises:
        ValidationError: it is not open any more.
        PermissionDenied: the actor may not decide, or asked for it.
    """
    leave = Leave.objects.select_for_update().select_related("agent__team").get(pk=leave.pk)
    permissions.check_decide(actor, leave.agent)
    if leave.state != AskState.ASKED:
        raise ValidationError(_("This has been decided already: %(state)s.") % {"state": leave.get_state_display()})
    leave.state = AskState.APPROVED if approve else AskState.REFUSED
    leave.decided_by, leave.decided_at = actor, at
    leave.save()
    audit.record("workforce.decide_leave", actor=actor, at=at, target=leave, detail={"state": leave.state})
    _tell_decided(leave.agent, _("Your leave %(leave)s: %(state)s."), str(leave.first_day), leave, at)
    if not approve:
        return []
    affected = Duty.objects.filter(
        agent=leave.agent, is_published=True, day__gte=leave.first_day, day__lte=leave.last_day
    )
    return list(affected.select_related("shift", "queue", "agent__staff", "roster"))


@transaction.atomic
def ask_swap(*, duty: Duty, other: Agent, reason: str, actor: Staff, at: datetime) -> Swap:
    """Offer a colleague to exchange a published shift for the colleague's day, free or with another shift.

    Raises:
        ValidationError: rules would be broken, naming them; the shift is not published; it is offered already.
        PermissionDenied: the shift is another agent's.
    """
    permissions.check_own(actor, duty.agent)
    if not duty.is_published or duty.day < at.date():
        raise ValidationError(_("Only published shifts to come can be exchanged."))
    if other.pk == duty.agent_id:
        raise ValidationError({"other": _("Choose a colleague.")})
    if Swap.objects.filter(duty=duty, state__in=_OPEN).exists():
        raise ValidationError(_("This shift has been offered already. Withdraw that offer first."))
    if told := rules_of_swap(duty, other):
        raise ValidationError({"other": told})
    swap = Swap.objects.create(duty=duty, other=other, reason=reason, asked_at=at)
    audit.record("workforce.ask_swap", actor=actor, at=at, target=swap)
    title = _("%(agent)s would like to exchange %(day)s with you.") % {"agent": duty.agent, "day": duty.day}
    notices.tell(staff_ids=[other.staff_id], kind=ASKED, title=title, url=reverse("workforce:calendar"), at=at)
    return swap


@transaction.atomic
def answer_swap(*, swap: Swap, agree: bool, actor: Staff, at: datetime) -> Swap:
    """Agree to a colleague's offer, or not; then somebody decides.

    Raises:
        ValidationError: it is not open any more.
        PermissionDenied: it was offered to somebody else.
    """
    swap = _locked(swap)
    permissions.check_own(actor, swap.other)
    if swap.state != AskState.OFFERED:
        raise ValidationError(_("This offer is not open any more."))
    swap.state = AskState.ASKED if agree else AskState.REFUSED
    swap.save(update_fields=["state"])
    audit.record("workforce.answer_swap", actor=actor, at=at, target=swap, detail={"state": swap.state})
    return swap


@transaction.atomic
def decide_swap(*, swap: Swap, approve: bool, actor: Staff, at: datetime) -> Swap:
    """Approve an exchange that both want, when it breaks no rule still, or refuse it.

    Raises:
        ValidationError: it is not open any more, or rules would be broken, naming them.
        PermissionDenied: the actor may not decide, or asked for it.
    """
    swap = _locked(swap)
    for agent in (swap.duty.agent, swap.other):
        permissions.check_decide(actor, agent)
    if swap.state != AskState.ASKED:
        raise ValidationError(_("This exchange is not open any more."))
    if approve:
        if told := rules_of_swap(swap.duty, swap.other):
            raise ValidationError(told)
        pair = [swap.duty.agent, swap.other]
        _exchange(swap)
        _close_others(swap, pair, actor, at)
    swap.state = AskState.APPROVED if approve else AskState.REFUSED
    swap.decided_by, swap.decided_at = actor, at
    swap.save(update_fields=["state", "decided_by", "decided_at"])
    audit.record("workforce.decide_swap", actor=actor, at=at, target=swap, detail={"state": swap.state})
    for agent in (swap.duty.agent, swap.other):
        _tell_decided(agent, _("Your exchange of %(leave)s: %(state)s."), str(swap.duty.day), swap, at)
    return swap


@transaction.atomic
def withdraw(*, asked: Leave | Swap, actor: Staff, at: datetime) -> None:
    """Take back what one asked for and nobody has decided.

    Raises:
        ValidationError: it has been decided.
        PermissionDenied: it is another agent's.
    """
    permissions.check_own(actor, asked.agent if isinstance(asked, Leave) else asked.duty.agent)
    model = type(asked)
    if not model._default_manager.filter(pk=asked.pk, state__in=_OPEN).update(state=AskState.WITHDRAWN):
        raise ValidationError(_("This has been decided already; it cannot be withdrawn."))
    audit.record("workforce.withdraw", actor=actor, at=at, target=asked)


def new_feed(*, agent: Agent, actor: Staff, at: datetime) -> str:
    """Make the secret of an agent's calendar feed anew; the former one opens nothing any more.

    The secret is shown once; its digest is kept.
    """
    permissions.check_own(actor, agent)
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        Agent.objects.filter(pk=agent.pk).update(feed_digest=digest(secret))
        audit.record("workforce.new_feed", actor=actor, at=at, target=agent)
    return secret


def digest(secret: str) -> bytes:
    """What is kept of a feed's secret, which is random and long."""
    return hashlib.sha256(secret.encode()).digest()


def rules_of_swap(duty: Duty, other: Agent) -> list[str]:
    """The rules that an exchange of a day would break newly for either."""
    built = queries.built(duty.roster)
    theirs = Duty.objects.filter(roster=duty.roster, agent=other, day=duty.day).select_related("shift", "queue").first()
    told = []
    for agent, gets in ((duty.agent, theirs), (other, duty)):
        if gets is not None and gets.queue is not None and not agent.skills.filter(pk=gets.queue.pk).exists():
            told.append(_("%(agent)s has no skill for %(queue)s.") % {"agent": agent, "queue": gets.queue})
        mine = list(Duty.objects.filter(roster=duty.roster, agent=agent).select_related("shift", "queue"))
        after = [one for one in mine if one.day != duty.day] + ([gets] if gets else [])
        told += [f"{agent}: {rule}" for rule in built.newly_broken(agent, mine, after)]
    return told


def _exchange(swap: Swap) -> None:
    """Exchange the day of two agents; the unique constraints hold at every step."""
    mine, day = swap.duty, swap.duty.day
    giver = mine.agent
    theirs = Duty.objects.select_for_update().filter(agent=swap.other, day=day, is_published=True).first()
    if theirs is not None:
        content = (theirs.shift_id, theirs.later, theirs.queue_id)
        theirs.shift_id, theirs.later, theirs.queue_id = mine.shift_id, mine.later, mine.queue_id
        mine.shift_id, mine.later, mine.queue_id = content
        for duty in (mine, theirs):
            duty.source = DutySource.SWAP
            duty.save(update_fields=["shift", "later", "queue", "source"])
    else:
        mine.agent, mine.source = swap.other, DutySource.SWAP
        mine.save(update_fields=["agent", "source"])
        swap.other = giver  # the shift is the colleague's now; the pair stays complete
        swap.save(update_fields=["other"])


def _close_others(swap: Swap, agents: Sequence[Agent], actor: Staff, at: datetime) -> None:
    """Close the open offers of a day that were made for shifts which have just been exchanged."""
    others = Swap.objects.filter(
        Q(duty__agent__in=agents) | Q(other__in=agents), duty__day=swap.duty.day, state__in=_OPEN
    ).exclude(pk=swap.pk)
    for other in others.select_related("duty__agent__staff", "other__staff"):
        other.state, other.decided_by, other.decided_at = AskState.REFUSED, actor, at
        other.save(update_fields=["state", "decided_by", "decided_at"])
        for agent in (other.duty.agent, other.other):
            _tell_decided(agent, _("Your exchange of %(leave)s: %(state)s."), str(swap.duty.day), other, at)


def _locked(swap: Swap) -> Swap:
    """The swap, once nobody else changes the days of the two: agents first, in the order that publishing has."""
    hold(Agent.objects.filter(pk__in=[swap.duty.agent_id, swap.other_id]))
    rows = Swap.objects.select_for_update(of=("self",)).select_related(
        "duty__agent__team",
        "duty__agent__staff",
        "duty__roster",
        "duty__shift",
        "duty__queue",
        "other__team",
        "other__staff",
    )
    return rows.get(pk=swap.pk)


def _tell_decided(agent: Agent, words: str, what: str, asked: Leave | Swap, at: datetime) -> None:
    title = words % {"leave": what, "state": asked.get_state_display()}
    notices.tell(staff_ids=[agent.staff_id], kind=DECIDED, title=title, url=reverse("workforce:calendar"), at=at)


def agent_of(staff: Staff, on: date) -> Agent | None:
    """The agent that a member of staff is on a day."""
    found = Agent.objects.filter(staff=staff, since__lte=on).select_related("staff", "team", "contract").first()
    return found if found and (found.until is None or found.until >= on) else None
