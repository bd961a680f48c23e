"""What the lobby registers with the frame."""

from django.utils.translation import gettext_lazy as _

from keheng.audit import actions
from keheng.care.operations.lobby import ARRIVED
from keheng.care.permissions.lobby import LOBBY
from keheng.notices import kinds
from keheng.ui.navigation import Group, NavItem, register
from keheng.ui.permission_names import declare

declare({LOBBY: _("Work with the lobby's queue")})
actions.declare({"care.recognise": _("Recognise a customer in the lobby")}, details={"ticket": _("ticket")})
kinds.declare({ARRIVED: _("A customer of mine is in the lobby")})
register(NavItem(Group.TODAY, _("Lobby"), "armchair", "care:lobby", LOBBY, order=30))
