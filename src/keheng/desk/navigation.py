"""The desk's places: in the navigation, and on the customer page."""

from django.utils.translation import gettext_lazy as _

from keheng.care.navigation.contacts import REACH
from keheng.desk import search, timeline
from keheng.notices import kinds as notices
from keheng.ui.navigation import Group, NavItem, register
from keheng.ui.search import Finder, register_finder
from keheng.ui.tabs import SideCard, Tab, register_card, register_tab
from keheng.ui.timeline import TimelineSource, register_source

notices.declare(
    {
        "approvals.asked": _("A request waits for my approval"),
        "approvals.answered": _("My request has been answered"),
        "approvals.escalated": _("An overdue request has risen to me"),
    }
)
register(NavItem(Group.TODAY, _("Workbench"), "layout-dashboard", "home", order=10))
register(NavItem(Group.TODAY, _("Today's visits"), "map-pin", "field", "care.log", order=15))
register(NavItem(REACH.group, _("Maturities"), "calendar-event", "maturing", "portfolio.view", order=10, family=REACH))
register(NavItem(Group.CUSTOMERS, _("Customers"), "users", "customers", "customers.view", order=10))

register_tab(Tab("customer", "timeline", _("Timeline"), "customer-timeline", "customers.view", order=10))
register_tab(Tab("customer", "assets", _("Assets and products"), "customer-assets", "portfolio.view", order=20))
register_tab(Tab("customer", "changes", _("Changes"), "customer-changes", "customers.view", order=900))
register_card(SideCard("customer", "next", "customer-next", "portfolio.view", order=20))
register_source(TimelineSource("customer", "archive", _("Archive"), timeline.archive_changes, order=20))
register_source(TimelineSource("customer", "reveals", _("Reveals"), timeline.reveals, "audit.view", order=30))
register_finder(Finder("customers", search.customers, "customers.view", order=10))
