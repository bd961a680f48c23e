"""What agenda templates register with the frame."""

from django.utils.translation import gettext_lazy as _

from keheng.audit import actions
from keheng.care.permissions.agenda import AGENDA
from keheng.customers.navigation.archive import RULES
from keheng.ui.navigation import NavItem, register
from keheng.ui.permission_names import declare

declare({AGENDA: _("Set the agenda of the day")})
actions.declare(
    {
        "care.change_agenda": _("Change an agenda template"),
        "care.choose_agenda": _("Choose a branch's agenda"),
    },
    details={"agenda": _("agenda template")},
)
register(NavItem(RULES.group, _("Agenda of the day"), "calendar-time", "care:agendas", AGENDA, order=50, family=RULES))
