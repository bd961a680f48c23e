"""The desk's places in the navigation."""

from django.utils.translation import gettext_lazy as _

from keheng.ui.navigation import Group, NavItem, register
from keheng.ui.tabs import Tab, register_tab

register(NavItem(Group.TODAY, _("Workbench"), "layout-dashboard", "home", order=10))
register(NavItem(Group.TODAY, _("Maturities"), "calendar-event", "maturing", "portfolio.view", order=20))
register(NavItem(Group.CUSTOMERS, _("Customers"), "users", "customers", "customers.view", order=10))
register_tab(Tab("customer", "timeline", _("Timeline"), "customer-timeline", "customers.view", order=10))
register_tab(Tab("customer", "assets", _("Assets and products"), "customer-assets", "portfolio.view", order=20))
