"""What the archive registers with the frame: names of permissions and audited acts, its count per branch."""

from collections.abc import Mapping, Sequence

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from keheng.audit import actions
from keheng.customers import history, permissions, privacy_navigation, unification  # noqa: F401  # one only registers
from keheng.customers.enums import ContactKind, CustomerKind
from keheng.customers.models import Company, Customer, Person, Sheet
from keheng.customers.models.relations import GIVES_WAY
from keheng.customers.permissions.documents import REMOVE_DOCUMENTS
from keheng.customers.unification import TableRule
from keheng.org import figures
from keheng.ui.navigation import Group, NavItem, register
from keheng.ui.permission_names import declare
from keheng.ui.tabs import SideCard, Tab, register_card, register_tab

declare(
    {
        permissions.VIEW: _("View customers"),
        permissions.REVEAL: _("Show personal values whole"),
        permissions.EDIT: _("Edit customers"),
        permissions.ASSIGN: _("Assign customers"),
        permissions.CLASSIFY: _("Set confidentiality levels"),
        permissions.EXPORT: _("Export customers"),
        permissions.RESTRICTED: _("Open archives of level 2"),
        permissions.STRICT: _("Open archives of level 3"),
        REMOVE_DOCUMENTS: _("Remove documents of customers"),
        permissions.QUALITY: _("See the quality of the data"),
        permissions.MERGE: _("Merge duplicates"),
        permissions.INSPECT: _("Inspect archives"),
        permissions.RULES: _("Set the rules of data quality"),
    }
)
actions.declare(
    {
        "customers.create": _("Create a customer"),
        "customers.change": _("Change an archive"),
        "customers.classify": _("Set the confidentiality level"),
        "customers.set_contact": _("Set a contact point"),
        "customers.remove_contact": _("Remove a contact point"),
        "customers.reveal": _("Show a personal value"),
        "customers.suggest": _("Suggest an update"),
        "customers.ask_for_review": _("Ask for an update of the archive"),
        "customers.close_review": _("Close a review of the archive"),
        "customers.assess_risk": _("Take a risk assessment"),
        "customers.publish_questionnaire": _("Publish a risk questionnaire"),
        "customers.accept_suggestion": _("Take over a suggested value"),
        "customers.reject_suggestion": _("Turn down a suggested value"),
        "customers.assign": _("Assign customers"),
        "customers.move": _("Move customers to a branch"),
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
        "customers.change_rules": _("Change the rules of data quality"),
        "customers.dismiss_duplicate": _("Say that two customers are not one"),
        "customers.accept_finding": _("Let a finding stand"),
        "customers.report_contact": _("Report a wrong telephone or address"),
        "customers.draw_inspection": _("Draw archives to inspect"),
        "customers.inspection_pass": _("Inspect an archive: right"),
        "customers.inspection_fault": _("Inspect an archive: something is wrong"),
        "customers.inspection_answer": _("Answer an inspection"),
        "customers.inspection_close": _("Close an inspected archive"),
        "customers.unify": _("Merge two archives"),
        "customers.separate": _("Take a merge back"),
        "customers.reopen_duplicate": _("Ask again whether two customers are one"),
    },
    details={
        "owner": _("relationship manager"),
        "kind": _("kind"),
        "other": _("other customer"),
        "rule": _("rule"),
        "state": _("state"),
        "value": _("value"),
        "outcome": _("outcome"),
        "trigger": _("reason"),
        "grade": _("risk grade"),
        "entry": _("entry"),
        "project": _("project"),
        "health": _("health"),
        "document": _("document"),
        "version": _("version"),
        "digests": _("SHA-256"),
        **dict(ContactKind.choices),
        **{field.name: field.verbose_name for model in (Company, Person, Sheet) for field in model._meta.local_fields},
    },
)

register_tab(Tab("customer", "archive", _("Archive"), "archive:tab", permissions.VIEW, order=15))
register_card(SideCard("customer", "reviews", "archive:reviews", permissions.VIEW, order=5))


def _count(branch_ids: Sequence[int]) -> Mapping[int, int]:
    return dict(
        Customer.objects.filter(branch__in=branch_ids).order_by().values_list("branch").annotate(number=Count("pk"))
    )


figures.register("customers", figures.BranchFigure(_("Customers"), _count))
unification.declare(
    {
        "customers_customer": TableRule(volatile=("tier", "tier_rank", "aum", "updated_at")),
        "customers_company": TableRule(on_clash="fill"),
        "customers_person": TableRule(on_clash="fill"),
        "customers_assessment": TableRule(retire={"is_current": "false"}),
        "customers_sheet": TableRule(on_clash="fill"),
        "customers_archivescore": TableRule(apart="drop"),
        "customers_finding": TableRule(apart="drop"),
        "customers_duplicatepair": TableRule(apart="drop"),
        "customers_crowdedkey": TableRule(apart="drop"),
        "customers_relation": TableRule(gives_way=GIVES_WAY),
    }
)

register(
    NavItem(Group.CUSTOMERS, _("Project library"), "building-factory-2", "archive:projects", permissions.VIEW, order=50)
)
register(
    NavItem(Group.CUSTOMERS, _("Cooperation"), "heart-handshake", "archive:cooperation", permissions.VIEW, order=51)
)
register(
    NavItem(Group.CUSTOMERS, _("Archives to update"), "refresh", "archive:review-list", permissions.VIEW, order=54)
)
register(
    NavItem(Group.CUSTOMERS, _("Suggested updates"), "bulb", "archive:suggestion-list", permissions.VIEW, order=56)
)
register(NavItem(Group.CUSTOMERS, _("Documents expiring"), "id", "archive:expiring", permissions.VIEW, order=52))


def _is_company(customer: Customer) -> bool:
    return customer.kind == CustomerKind.COMPANY


register_tab(
    Tab("customer", "dossier", _("Company dossier"), "archive:dossier", permissions.VIEW, order=30, applies=_is_company)
)
register_tab(Tab("customer", "relations", _("Relations"), "archive:relations", permissions.VIEW, order=40))
register_tab(Tab("customer", "documents", _("Documents"), "archive:documents", permissions.VIEW, order=50))

for _model in (Customer, Person, Sheet, Company):
    history.register(_model)
history.leave_out("customers.reveal")
register(NavItem(Group.CUSTOMERS, _("Data quality"), "checklist", "quality:overview", permissions.QUALITY, order=80))
register_card(SideCard("customer", "completeness", "quality:card", permissions.VIEW, order=60))
