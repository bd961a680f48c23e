"""The interface in the navigation, and the name of its permission."""

from django.utils.translation import gettext_lazy as _

from keheng.api.views import USE
from keheng.ui.navigation import Family, Group, NavItem, register
from keheng.ui.permission_names import declare

declare({USE: _("Use the HTTP API with tokens")})
INTERFACES = Family(Group.SETTINGS, _("Interfaces"), "plug-connected", order=70)
register(NavItem(INTERFACES.group, _("HTTP API"), "api", "api-docs", USE, order=10, family=INTERFACES))
