"""What the archive registers with the frame: names of permissions and audited acts, its count per branch."""

from collections.abc import Mapping, Sequence

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from keheng.approvals import kinds
from keheng.approvals.kinds import Kind
from keheng.audit import actions
from keheng.customers import permissions
from keheng.customers.archive import history
from keheng.customers.enums import ContactKind
from keheng.customers.models import Company, ContactPoint, Customer, Person, Sheet
from keheng.customers.operations.questionnaires import QUESTIONNAIRE
from keheng.org import figures
from keheng.ui.navigation import Family, Group, NavItem, register
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
    }
)
actions.declare(
    {
        "customers.create": _("Create a customer"),
        "customers.change": _("Change an archive"),
        "customers.classify": _("Set the confidentiality level"),
        "customers.set_contact": _("Set a contact point"),
        "customers.change_contact": _("Change a contact point"),
        "customers.remove_contact": _("Remove a contact point"),
        "customers.reveal": _("Show a personal value"),
        "customers.define_field": _("Add a field to the archives"),
        "customers.change_field": _("Change a field of the archives"),
        "customers.retire_field": _("Retire a field of the archives"),
        "customers.restore_field": _("Bring a field of the archives back"),
        "customers.suggest": _("Suggest an update"),
        "customers.ask_for_review": _("Ask for an update of the archive"),
        "customers.close_review": _("Close a review of the archive"),
        "customers.assess_risk": _("Take a risk assessment"),
        "customers.draft_questionnaire": _("Draft a risk questionnaire"),
        "customers.ask_questionnaire": _("Ask to publish a risk questionnaire"),
        "customers.drop_questionnaire": _("Drop the draft of a risk questionnaire"),
        "customers.publish_questionnaire": _("Publish a risk questionnaire"),
        "customers.accept_suggestion": _("Take over a suggested value"),
        "customers.reject_suggestion": _("Turn down a suggested value"),
        "customers.assign": _("Assign customers"),
        "customers.move": _("Move customers to a branch"),
    },
    details={
        "owner": _("relationship manager"),
        "kind": _("kind"),
        "field": _("field"),
        "trigger": _("reason"),
        "grade": _("risk grade"),
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

UPKEEP = Family(Group.CUSTOMERS, _("Upkeep of archives"), "refresh", order=54)
for _label, _icon, _url_name, _order in (
    (_("Archives to update"), "refresh", "archive:review-list", 10),
    (_("Suggested updates"), "bulb", "archive:suggestion-list", 20),
    (_("Documents expiring"), "id", "archive:expiring", 30),
):
    register(NavItem(UPKEEP.group, _label, _icon, _url_name, permissions.VIEW, order=_order, family=UPKEEP))

RULES = Family(Group.SETTINGS, _("Rules and forms"), "adjustments-horizontal", order=40)
for _label, _icon, _url_name, _order in (
    (_("Custom fields"), "forms", "archive:fields", 10),
    (_("Risk questionnaires"), "clipboard-text", "archive:questionnaires", 20),
):
    register(NavItem(RULES.group, _label, _icon, _url_name, permissions.QUALITY, order=_order, family=RULES))
kinds.register(
    Kind(QUESTIONNAIRE, _("Risk questionnaire"), _("May this questionnaire grade customers from its day on?"))
)

for _model in (Customer, Person, Sheet, Company):
    history.register(_model)
history.register(ContactPoint, kinds=ContactKind, deletions=False)
history.leave_out("customers.reveal", "customers.change_contact")  # of the latter the rows tell
