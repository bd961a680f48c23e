"""The interface in the navigation, and the name of its permission."""

from django.utils.translation import gettext_lazy as _

from keheng.api.views import USE
from keheng.ui.navigation import Group, NavItem, register
from keheng.ui.permission_names import declare

declare({USE: _("Use the HTTP API with tokens")})
register(NavItem(Group.SETTINGS, _("HTTP API"), "api", "api-docs", USE, order=70))
