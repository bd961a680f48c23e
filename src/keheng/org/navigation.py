"""What the organisation registers with the frame: its pages, names of permissions and of audited acts."""

from django.utils.translation import gettext_lazy as _

from keheng.api.navigation import INTERFACES
from keheng.api.views import USE
from keheng.audit import actions
from keheng.org import permissions, search
from keheng.ui.navigation import Family, Group, NavItem, register
from keheng.ui.permission_names import declare
from keheng.ui.search import Finder, register_finder

declare({permissions.VIEW: _("View branches, staff and calendars"), permissions.MANAGE: _("Manage the organisation")})
actions.declare(
    {
        "org.sign_in": _("Sign in"),
        "org.sign_out": _("Sign out"),
        "org.change_password": _("Change one's password"),
        "org.add_second_factor": _("Add a second step of sign-in"),
        "org.remove_second_factor": _("Remove a second step of sign-in"),
        "org.renew_recovery_codes": _("Renew recovery codes"),
        "org.add_branch": _("Add a branch"),
        "org.change_branch": _("Change a branch"),
        "org.move_branch": _("Move a branch"),
        "org.close_branch": _("Close a branch"),
        "org.reopen_branch": _("Reopen a branch"),
        "org.add_staff": _("Add a member of staff"),
        "org.change_staff": _("Change a member of staff"),
        "org.deactivate_staff": _("Deactivate a member of staff"),
        "org.reactivate_staff": _("Reactivate a member of staff"),
        "org.reset_password": _("Reset a password"),
        "org.change_role": _("Change the rights of a role"),
        "org.set_day": _("Set a calendar day"),
        "org.clear_day": _("Clear a calendar day"),
        "org.import_days": _("Import calendar days"),
        "org.change_periods": _("Change the hours of service"),
        "org.make_token": _("Make an API token"),
        "org.revoke_token": _("Revoke an API token"),
        "org.rotate_keys": _("Rotate the keys of personal data"),
    },
    details={
        "branch": _("branch"),
        "role": _("role"),
        "parent": _("above"),
        "kind": _("kind"),
        "key": _("key number"),
        "years": _("years"),
        "periods": _("hours of service"),
        "days": _("days"),
    },
)
ORGANISATION = Family(Group.SETTINGS, _("Branches and people"), "sitemap", order=10)
for _label, _icon, _url_name, _order in (
    (_("Branches"), "sitemap", "org:branches", 10),
    (_("Staff"), "users-group", "org:staff", 20),
    (_("Roles"), "shield-lock", "org:roles", 30),
    (_("Sign-in rules"), "login", "org:sign-in-rules", 40),
    (_("Service calendar"), "calendar-time", "org:calendar", 60),
):
    register(NavItem(ORGANISATION.group, _label, _icon, _url_name, permissions.VIEW, _order, family=ORGANISATION))
register(NavItem(INTERFACES.group, _("API tokens"), "key", "org:tokens", USE, order=20, family=INTERFACES))
register_finder(Finder("staff", search.colleagues, permissions.VIEW, order=40))
