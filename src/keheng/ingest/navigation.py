"""Data intake's place in the navigation, and the names of its permissions."""

from django.utils.translation import gettext_lazy as _

from keheng.audit import actions
from keheng.ingest.permissions import RUN, VIEW
from keheng.ui.navigation import Family, Group, NavItem, register
from keheng.ui.permission_names import declare

declare({VIEW: _("See imports and their results"), RUN: _("Import files")})
actions.declare(
    {
        "ingest.load": _("Load a file"),
        "ingest.cancel": _("Stop an import"),
        "ingest.rejects": _("Take away rejected rows"),
        "ingest.metrics": _("Compute metrics from movements"),
    },
    details={
        "read": _("rows read"),
        "created": _("new customers"),
        "updated": _("changed"),
        "unchanged": _("unchanged"),
        "rejected": _("rejected"),
        "accounts": _("accounts"),
        "fault": _("problem"),
        "transactions": _("movements"),
    },
)
DATA = Family(Group.SETTINGS, _("Imports and metrics"), "database-import", order=60)
register(NavItem(DATA.group, _("Data imports"), "upload", "ingest:batches", VIEW, order=10, family=DATA))
