"""Rosters: begun, changed by hand, published, covered."""

from collections.abc import Sequence
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from keheng.audit import operations as audit
from keheng.notices import operations as notices
from keheng.org.models import Staff
from keheng.workforce import permissions
from keheng.workforce.enums import DutySource, RosterState
from keheng.workforce.models import Agent, Duty, Queue, Requirement, Roster, Shift, Team
from keheng.workforce.policies.rostering.coverage import A_DAY
from keheng.workforce.queries import rosters as queries
from keheng.workforce.queries.staffing import required
from keheng.workforce.tasks import ROSTER_TASK

PUBLISHED = "workforce.published"
type _Content = tuple[Shift | None, int, Queue | None]

_BUSY = {RosterState.QUEUED, RosterState.RUNNING}


@transaction.atomic
def begin(*, roster: Roster, teams: Sequence[Team], queues: Sequence[Queue], actor: Staff, at: datetime) -> Roster:
    """Begin a roster with what the forecasts require; the worker has not made it yet.

    Raises:
        ValidationError: days without a requirement, or nobody to roster.
        PermissionDenied: the actor may not plan.
    """
    permissions.check_plan(actor)
    roster.actor, roster.at = actor, at
    roster.step = max(30, *(queue.step for queue in queues)) if queues else 30
    roster.full_clean()
    roster.save()
    roster.teams.set(teams)
    roster.queues.set(queues)
    permissions.check_plan_roster(actor, roster)
    if not Agent.objects.filter(team__in=teams).exists():
        raise ValidationError({"teams": _("These teams have no agents. Add agents first.")})
    _require(roster, queues)
    audit.record("workforce.begin_roster", actor=actor, at=at, target=roster)
    return roster


def _require(roster: Roster, queues: Sequence[Queue]) -> None:
    """Keep what each queue wants in the roster's intervals: the largest of the shorter ones within."""
    rows, lacking = [], []
    for queue in queues:
        days = required(queue, roster.first_day, roster.last_day)
        if len(days) < roster.days:
            lacking.append(str(queue))
        for day in days:
            wanted = day.rostered.reshape(A_DAY // roster.step, -1).max(axis=1)
            rows.append(Requirement(roster=roster, queue=queue, day=day.day, wanted=wanted.tolist()))
    if lacking:
        raise ValidationError(
            {
                "queues": _("%(queues)s: not every day has a forecast and a target. Forecast these days first.")
                % {"queues": ", ".join(lacking)}
            }
        )
    Requirement.objects.bulk_create(rows)


@transaction.atomic
def ask_to_make(*, roster: Roster, seconds: int, kept_until: date | None, actor: Staff, at: datetime) -> Roster:
    """Let the worker make the roster, or make it again from a day on.

    Args:
        kept_until: days up to it stay as they are; None makes all anew.

    Raises:
        ValidationError: it is being made, or is published and nothing of it would be kept.
        PermissionDenied: the actor may not plan this roster.
    """
    roster = queue_up(roster=roster, seconds=seconds, kept_until=kept_until, actor=actor, at=at)
    app.configure_task(ROSTER_TASK).defer(roster_id=roster.pk)
    return roster


@transaction.atomic
def queue_up(*, roster: Roster, seconds: int, kept_until: date | None, actor: Staff, at: datetime) -> Roster:
    """A roster that waits to be made, by whoever calls ``solving.make``; arguments as of :func:`ask_to_make`."""
    permissions.check_plan_roster(actor, roster)
    roster = Roster.objects.select_for_update().get(pk=roster.pk)
    if roster.state in _BUSY:
        raise ValidationError(_("This roster is being made already."))
    if roster.published_at and kept_until is None:
        raise ValidationError({"kept_until": _("Published days stay: say up to which day the roster is to be kept.")})
    if kept_until and kept_until >= roster.last_day:
        raise ValidationError(
            {"kept_until": _("Nothing is left to make: the roster ends on %(last)s.") % {"last": roster.last_day}}
        )
    roster.state, roster.seconds, roster.kept_until = RosterState.QUEUED, seconds, kept_until
    roster.cancel_requested, roster.fault, roster.cost, roster.bound = False, "", None, None
    roster.full_clean()
    roster.save()
    audit.record("workforce.make_roster", actor=actor, at=at, target=roster)
    return roster


@transaction.atomic
def cancel(*, roster: Roster, actor: Staff, at: datetime) -> None:
    """End the making: at once while it waits, with the best so far while it runs."""
    permissions.check_plan_roster(actor, roster)
    if not Roster.objects.filter(pk=roster.pk, state=RosterState.QUEUED).update(state=RosterState.DRAFT):
        Roster.objects.filter(pk=roster.pk, state=RosterState.RUNNING).update(cancel_requested=True)
    audit.record("workforce.cancel", actor=actor, at=at, target=roster)


@transaction.atomic
def place(
    *, roster: Roster, agent: Agent, day: date, shift: Shift | None, later: int = 0, queue: Queue | None = None,
    swap_with: Agent | None = None, insist: bool = False, actor: Staff, at: datetime,
) -> list[str]:  # fmt: skip
    """Set or clear an agent's shift on a day, or exchange the day with somebody; tell the rules that this breaks.

    Nothing is changed when rules would be broken newly, unless the planner insists.

    Raises:
        ValidationError: the day lies outside the roster, or it is being made.
        PermissionDenied: the actor may not plan this roster.
    """
    permissions.check_plan_roster(actor, roster)
    roster = Roster.objects.select_for_update().get(pk=roster.pk)
    if roster.state in _BUSY:
        raise ValidationError(_("The roster is being made; wait until it is ready."))
    if not roster.first_day <= day <= roster.last_day:
        raise ValidationError(_("%(day)s lies outside this roster.") % {"day": day})
    problem = queries.built(roster)
    people = [agent, *filter(None, [swap_with])]
    if roster.published_at:
        _check_holds(roster, people, day)
    now = {duty.agent_id: duty for duty in _duties(roster, people, day)}
    changes: dict[Agent, _Content] = {agent: (shift, later, queue or _queue_for(roster, agent, shift))}
    if swap_with is not None:
        changes = {
            agent: _content(now.get(swap_with.pk)),
            swap_with: _content(now.get(agent.pk)),
        }
    told = []
    for one, content in changes.items():
        told += _newly_broken(problem, one, day, _duty(roster, one, day, content))
    if told and not insist:
        return told
    Duty.objects.filter(roster=roster, agent__in=changes, day=day).delete()
    for one, content in changes.items():
        duty = _duty(roster, one, day, content)
        if duty is not None:
            duty.is_published = roster.published_at is not None
            duty.save()
    if roster.published_at:
        tell([one.staff_id for one in changes], roster, _("Your shifts of %(day)s have changed.") % {"day": day}, at)
    if roster.state == RosterState.DRAFT:
        Roster.objects.filter(pk=roster.pk).update(state=RosterState.READY)
    audit.record(
        "workforce.place", actor=actor, at=at, target=roster,
        detail={"day": day.isoformat(), "agents": [one.pk for one in changes], "rules": told},
    )  # fmt: skip
    return told


@transaction.atomic
def publish(*, roster: Roster, actor: Staff, at: datetime) -> Roster:
    """Publish a roster: its agents are told, and see it in their calendars. Days of older rosters give way.

    Raises:
        ValidationError: it is not ready, or published already.
        PermissionDenied: the actor may not plan this roster.
    """
    permissions.check_plan_roster(actor, roster)
    roster = Roster.objects.select_for_update().get(pk=roster.pk)
    if roster.state == RosterState.PUBLISHED:
        raise ValidationError(_("This roster has been published already; everybody has been told."))
    if roster.state != RosterState.READY or not roster.duties.exists():
        raise ValidationError(_("Make the roster first; there is nothing to publish."))
    agents = Agent.objects.filter(team__in=roster.teams.all())
    give_way(roster, hold(agents), roster.first_day)
    roster.duties.update(is_published=True)
    roster.state, roster.published_at = RosterState.PUBLISHED, at
    roster.save(update_fields=["state", "published_at"])
    words = _("The roster %(roster)s (%(first)s to %(last)s) has been published.")
    told = list(agents.values_list("staff_id", flat=True))
    tell(told, roster, words % {"roster": roster, "first": roster.first_day, "last": roster.last_day}, at)
    audit.record("workforce.publish", actor=actor, at=at, target=roster, detail={"count": len(told)})
    return roster


@transaction.atomic
def cover(*, duty: Duty, agent: Agent, insist: bool = False, actor: Staff, at: datetime) -> Duty:
    """Let somebody, of the standby team as a rule, take over a published shift of a colleague who is absent.

    Raises:
        ValidationError: who covers lacks the skill, works already, or a rule is broken and the planner does not insist.
        PermissionDenied: the actor may not plan this roster.
    """
    permissions.check_plan_roster(actor, duty.roster)
    hold(Agent.objects.filter(pk__in=[duty.agent_id, agent.pk]))
    taken = duty.agent_id
    duty = Duty.objects.select_related("agent__staff", "queue", "roster", "shift").get(pk=duty.pk)
    if duty.agent_id != taken or not duty.is_published:
        raise ValidationError(_("This shift has changed meanwhile: %(agent)s has it.") % {"agent": duty.agent})
    if duty.queue is not None and not agent.skills.filter(pk=duty.queue.pk).exists():
        raise ValidationError(_("%(agent)s has no skill for %(queue)s.") % {"agent": agent, "queue": duty.queue})
    present = Duty.objects.filter(agent=agent, day=duty.day, is_published=True).select_related("shift").first()
    if present is not None and present.queue is not None:
        raise ValidationError(
            _("%(agent)s works %(shift)s on that day already.") % {"agent": agent, "shift": present.shift.code}
        )
    told = _newly_broken(queries.built(duty.roster, [agent]), agent, duty.day, duty)
    if told and not insist:
        raise ValidationError([*told, _("Nothing was changed. Tick the box to set it all the same.")])
    if present is not None:
        present.delete()
    Duty.objects.filter(roster=duty.roster, agent=agent, day=duty.day).delete()
    gone = duty.agent
    duty.agent, duty.source = agent, DutySource.COVER
    duty.save(update_fields=["agent", "source"])
    sentence = _("%(agent)s covers the shift %(shift)s of %(gone)s on %(day)s.") % {
        "agent": agent, "shift": duty.shift.code, "gone": gone, "day": duty.day,
    }  # fmt: skip
    tell([agent.staff_id, gone.staff_id], duty.roster, sentence, at)
    audit.record("workforce.cover", actor=actor, at=at, target=duty, detail={"rules": told})
    return duty


def who_could_cover(duty: Duty) -> list[Agent]:
    """Who has the skill and is free or on standby that day, the standby team first."""
    busy = Duty.objects.filter(day=duty.day, is_published=True, queue__isnull=False).values("agent")
    able = Agent.objects.filter(skills=duty.queue) if duty.queue else Agent.objects.all()
    return list(
        able.exclude(pk__in=busy).select_related("staff", "team").order_by("-team__is_standby", "staff__username")[:30]
    )


def _duties(roster: Roster, agents: Sequence[Agent], day: date) -> list[Duty]:
    return list(Duty.objects.filter(roster=roster, agent__in=agents, day=day).select_related("shift", "queue"))


def _content(duty: Duty | None) -> _Content:
    return (duty.shift, duty.later, duty.queue) if duty else (None, 0, None)


def _queue_for(roster: Roster, agent: Agent, shift: Shift | None) -> Queue | None:
    if shift is None or shift.kind == "standby":
        return None
    key = queries.first_queue(agent, roster.queues.values_list("pk", flat=True))
    return Queue.objects.get(pk=key) if key else None


def _duty(roster: Roster, agent: Agent, day: date, content: _Content) -> Duty | None:
    shift, later, queue = content
    if shift is None:
        return None
    return Duty(roster=roster, agent=agent, day=day, shift=shift, later=later, queue=queue, source=DutySource.HAND)


def _newly_broken(problem: queries.Built, agent: Agent, day: date, duty: Duty | None) -> list[str]:
    """The rules that a duty would break beside the roster's own, for a stand-in of elsewhere beside those published."""
    roster = problem.roster
    rows = Duty.objects.filter(agent=agent, day__gte=roster.first_day, day__lte=roster.last_day)
    own = rows.filter(roster=roster) if roster.teams.contains(agent.team) else rows.filter(is_published=True)
    before = list(own.select_related("shift", "queue"))
    after = [one for one in before if one.day != day] + ([duty] if duty else [])
    told = problem.newly_broken(agent, before, after)
    if duty and duty.queue is not None and duty.queue_id not in {queue.pk for queue in agent.skills.all()}:
        told.insert(0, _("%(agent)s has no skill for %(queue)s.") % {"agent": agent, "queue": duty.queue})
    return [_("%(agent)s: %(rule)s") % {"agent": agent, "rule": rule} for rule in told]


def _check_holds(roster: Roster, agents: Sequence[Agent], day: date) -> None:
    """Refuse to change a published day that a later roster has taken over."""
    keys = hold(Agent.objects.filter(pk__in=[agent.pk for agent in agents]))
    elsewhere = Duty.objects.filter(agent__in=keys, day=day, is_published=True).exclude(roster=roster)
    if duty := elsewhere.select_related("roster", "agent__staff").first():
        raise ValidationError(
            _("%(day)s of %(agent)s belongs to the roster %(roster)s. Change it there.")
            % {"day": day, "agent": duty.agent, "roster": duty.roster}
        )


def hold(agents: QuerySet[Agent]) -> list[int]:
    """Lock agents, in one order, while their published days change: of two at once one waits for the other."""
    return list(agents.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))


def give_way(roster: Roster, agents: Sequence[int], since: date) -> None:
    """Let the days that older rosters published from a day on give way to this one."""
    older = Duty.objects.filter(agent__in=agents, day__gte=since, day__lte=roster.last_day)
    older.exclude(roster=roster).update(is_published=False)


def tell(staff_ids: Sequence[int], roster: Roster, title: str, at: datetime) -> None:
    """Tell people that their shifts are published or changed."""
    url = f"{reverse('workforce:calendar')}?month={roster.first_day:%Y-%m}"
    notices.tell(staff_ids=staff_ids, kind=PUBLISHED, title=title, url=url, at=at)
