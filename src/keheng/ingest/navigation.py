"""Data intake's place in the navigation, and the names of its permissions."""

from django.utils.translation import gettext_lazy as _

from keheng.ingest.permissions import RUN, VIEW
from keheng.ui.navigation import Group, NavItem, register
from keheng.ui.permission_names import declare

declare({VIEW: _("See imports and their results"), RUN: _("Import files")})
register(NavItem(Group.SETTINGS, _("Data imports"), "upload", "ingest:batches", VIEW, order=10))
