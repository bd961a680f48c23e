"""What the dossier, relations and documents register with the frame."""

from django.utils.translation import gettext_lazy as _

from keheng.audit import actions
from keheng.customers import permissions
from keheng.customers.enums import CustomerKind
from keheng.customers.models import Customer
from keheng.customers.permissions.documents import REMOVE_DOCUMENTS
from keheng.ui.navigation import Family, Group, NavItem, register
from keheng.ui.permission_names import declare
from keheng.ui.tabs import Tab, register_tab

declare(
    {
        REMOVE_DOCUMENTS: _("Remove documents of customers"),
    }
)
actions.declare(
    {
        "customers.add_entry": _("Add to the dossier"),
        "customers.change_entry": _("Change the dossier"),
        "customers.remove_entry": _("Remove from the dossier"),
        "customers.record_check": _("Record a health check"),
        "customers.relate": _("Add a relation"),
        "customers.change_relation": _("Change a relation"),
        "customers.remove_relation": _("Remove a relation"),
        "customers.add_document": _("Put a document on file"),
        "customers.renew_document": _("Put a new version on file"),
        "customers.change_document": _("Change what is said of a document"),
        "customers.remove_document": _("Remove a document"),
        "customers.open_document": _("Open a document"),
    },
    details={
        "entry": _("entry"),
        "project": _("project"),
        "health": _("health"),
        "document": _("document"),
        "version": _("version"),
        "digests": _("SHA-256"),
    },
)


def _is_company(customer: Customer) -> bool:
    return customer.kind == CustomerKind.COMPANY


COMPANIES = Family(Group.CUSTOMERS, _("Companies"), "building", order=50)
for _label, _icon, _url_name, _order in (
    (_("Project library"), "building-factory-2", "archive:projects", 50),
    (_("Cooperation"), "heart-handshake", "archive:cooperation", 60),
):
    register(NavItem(COMPANIES.group, _label, _icon, _url_name, permissions.VIEW, order=_order, family=COMPANIES))
register_tab(
    Tab("customer", "dossier", _("Company dossier"), "archive:dossier", permissions.VIEW, order=30, applies=_is_company)
)
register_tab(Tab("customer", "relations", _("Relations"), "archive:relations", permissions.VIEW, order=40))
register_tab(Tab("customer", "documents", _("Documents"), "archive:documents", permissions.VIEW, order=50))
