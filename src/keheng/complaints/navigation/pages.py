"""The places of the pages in the frame."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from keheng.complaints import permissions
from keheng.complaints.marks import marks_of_complaints
from keheng.complaints.models import Complaint
from keheng.complaints.timeline import complaints_of
from keheng.customers.archive import marks
from keheng.customers.navigation.archive import RULES
from keheng.org.acting import acting
from keheng.ui.navigation import Family, Group, NavItem, register
from keheng.ui.tabs import Tab, register_tab
from keheng.ui.timeline import TimelineSource, register_source

FAMILY = Family(Group.SERVICE, _("Complaints"), "message-report", order=16)


def _in_hand(request: HttpRequest) -> int:
    return Complaint.objects.open().filter(handler=acting(request)).count()


register(
    NavItem(
        Group.SERVICE,
        _("Complaints"),
        "message-report",
        "complaints:list",
        permissions.VIEW,
        order=16,
        counter=_in_hand,
        family=FAMILY,
    )
)
for _label, _icon, _url_name, _order in (
    (_("Rules of complaints"), "clock-cog", "complaints:settings", 70),
    (_("Causes of complaints"), "sitemap", "complaints:causes", 80),
    (_("Mail and letters of complaints"), "mail-cog", "complaints:mail-settings", 90),
):
    register(NavItem(RULES.group, _label, _icon, _url_name, permissions.SETTINGS, order=_order, family=RULES))
register_tab(Tab("customer", "complaints", _("Complaints"), "complaints:customer-tab", permissions.VIEW, order=64))
register_source(TimelineSource("customer", "complaints", _("Complaints"), complaints_of, permissions.VIEW, order=42))
marks.register(marks.Source("complaints", marks_of_complaints, permissions.VIEW, order=20))
