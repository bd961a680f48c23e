"""The places of the pages in the frame."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from keheng.customers.enums import CustomerStatus
from keheng.customers.models import Customer
from keheng.customers.navigation.archive import RULES
from keheng.org.acting import acting
from keheng.service_requests import permissions
from keheng.service_requests.models import ServiceRequest
from keheng.ui.navigation import Family, Group, NavItem, register
from keheng.ui.tabs import StripAction, Tab, register_action, register_tab

DESK = Family(Group.SERVICE, _("Service desk"), "ticket", order=10)


def _has_not_left(_request: HttpRequest, customer: Customer) -> bool:
    return customer.status != CustomerStatus.CLOSED


def _in_hand(request: HttpRequest) -> int:
    return ServiceRequest.objects.open().filter(assignee=acting(request)).count()


register(
    NavItem(
        DESK.group,
        _("Service desk"),
        "ticket",
        "service_requests:desk",
        permissions.VIEW,
        order=10,
        counter=_in_hand,
        family=DESK,
    )
)
register(
    NavItem(
        DESK.group, _("Penalty sheets"), "scale", "service_requests:sheets", permissions.VIEW, order=20, family=DESK
    )
)
register(
    NavItem(
        *(RULES.group, _("Catalogue of services"), "list-details", "service_requests:catalogue", permissions.VIEW),
        order=60,
        family=RULES,
    )
)


register_tab(
    Tab(
        "customer",
        "requests",
        _("Requests"),
        "service_requests:customer-tab",
        permissions.VIEW,
        order=60,
    )
)
register_action(
    StripAction(
        "customer",
        "request",
        _("Take in a new request"),
        "ticket",
        "service_requests:new",
        permissions.HANDLE,
        order=40,
        offered=_has_not_left,
        parameter="customer",
    )
)
