"""The choices of complaints (A7)."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(TextChoices):
    """Where a complaint stands; what leads from one to another: ``policies.flow``."""

    REGISTERED = "registered", pgettext_lazy("state of a complaint", "waits for the first review")
    ROUTING = "routing", pgettext_lazy("state of a complaint", "waits for its form")
    SIGNING = "signing", pgettext_lazy("state of a complaint", "form waits for a signature")
    INVESTIGATING = "investigating", pgettext_lazy("state of a complaint", "cause and measures")
    PLAN_REVIEW = "plan_review", pgettext_lazy("state of a complaint", "plan under review")
    APPROVAL = "approval", pgettext_lazy("state of a complaint", "waits for approval")
    IMPLEMENTING = "implementing", pgettext_lazy("state of a complaint", "measures under way")
    REPLYING = "replying", pgettext_lazy("state of a complaint", "waits for the reply")
    VERIFYING = "verifying", pgettext_lazy("state of a complaint", "waits for the effectiveness check")
    CLOSING = "closing", pgettext_lazy("state of a complaint", "waits for the closing talk")
    CLOSED = "closed", pgettext_lazy("state of a complaint", "closed")
    UNDER_REVIEW = "under_review", pgettext_lazy("state of a complaint", "internal review")
    WITHDRAWN = "withdrawn", pgettext_lazy("state of a complaint", "withdrawn")
    DECLINED = "declined", pgettext_lazy("state of a complaint", "not accepted")
    JOINED = "joined", pgettext_lazy("state of a complaint", "joined to another")


class Channel(TextChoices):
    """How it came in (A7, 004e); accepted around the clock."""

    PHONE = "phone", pgettext_lazy("channel of a complaint", "Telephone")
    MAIL = "mail", pgettext_lazy("channel of a complaint", "E-mail")
    ON_SITE = "on_site", pgettext_lazy("channel of a complaint", "On site")
    WEB = "web", pgettext_lazy("channel of a complaint", "Web form")
    REGULATOR = "regulator", pgettext_lazy("channel of a complaint", "Regulator transfer")
    OTHER = "other", pgettext_lazy("channel of a complaint", "Other")


class Kind(TextChoices):
    """What it is about (A7, 004k)."""

    SERVICE = "service", _("Service behaviour")
    PROFESSIONAL = "professional", _("Professional work")
    PRODUCT = "product", _("Product quality")


class Grade(IntegerChoices):
    """How grave it is (A7, 004l); the rank that approval limits are held against."""

    MINOR = 1, pgettext_lazy("grade of a complaint", "minor")
    MAJOR = 2, pgettext_lazy("grade of a complaint", "major")


class RuleSet(TextChoices):
    """The two sets of rules that are counted side by side (decision 14)."""

    INTERNAL = "internal", _("Internal")
    REGULATORY = "regulatory", _("Regulatory")


class ClockKind(TextChoices):
    """What a clock waits for."""

    FORM = "form", pgettext_lazy("clock of a complaint", "Form issued")
    INTERIM = "interim", pgettext_lazy("clock of a complaint", "Interim measure")
    PERMANENT = "permanent", pgettext_lazy("clock of a complaint", "Permanent measure")
    REPLY = "reply", pgettext_lazy("clock of a complaint", "Reply")
    VISIT = "visit", pgettext_lazy("clock of a complaint", "Visit")
    HAND_OVER = "hand_over", pgettext_lazy("clock of a complaint", "Hand-over of the transfer")
    DECISION = "decision", pgettext_lazy("clock of a complaint", "Decision told")
    REVIEW = "review", pgettext_lazy("clock of a complaint", "Internal review")


class ClockEventKind(TextChoices):
    STARTED = "started", _("Clock started")
    MARK = "mark", _("Mark reached")
    EXTENDED = "extended", _("Limit extended")
    RECOMPUTED = "recomputed", _("Limit computed anew")
    MET = "met", _("Within the limit")
    LATE = "late", _("Over the limit")
    DROPPED = "dropped", _("Clock dropped")


class ExtensionState(TextChoices):
    ASKED = "asked", pgettext_lazy("extension", "waits for approval")
    GRANTED = "granted", pgettext_lazy("extension", "granted")
    REFUSED = "refused", pgettext_lazy("extension", "refused")


class PartyRole(TextChoices):
    """In which capacity somebody complains."""

    SELF = "self", pgettext_lazy("complainant", "the person concerned")
    PROXY = "proxy", pgettext_lazy("complainant", "proxy")
    HEIR = "heir", pgettext_lazy("complainant", "heir")
    REPRESENTATIVE = "representative", pgettext_lazy("complainant", "representative of several")


class StepKind(TextChoices):
    """What the trail of a complaint tells; a superset of the acts in ``policies.flow``."""

    REGISTERED = "registered", _("Registered")
    ACKNOWLEDGED = "acknowledged", _("Receipt confirmed")
    CLASSIFIED = "classified", _("First review done")
    RECLASSIFIED = "reclassified", _("Classified anew")
    DECLINED = "declined", _("Not accepted")
    JOINED = "joined", _("Joined to another")
    ASSIGNED = "assigned", _("Assigned")
    ISSUED = "issued", _("Form issued")
    SIGNED = "signed", _("Form signed")
    FORM_RETURNED = "form_returned", _("Form returned")
    RECEIVED = "received", _("Form received")
    SETTLED = "settled", _("Settled at once")
    VISITED = "visited", _("Customer visited")
    CONTAINED = "contained", _("Interim measure taken")
    CAUSE = "cause", _("Root cause found")
    PLANNED = "planned", _("Measure planned")
    SUBMITTED = "submitted", _("Plan submitted")
    ACCEPTED = "accepted", _("Plan accepted")
    RETURNED = "returned", _("Plan returned")
    APPROVED = "approved", _("Plan approved")
    REFUSED = "refused", _("Plan refused")
    PROVED = "proved", _("Measure carried out")
    IMPLEMENTED = "implemented", _("All measures carried out")
    REPLIED = "replied", _("Replied to the customer")
    VERIFIED = "verified", _("Effect confirmed")
    FAILED = "failed", _("Without effect")
    CLOSED = "closed", pgettext_lazy("step of a complaint", "Closed after the talk")
    WITHDRAWN = "withdrawn", _("Withdrawn by the customer")
    REOPENED = "reopened", pgettext_lazy("step of a complaint", "Reopened")
    REVIEW_ASKED = "review_asked", _("Internal review asked for")
    UPHELD = "upheld", _("Decision upheld on review")
    OVERTURNED = "overturned", _("Decision overturned on review")
    EXTENDED = "extended", _("Time limit extended")
    EXTENSION_ASKED = "ext_asked", _("Extension asked for")
    EXTENSION_REFUSED = "ext_refused", _("Extension refused")
    NOTE = "note", pgettext_lazy("step of a complaint", "Internal note")
    ATTACHED = "attached", pgettext_lazy("step of a complaint", "File added")
    LINKED = "linked", pgettext_lazy("step of a complaint", "Linked")


class SignatureRole(TextChoices):
    """Who signs a form (004l 5.2.2)."""

    ISSUER = "issuer", _("Issued by")
    APPROVER = "approver", _("Signed by")
    RECEIVER = "receiver", _("Received by")


class MeasureKind(TextChoices):
    """The measures of a complaint, as 8D has them."""

    INTERIM = "interim", _("Interim measure")
    CORRECTIVE = "corrective", _("Corrective measure")
    PREVENTIVE = "preventive", _("Preventive measure")


class Bone(TextChoices):
    """The bones of the fishbone."""

    PEOPLE = "people", pgettext_lazy("fishbone", "People")
    PROCESS = "process", _("Process")
    SYSTEM = "system", pgettext_lazy("fishbone", "Systems")
    PRODUCT = "product", pgettext_lazy("fishbone", "Product")
    ENVIRONMENT = "environment", _("Surroundings")
    MANAGEMENT = "management", _("Management")


class Outcome(TextChoices):
    """What the handling found."""

    JUSTIFIED = "justified", _("justified")
    PARTLY = "partly", _("partly justified")
    UNJUSTIFIED = "unjustified", _("not justified")


class LinkReason(TextChoices):
    SIMILAR = "similar", pgettext_lazy("link of complaints", "similar case")
    DUPLICATE = "duplicate", pgettext_lazy("link of complaints", "same matter")
    REPEATED = "repeated", pgettext_lazy("link of complaints", "repeated complaint")
