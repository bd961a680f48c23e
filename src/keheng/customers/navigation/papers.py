"""What the forms that complete an archive register with the frame."""

from django.utils.translation import gettext_lazy as _

from keheng.audit import actions
from keheng.customers import permissions
from keheng.ui.tabs import Tab, register_tab

actions.declare(
    {
        "customers.add_paper": _("Fill in a form of the archive"),
        "customers.change_paper": _("Change a form of the archive"),
        "customers.remove_paper": _("Remove a form of the archive"),
    }
)
register_tab(Tab("customer", "papers", _("Forms"), "archive:papers", permissions.VIEW, order=55))
