"""Who may see, plan, decide, and who has a calendar of their own (A13, screen 13)."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from keheng.org.enums import DataScope
from keheng.org.models import Staff
from keheng.workforce.models import Agent, Queue, Roster

VIEW, PLAN, DECIDE, OWN = "workforce.view", "workforce.plan", "workforce.decide", "workforce.own"


def can_plan(staff: Staff) -> bool:
    """Take figures in, forecast, make rosters."""
    return staff.can(PLAN)


def check_plan(staff: Staff) -> None:
    """Refuse whoever may not plan."""
    if not can_plan(staff):
        raise PermissionDenied(_("Your role may not plan the workforce; the call-centre supervisor may."))


def check_plan_queue(staff: Staff, queue: Queue) -> None:
    """Refuse whoever may not plan, or not this queue."""
    check_plan(staff)
    if staff.scope != DataScope.ALL and queue.branch_id not in staff.branch_ids:
        raise PermissionDenied(_("This queue belongs to a branch that you do not see."))


def check_plan_roster(staff: Staff, roster: Roster) -> None:
    """Refuse whoever may not plan, or not all teams of this roster."""
    check_plan(staff)
    if staff.scope != DataScope.ALL and roster.teams.exclude(branch_id__in=staff.branch_ids).exists():
        raise PermissionDenied(_("This roster holds teams of a branch that you do not see."))


def check_decide(staff: Staff, agent: Agent) -> None:
    """Refuse whoever may not decide what this agent asked for; nobody decides their own."""
    if not staff.can(DECIDE):
        raise PermissionDenied(_("Your role may not decide about leave and swaps; the call-centre supervisor may."))
    if agent.staff_id == staff.pk:
        raise PermissionDenied(_("You cannot decide what you asked for yourself; ask another supervisor."))
    if not _sees(staff, agent):
        raise PermissionDenied(_("This agent belongs to a branch that you do not see."))


def check_own(staff: Staff, agent: Agent) -> None:
    """Refuse whoever is not this agent and may not plan for the agent's branch either."""
    if agent.staff_id != staff.pk and not (can_plan(staff) and _sees(staff, agent)):
        raise PermissionDenied(_("Only the agent or a planner may do this."))


def _sees(staff: Staff, agent: Agent) -> bool:
    return staff.scope == DataScope.ALL or agent.team.branch_id in staff.branch_ids
