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
    MESSAGE = "message", pgettext_lazy("step of a complaint", "Message came in")
    LETTER = "letter", _("Reply letter drafted")
    LETTER_APPROVED = "letter_ok", _("Reply letter approved")
    LETTER_DROPPED = "letter_dropped", _("Reply letter dropped")
    DELIVERED = "delivered", pgettext_lazy("step of a complaint", "Delivery recorded")
    COMPENSATED = "compensated", _("Compensation asked for")
    PAID = "paid", _("Compensation paid")
    CONCLUDED = "concluded", _("Responsibility concluded")
    LESSON = "lesson", _("Lesson published")


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


class VisitFinding(TextChoices):
    """Which side the visit found the trouble on: a fault is told from wrong use (004k 4.2)."""

    OURS = "ours", pgettext_lazy("what a visit found", "a fault of ours, or of the product")
    USE = "use", pgettext_lazy("what a visit found", "wrong use, or a misunderstanding")
    BOTH = "both", pgettext_lazy("what a visit found", "something of both")
    OPEN = "open", pgettext_lazy("what a visit found", "not clear yet")


class Outcome(TextChoices):
    """What the handling found."""

    JUSTIFIED = "justified", _("justified")
    PARTLY = "partly", _("partly justified")
    UNJUSTIFIED = "unjustified", _("not justified")


class LinkReason(TextChoices):
    SIMILAR = "similar", pgettext_lazy("link of complaints", "similar case")
    DUPLICATE = "duplicate", pgettext_lazy("link of complaints", "same matter")
    REPEATED = "repeated", pgettext_lazy("link of complaints", "repeated complaint")


class Kinship(TextChoices):
    """What two complaints have in common."""

    CAUSE = "cause", pgettext_lazy("in common", "same cause")
    PRODUCT = "product", pgettext_lazy("in common", "same product")
    UNIT = "unit", pgettext_lazy("in common", "same unit")
    WORDS = "words", pgettext_lazy("in common", "told alike")


class MailSecurity(TextChoices):
    TLS = "tls", _("TLS from the start")
    STARTTLS = "starttls", _("STARTTLS")
    NONE = "none", _("Unencrypted, within the bank's network only")


class MailOutcome(TextChoices):
    """What became of a message."""

    REGISTERED = "registered", pgettext_lazy("message", "new complaint")
    JOINED = "joined", pgettext_lazy("message", "joined its complaint")
    REFUSED = "refused", pgettext_lazy("message", "refused")


class MailRefusal(TextChoices):
    """Why a message makes no complaint."""

    TWICE = "twice", _("arrived already")
    LOOP = "loop", _("came from ourselves: mail loop")
    AUTOMATIC = "automatic", _("written by a machine or sent to a list")
    BOUNCE = "bounce", _("reports that a message of ours was not delivered")
    TOO_MANY = "too_many", _("too many messages from this sender within an hour")
    TOO_LARGE = "too_large", _("larger than the limit: only its head was taken")
    BROKEN = "broken", _("cannot be read: no sender, or not a message")


class LetterState(TextChoices):
    """Where a reply letter stands."""

    DRAFT = "draft", pgettext_lazy("letter", "draft")
    ASKED = "asked", pgettext_lazy("letter", "waits for approval")
    APPROVED = "approved", pgettext_lazy("letter", "approved")
    DROPPED = "dropped", pgettext_lazy("letter", "dropped")


class Remedy(TextChoices):
    """What the reply must name (the regulation of 2020): none may be missing."""

    REVIEW = "review", _("Internal review by the unit above")
    MEDIATION = "mediation", _("Mediation")
    ARBITRATION = "arbitration", _("Arbitration")
    SUIT = "suit", _("Suit")


class DeliveryWay(TextChoices):
    MAIL = "mail", pgettext_lazy("delivery", "E-mail")
    POST = "post", pgettext_lazy("delivery", "Post")
    HANDED = "handed", pgettext_lazy("delivery", "Handed over")


class DeliveryKind(TextChoices):
    ACKNOWLEDGEMENT = "ack", pgettext_lazy("delivery", "Confirmation of receipt")
    REPLY = "reply", pgettext_lazy("delivery", "Reply")


class DeliveryState(TextChoices):
    WAITING = "waiting", pgettext_lazy("delivery", "waits to be sent")
    SENT = "sent", pgettext_lazy("delivery", "sent")
    DELIVERED = "delivered", pgettext_lazy("delivery", "delivered")
    FAILED = "failed", pgettext_lazy("delivery", "not delivered")


class CompensationForm(TextChoices):
    REFUND = "refund", _("Refund of fees or interest")
    LOSS = "loss", _("Compensation of a loss")
    GOODWILL = "goodwill", _("Gesture of goodwill")


class CompensationState(TextChoices):
    ASKED = "asked", pgettext_lazy("compensation", "waits for approval")
    APPROVED = "approved", pgettext_lazy("compensation", "approved")
    REFUSED = "refused", pgettext_lazy("compensation", "refused")
    PAID = "paid", pgettext_lazy("compensation", "paid")


class Degree(TextChoices):
    """How far somebody answers for a complaint."""

    MAIN = "main", pgettext_lazy("responsibility", "mainly responsible")
    PARTLY = "partly", pgettext_lazy("responsibility", "partly responsible")
    LEADING = "leading", pgettext_lazy("responsibility", "responsible as leader")
    NONE = "none", pgettext_lazy("responsibility", "not responsible")


class ConclusionState(TextChoices):
    TOLD = "told", pgettext_lazy("conclusion", "may be appealed against")
    APPEALED = "appealed", pgettext_lazy("conclusion", "appealed against")
    FINAL = "final", pgettext_lazy("conclusion", "final")
    OVERTURNED = "overturned", pgettext_lazy("conclusion", "overturned")


class RiskReason(TextChoices):
    """Why a customer may leave over a complaint."""

    UNSATISFIED = "unsatisfied", pgettext_lazy("risk of leaving", "not content with the outcome")
    MAJOR = "major", pgettext_lazy("risk of leaving", "major complaint")
    REGULATOR = "regulator", pgettext_lazy("risk of leaving", "turned to the regulator")
    REPEATED = "repeated", pgettext_lazy("risk of leaving", "complains again")


class IdentityCheck(TextChoices):
    """How it was made sure who complains."""

    ARCHIVE = "archive", _("the number called from stands in the archive")
    DOCUMENT = "document", _("identity document shown")
    QUESTIONS = "questions", _("questions from the archive answered")
    SENDER = "sender", _("told by the regulator or the sender")
    NONE = "", _("not checked yet")
