"""The trail's place in the navigation, and the names of its permission and of what lies below it."""

from django.utils.translation import gettext_lazy as _

from keheng.audit import actions
from keheng.ui.navigation import Group, NavItem, register
from keheng.ui.permission_names import declare

declare({"audit.view": _("Read the whole audit trail")})
actions.declare(
    {"ui.export": _("Export a list"), "demo.build": _("Build the demo bank")},  # neither module can name its own
    details={"persons": _("persons"), "seed": _("seed")},
)
register(NavItem(Group.SETTINGS, _("Audit trail"), "file-search", "audit:list", "audit.view", order=80))
