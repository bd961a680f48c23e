"""The tables of complaints, a file a topic."""

from keheng.complaints.models.causes import Cause, CauseCount, CauseVersion, TermCount
from keheng.complaints.models.clocks import ClockEvent, ComplaintClock, Extension
from keheng.complaints.models.closing import ClosingTalk, InternalReview
from keheng.complaints.models.compensation import Compensation
from keheng.complaints.models.complaints import Complaint, ComplaintQuerySet, DayNumber
from keheng.complaints.models.consequences import Conclusion, ConsequenceVersion, CustomerFlag
from keheng.complaints.models.correction import EffectCheck, Measure, PlanReview, RootCause
from keheng.complaints.models.forms import HandlingForm, Signature
from keheng.complaints.models.lessons import Lesson, LessonReading
from keheng.complaints.models.letters import Delivery, Letter, LetterTemplate
from keheng.complaints.models.mail import IncomingMail, Mailbox
from keheng.complaints.models.marks import WordMarks
from keheng.complaints.models.people import Party
from keheng.complaints.models.rules import RuleVersion
from keheng.complaints.models.steps import Attachment, Link, Step

__all__ = [
    "Attachment",
    "Cause",
    "CauseCount",
    "CauseVersion",
    "ClockEvent",
    "ClosingTalk",
    "Compensation",
    "Complaint",
    "ComplaintClock",
    "ComplaintQuerySet",
    "Conclusion",
    "ConsequenceVersion",
    "CustomerFlag",
    "DayNumber",
    "Delivery",
    "EffectCheck",
    "Extension",
    "HandlingForm",
    "IncomingMail",
    "InternalReview",
    "Lesson",
    "LessonReading",
    "Letter",
    "LetterTemplate",
    "Link",
    "Mailbox",
    "Measure",
    "Party",
    "PlanReview",
    "RootCause",
    "RuleVersion",
    "Signature",
    "Step",
    "TermCount",
    "WordMarks",
]
