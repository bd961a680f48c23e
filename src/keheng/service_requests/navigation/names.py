"""The names of permissions, audited acts, notices and kinds of approval; the registries of personal data."""

from django.utils.translation import gettext_lazy as _

from keheng.approvals import kinds
from keheng.audit import actions
from keheng.notices import kinds as notices
from keheng.service_requests import copied, erased, permissions  # noqa: F401  # two only register
from keheng.service_requests.enums import StepKind
from keheng.service_requests.operations.catalogue import CATALOGUE
from keheng.service_requests.operations.closing import CLOSING
from keheng.service_requests.operations.parts import CHANGED
from keheng.service_requests.operations.ticking import MARK
from keheng.service_requests.queries.proposed import of_catalogue
from keheng.service_requests.timeline import requests_of
from keheng.ui.permission_names import declare
from keheng.ui.timeline import TimelineSource, register_source
from keheng.webhooks import kinds as webhooks

declare(
    {
        permissions.VIEW: _("See service requests"),
        permissions.HANDLE: _("Take in and handle service requests"),
        permissions.SUPERVISE: _("Supervise service requests and decide about penalties"),
        permissions.SETTINGS: _("Change the catalogue of services"),
    }
)
actions.declare(
    {
        **{f"service_requests.{kind.value}": kind.label for kind in StepKind},
        "service_requests.open_file": _("Open a file of a service request"),
        "service_requests.tick": _("Tell due limits of service requests"),
        "service_requests.propose_catalogue": _("Propose a change of the catalogue of services"),
        "service_requests.catalogue": _("Change the catalogue of services"),
        "service_requests.conclude": _("Enter a conclusion about responsibility as a penalty"),
        "service_requests.reverse": _("Reverse a penalty"),
        "service_requests.offset": _("Offset penalties"),
        "service_requests.appeal": _("Appeal against a penalty"),
        "service_requests.decide_appeal": _("Decide about an appeal"),
        "service_requests.lock": _("Lock a penalty sheet"),
        "service_requests.sign": _("Sign a penalty sheet"),
    },
    details={"business": _("business"), "points": _("points"), "stage": _("step")},
)
notices.declare(
    {
        "service_requests.clock": _("A limit of a service request runs out"),
        "service_requests.given": _("A service request is given to me"),
        "service_requests.escalated": _("A service request is escalated to me"),
        "service_requests.penalty": _("My penalties"),
        "service_requests.rules": _("A catalogue of services that was approved cannot come into force"),
    }
)
webhooks.declare(
    {
        CHANGED: _("A service request was taken in or something was done to it"),
        MARK: _("A clock of a service request has reached a mark"),
    }
)
kinds.register(kinds.Kind(CLOSING, _("Close a service request"), _("Is the request done, so that it may be closed?")))
kinds.register(
    kinds.Kind(CATALOGUE.kind, _("Catalogue of services"), _("May these rules come into force?"), evidence=of_catalogue)
)
register_source(
    TimelineSource("customer", "service_requests", _("Service requests"), requests_of, permissions.VIEW, order=40)
)
