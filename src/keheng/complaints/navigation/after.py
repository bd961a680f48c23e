"""The names of what mail, letters, compensation, consequences and lessons do; their kinds of approval."""

from django.utils.translation import gettext_lazy as _

from keheng.approvals import kinds
from keheng.audit import actions
from keheng.complaints import permissions
from keheng.complaints.navigation.pages import FAMILY
from keheng.complaints.operations import compensation, letters
from keheng.notices import kinds as notices
from keheng.ui.navigation import Group, NavItem, register
from keheng.ui.tabs import Tab, register_tab

actions.declare(
    {
        "complaints.set_mailbox": _("Change a mailbox for complaints"),
        "complaints.change_template": _("Change a template of letters"),
        "complaints.set_consequences": _("Put rules of consequences into force"),
        "complaints.print_sheet": _("Print a sheet of a complaint"),
        "complaints.export_register": _("Export figures about complaints for the regulator"),
    },
    details={"amount": _("amount"), "degree": _("responsibility"), "letter": _("which letter")},
)
notices.declare(
    {
        "complaints.letter": _("A reply or compensation of a complaint"),
        "complaints.conclusion": _("A conclusion about responsibility"),
        "complaints.lesson": _("A lesson from a complaint"),
    }
)
kinds.register(
    kinds.Kind(
        letters.APPROVAL, _("Reply to a complaint"), _("May this reply go to the complainant?"), rank_name=_("grade")
    )
)
kinds.register(
    kinds.Kind(
        compensation.APPROVAL,
        _("Compensation of a complaint"),
        _("May this compensation be paid?"),
        rank_name=_("grade"),
    )
)


register(
    NavItem(
        Group.SERVICE,
        _("Lessons from complaints"),
        "school",
        "complaints:lessons",
        permissions.VIEW,
        order=30,
        family=FAMILY,
    )
)
register(
    NavItem(Group.SERVICE, _("E-mail intake"), "mail", "complaints:mail", permissions.HANDLE, order=40, family=FAMILY)
)
for order, (name, label, permission) in enumerate(
    [
        ("complaints:figures", _("Figures about complaints"), permissions.VIEW),
        ("complaints:checklist", _("ISO 10002 checklist"), permissions.VIEW),
        ("complaints:register-record", _("Record of complaints"), permissions.HANDLE),
        ("complaints:register-feedback", _("Feedback register"), permissions.HANDLE),
        ("complaints:register-forms", _("Register of complaints"), permissions.HANDLE),
    ],
    start=50,
):
    register(NavItem(Group.SERVICE, label, "report", name, permission, order=order, family=FAMILY))
register_tab(Tab("complaint", "after", _("Reply and consequences"), "complaints:after-tab", permissions.VIEW, order=20))
