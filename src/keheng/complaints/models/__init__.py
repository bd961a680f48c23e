"""The tables of complaints, a file a topic."""

from keheng.complaints.models.causes import Cause, CauseCount, TermCount
from keheng.complaints.models.clocks import ClockEvent, ComplaintClock, Extension
from keheng.complaints.models.closing import ClosingTalk, InternalReview
from keheng.complaints.models.complaints import Complaint, ComplaintQuerySet, DayNumber
from keheng.complaints.models.correction import EffectCheck, Measure, PlanReview, RootCause
from keheng.complaints.models.forms import HandlingForm, Signature
from keheng.complaints.models.people import Party
from keheng.complaints.models.rules import RuleVersion
from keheng.complaints.models.steps import Attachment, Link, Step

__all__ = [
    "Attachment",
    "Cause",
    "CauseCount",
    "ClockEvent",
    "ClosingTalk",
    "Complaint",
    "ComplaintClock",
    "ComplaintQuerySet",
    "DayNumber",
    "EffectCheck",
    "Extension",
    "HandlingForm",
    "InternalReview",
    "Link",
    "Measure",
    "Party",
    "PlanReview",
    "RootCause",
    "RuleVersion",
    "Signature",
    "Step",
    "TermCount",
]
