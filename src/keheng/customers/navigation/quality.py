"""What data quality registers: its permissions and audited acts, its pages, and how rows become one in a merge."""

from django.utils.translation import gettext_lazy as _

from keheng.audit import actions
from keheng.customers import permissions
from keheng.customers.models.relations import GIVES_WAY
from keheng.customers.quality import unification
from keheng.customers.quality.unification import TableRule
from keheng.ui.navigation import Family, Group, NavItem, register
from keheng.ui.permission_names import declare
from keheng.ui.tabs import SideCard, register_card

declare(
    {
        permissions.QUALITY: _("See the quality of the data"),
        permissions.MERGE: _("Merge duplicates"),
        permissions.INSPECT: _("Inspect archives"),
        permissions.RULES: _("Set the rules of data quality"),
    }
)
actions.declare(
    {
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
        "rule": _("rule"),
        "state": _("state"),
        "outcome": _("outcome"),
        "other": _("other customer"),
        "value": _("value"),
    },
)
unification.declare(
    {
        "customers_customer": TableRule(volatile=("tier", "tier_rank", "aum", "updated_at")),
        "customers_company": TableRule(on_clash="fill"),
        "customers_person": TableRule(on_clash="fill"),
        "customers_assessment": TableRule(retire={"is_current": "false"}),
        "customers_sheet": TableRule(on_clash="fill"),
        "customers_consent": TableRule(  # the stricter of two: only what both agree to; a withdrawal holds (PIPL 15)
            combine={"channels": "array(select unnest({mine}) intersect select unnest({other}) order by 1)"},
            retire={"superseded_at": "greatest(now(), known.given_at)"},
        ),
        "customers_archivescore": TableRule(apart="drop"),
        "customers_finding": TableRule(apart="drop"),
        "customers_duplicatepair": TableRule(apart="drop"),
        "customers_crowdedkey": TableRule(apart="drop"),
        "customers_relation": TableRule(gives_way=GIVES_WAY),
    }
)
_FAMILY = Family(Group.CUSTOMERS, _("Data quality"), "checklist", order=80)
for _order, (_label, _icon, _url_name) in enumerate(
    (
        (_("Overview"), "gauge", "quality:overview"),
        (_("Completeness"), "clipboard-data", "quality:archives"),
        (_("Validity"), "alert-circle", "quality:findings"),
        (_("Duplicates"), "users-group", "quality:duplicates"),
        (_("Merged archives"), "arrows-join", "quality:merges"),
        (_("Inspection"), "zoom-check", "quality:inspections"),
        (_("Rules"), "adjustments", "quality:rules"),
    )
):
    register(NavItem(_FAMILY.group, _label, _icon, _url_name, permissions.QUALITY, order=_order, family=_FAMILY))
register_card(SideCard("customer", "completeness", "quality:card", permissions.VIEW, order=60))
