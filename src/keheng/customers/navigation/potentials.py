"""What the lists of potential customers register with the frame."""

from django.utils.translation import gettext_lazy as _

from keheng.audit import actions
from keheng.customers import permissions
from keheng.ui.navigation import Group, NavItem, register

actions.declare(
    {
        "customers.open_potentials": _("Open a list of potential customers"),
        "customers.refresh_potentials": _("Work a list of potential customers out anew"),
        "customers.add_potentials": _("Add potential customers"),
        "customers.assign_potentials": _("Assign potential customers"),
        "customers.move_potential": _("Record a step of a potential customer"),
        "customers.reveal_potential": _("Show the telephone of a potential customer"),
    }
)
register(
    NavItem(Group.CUSTOMERS, _("Potential customers"), "user-search", "archive:potentials", permissions.VIEW, order=58)
)
