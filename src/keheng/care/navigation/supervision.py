"""What supervision, the summaries of the day and the month group analysis register with the frame."""

from django.utils.translation import gettext_lazy as _

from keheng.audit import actions
from keheng.care.operations import analysis, checks, day, reminding, reminding_of_gaps
from keheng.care.permissions.contacts import COMPLIANCE, LOG, VIEW
from keheng.notices import kinds
from keheng.ui.navigation import Family, Group, NavItem, register

actions.declare(
    {
        "care.hand_in_day": _("Hand in the summary of the day"),
        "care.read_day": _("Read a summary of the day"),
        "care.open_analyses": _("Begin the month group analyses"),
        "care.hand_in_analysis": _("Hand in a month group analysis"),
        "care.approve_analysis": _("Review a month group analysis"),
        "care.return_analysis": _("Return a month group analysis"),
        "care.draw_check": _("Draw a check of the contact log"),
        "care.check_pass": _("Check a contact: in order"),
        "care.check_fault": _("Check a contact: something is wrong"),
        "care.check_answer": _("Answer a check"),
        "care.check_close": _("Close a checked contact"),
        "care.take_quarter": _("Take the quarterly statistics"),
    },
    details={"day": _("day")},
)
kinds.declare(
    {
        day.HANDED_IN: _("A summary of the day has been handed in"),
        day.READ: _("My summary of the day has been read"),
        analysis.DUE: _("A month group analysis is due"),
        analysis.HANDED_IN: _("A month group analysis has been handed in"),
        analysis.REVIEWED: _("My month group analysis has been reviewed"),
        checks.FOUND: _("A contact that I logged is found wanting"),
        checks.ANSWERED: _("My finding has been answered"),
        reminding.LATE: _("Tasks of mine are late"),
        reminding.ESCALATED: _("Tasks of my people are late for long"),
        reminding_of_gaps.GAPS: _("Customers of my scope have nobody who acts for them"),
        reminding_of_gaps.GAPS_ESCALATED: _("Gaps of care below me last for long"),
    }
)
_FAMILY = Family(Group.TODAY, _("Reports and supervision"), "clipboard-list", order=60)
register(NavItem(Group.TODAY, _("Team board"), "users-group", "care:team", COMPLIANCE, order=10, family=_FAMILY))
register(NavItem(Group.TODAY, _("Sum up my day"), "sunset", "care:my-day", LOG, order=20, family=_FAMILY))
register(NavItem(Group.TODAY, _("Summaries of the day"), "notes", "care:day-reports", VIEW, order=30, family=_FAMILY))
register(
    NavItem(Group.TODAY, _("Month group analyses"), "report-analytics", "care:analyses", VIEW, order=40, family=_FAMILY)
)
register(
    NavItem(
        Group.TODAY, _("Checks of the contact log"), "clipboard-check", "care:checks", VIEW, order=50, family=_FAMILY
    )
)
register(NavItem(Group.TODAY, _("Tasks"), "checklist", "care:team-tasks", COMPLIANCE, order=15, family=_FAMILY))
register(
    NavItem(
        Group.TODAY, _("Who is without care?"), "user-question", "care:oversight", COMPLIANCE, order=18, family=_FAMILY
    )
)
register(
    NavItem(Group.TODAY, _("Quarterly statistics"), "chart-bar", "care:quarter", COMPLIANCE, order=45, family=_FAMILY)
)
register(NavItem(Group.TODAY, _("Work log"), "notebook", "care:work-log", VIEW, order=25, family=_FAMILY))
