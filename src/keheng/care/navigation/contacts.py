"""What the contact log, tasks and plans register with the frame and with other modules."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.audit import actions
from keheng.care import privacy  # noqa: F401  # only registers
from keheng.care.permissions import contacts as permissions
from keheng.care.queries.contacts import on_timeline
from keheng.customers.navigation.archive import RULES
from keheng.customers.quality.unification import TableRule
from keheng.customers.quality.unification import declare as declare_unification
from keheng.notices import kinds as notices
from keheng.ui.navigation import Family, Group, NavItem, register
from keheng.ui.permission_names import declare
from keheng.ui.tabs import Tab, register_tab
from keheng.ui.timeline import TimelineSource, register_source

declare(
    {
        permissions.VIEW: _("See contacts and tasks"),
        permissions.LOG: _("Log contacts and do tasks"),
        permissions.COMPLIANCE: _("See who was not contacted, and lead the people"),
        permissions.PLAN: _("Have a day planned"),
        permissions.RULES: _("Set the rules of customer care"),
    }
)
actions.declare(
    {
        "care.log_contact": _("Log a contact"),
        "care.log_contacts": _("Log contacts with many"),
        "care.correct_contact": _("Correct a contact"),
        "care.withdraw_contact": _("Withdraw a contact"),
        "care.complete_task": _("Complete a task"),
        "care.skip_task": _("Skip a task"),
        "care.reopen_task": _("Open a task again"),
        "care.postpone_task": _("Put a task off"),
        "care.plan": _("Plan a day"),
        "care.change_rules": _("Change the rules of customer care"),
        "care.change_profile": _("Change a care profile"),
        "care.close_message": _("Close a drafted message"),
    },
    details={
        "channel": _("channel"),
        "outcome": _("outcome"),
        "event": _("event"),
        "due_on": pgettext_lazy("task", "due on"),
        "fields": _("what was changed"),
    },
)
notices.declare({"care.plan": _("The day's tasks were planned"), "care.plan_failed": _("Planning failed")})
declare_unification(
    {
        "care_duty": TableRule(on_clash="keep", volatile=("made",)),
        "care_contribution": TableRule(on_clash="keep", apart="drop", volatile=("score", "revenue", "volume", "aum")),
        "care_careprofile": TableRule(on_clash="fill"),
    }
)

register_tab(Tab("customer", "contacts", _("Contact log"), "care:contacts", permissions.VIEW, order=20))
register_source(TimelineSource("customer", "contacts", _("Contacts"), on_timeline))
REACH = Family(Group.TODAY, _("Contacts and maturities"), "phone-check", order=20)
for _label, _icon, _url_name, _permission, _order in (
    (_("Messages to send"), "message-2", "care:messages", permissions.LOG, 20),
    (_("Contacts made and missed"), "phone-check", "care:compliance", permissions.VIEW, 30),
):
    register(NavItem(REACH.group, _label, _icon, _url_name, _permission, order=_order, family=REACH))
register(
    NavItem(
        *(RULES.group, _("Rules of customer care"), "calendar-repeat", "care:rules", permissions.VIEW),
        order=40,
        family=RULES,
    )
)
