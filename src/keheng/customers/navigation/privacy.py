"""What confidentiality and the desk for personal information register with the frame and with other modules."""

from django.utils.translation import gettext_lazy as _

from keheng.approvals import kinds
from keheng.approvals.kinds import Kind
from keheng.audit import actions, veils
from keheng.customers.models import ImpactAssessment
from keheng.customers.operations.handouts import APPROVAL
from keheng.customers.permissions import EMERGENCY, EXPORT, REVIEW_EMERGENCY, VIEW
from keheng.customers.permissions.privacy import CHANGE_RULES, PRIVACY
from keheng.customers.privacy.veil import veil
from keheng.notices import kinds as notices
from keheng.ui.navigation import Family, Group, NavItem, register
from keheng.ui.permission_names import declare
from keheng.ui.tabs import SideCard, Tab, register_card, register_tab

declare(
    {
        EMERGENCY: _("Open archives in an emergency"),
        REVIEW_EMERGENCY: _("Review emergency access"),
        CHANGE_RULES: _("Change confidentiality and privacy rules"),
        PRIVACY: _("Handle personal-information requests"),
    }
)
actions.declare(
    {
        "customers.change_privacy_rules": _("Change confidentiality or privacy rules"),
        "customers.emergency": _("Open an archive in an emergency"),
        "customers.end_emergency": _("End an emergency access"),
        "customers.review_emergency": _("Review an emergency access"),
        "customers.consent": _("Record a consent"),
        "customers.withdraw_consent": _("Record a withdrawn consent"),
        "customers.open_case": _("Take in a privacy request"),
        "customers.extend_case": _("Extend a privacy request"),
        "customers.answer_case": _("Answer a privacy request"),
        "customers.give_copy": _("Make a copy for a data subject"),
        "customers.anonymise": _("Make customers anonymous"),
        "customers.refuse_automated": _("Honour a refusal of automated decisions"),
        "customers.allow_automated": _("Allow automated decisions again"),
        "customers.assess_impact": _("Register an impact assessment"),
        "customers.ask_export": _("Ask for an export"),
        "customers.make_file": _("Make a file for handing out"),
        "customers.fetch_file": _("Fetch a file"),
        "customers.print": _("Print an archive"),
    },
    details={
        "minutes": _("minutes"),
        "verdict": _("verdict"),
        "purpose": _("purpose"),
        "channels": _("channels"),
        "how": _("how"),
        "personal": _("with personal values whole"),
        **{field.name: field.verbose_name for field in ImpactAssessment._meta.local_fields if field.name == "level"},
    },
)
notices.declare(
    {
        "customers.emergency": _("An archive was opened in an emergency"),
        "customers.file": _("A file that I asked for is ready"),
    }
)
veils.register("customers.customer", veil)
kinds.register(Kind(APPROVAL, _("Export of customer data"), _("May these rows leave the system as a file?")))


_FAMILY = Family(Group.CUSTOMERS, _("Privacy and confidentiality"), "shield-check", order=90)
for _order, (_label, _icon, _url_name, _permission) in enumerate(
    (
        (_("Personal information"), "shield-check", "archive:cases", PRIVACY),
        (_("Files handed out"), "file-export", "archive:handouts", EXPORT),
        (_("Emergency access"), "alert-triangle", "archive:emergency-new", EMERGENCY),
        (_("Emergency reviews"), "eye-check", "archive:emergencies", REVIEW_EMERGENCY),
        (_("Impact assessments"), "clipboard-check", "archive:assessments", PRIVACY),
        (_("Privacy rules"), "file-certificate", "archive:privacy-rules", PRIVACY),
        (_("Confidentiality"), "lock", "archive:confidentiality", VIEW),
    )
):
    register(NavItem(_FAMILY.group, _label, _icon, _url_name, _permission, order=_order, family=_FAMILY))

register_tab(Tab("customer", "consent", _("Consent"), "archive:consent-tab", VIEW, order=80))
register_card(SideCard("customer", "emergency", "archive:emergency-card", EMERGENCY, order=5))
