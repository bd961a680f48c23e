"""The tables of service requests, a file a topic."""

from keheng.service_requests.models.catalogue import CatalogueVersion
from keheng.service_requests.models.clocks import RequestClock, SlaEvent
from keheng.service_requests.models.handling import Attachment, HandOver, Link, Step
from keheng.service_requests.models.penalties import Appeal, PenaltyEntry, PenaltySheet
from keheng.service_requests.models.requests import DayNumber, ServiceRequest, ServiceRequestQuerySet

__all__ = [
    "Appeal",
    "Attachment",
    "CatalogueVersion",
    "DayNumber",
    "HandOver",
    "Link",
    "PenaltyEntry",
    "PenaltySheet",
    "RequestClock",
    "ServiceRequest",
    "ServiceRequestQuerySet",
    "SlaEvent",
    "Step",
]
