"""Words of the customer archive."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CustomerKind(models.TextChoices):
    PERSON = "person", _("Person")
    COMPANY = "company", _("Company")


class CustomerStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    DORMANT = "dormant", _("Dormant")
    CLOSED = "closed", _("Closed")


class Sex(models.TextChoices):
    FEMALE = "f", _("Female")
    MALE = "m", _("Male")


class IdentityKind(models.TextChoices):
    RESIDENT = "resident", _("Resident identity card")
    PASSPORT = "passport", _("Passport")
    CREDIT_CODE = "uscc", _("Unified social credit code")
    OTHER = "other", _("Other document")


class ContactKind(models.TextChoices):
    MOBILE = "mobile", _("Mobile")
    PHONE = "phone", _("Telephone")
    BACKUP = "backup", _("Backup phone")
    EMAIL = "email", _("E-mail")
    WECHAT = "wechat", _("WeChat")
    ADDRESS = "address", _("Address")


class Confidentiality(models.IntegerChoices):
    """Confidentiality level of an archive (A1, A15); 3 is the strictest."""

    ORDINARY = 1, _("Level 1")
    RESTRICTED = 2, _("Level 2")
    STRICT = 3, _("Level 3")


class FieldGroup(models.TextChoices):
    """What the fields of an archive tell; each group opens or stays closed as one."""

    BASIC = "basic", _("Basic facts")
    IDENTITY = "identity", _("Identity document")
    CONTACT = "contact", _("Contact points")
    FAMILY = "family", _("Family and relations")
    FINANCE = "finance", _("Income and assets")
    ACCOUNT = "account", _("Account numbers")
    MEDIA = "media", _("Photos and documents")
    SECRET = "secret", _("Passwords and biometrics")


class Disclosure(models.IntegerChoices):
    """How much of a field a reader is shown."""

    HIDDEN = 0, _("Hidden")
    MASKED = 1, _("Masked")
    REVEAL = 2, _("Masked, shown on request")
    OPEN = 3, _("Open to read")


class ReaderKind(models.TextChoices):
    """In what capacity somebody reads an archive; several may hold at once, the most generous counts."""

    ORDINARY = "ordinary", _("Within scope")
    RESTRICTED = "restricted", _("Cleared for level 2")
    STRICT = "strict", _("Cleared for level 3")
    OWNER = "owner", _("Owner")
    EMERGENCY = "emergency", _("Emergency access")


class RuleTopic(models.TextChoices):
    """Which rules of the archive a version holds."""

    CONFIDENTIALITY = "confidentiality", _("Confidentiality rules")
    PRIVACY = "privacy", _("Privacy rules")


class Verdict(models.TextChoices):
    """What the review of an emergency access finds."""

    JUSTIFIED = "justified", _("Justified")
    EXCESSIVE = "excessive", _("Justified, but more was read than needed")
    UNJUSTIFIED = "unjustified", _("Not justified")


class ConsentHow(models.TextChoices):
    """How a consent was given or withdrawn."""

    COUNTER = "counter", _("Form at the counter")
    APP = "app", _("App or web bank")
    PHONE = "phone", _("Recorded call")
    MESSAGE = "message", _("Reply to a message")
    OPENING = "opening", _("Account opening")


class CaseKind(models.TextChoices):
    """What a data subject may ask for (PIPL 24, 44–48)."""

    ACCESS = "access", _("Copy of the data")
    CORRECTION = "correction", _("Correction")
    DELETION = "deletion", _("Deletion")
    AUTOMATED = "automated", _("Refusal of automated decisions")
    EXPLANATION = "explanation", _("Explanation")


class CaseState(models.TextChoices):
    """Where a privacy request stands."""

    OPEN = "open", _("Being handled")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class IdentityProof(models.TextChoices):
    """How whoever asks has shown who they are."""

    DOCUMENT = "document", _("Document at the counter")
    APP = "app", _("Signed in to the app")
    PROXY = "proxy", _("Proxy with power of attorney")
    GUARDIAN = "guardian", _("Guardian")


class RiskLevel(models.TextChoices):
    """What risk remains after the measures of an impact assessment."""

    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")


class FileForm(models.TextChoices):
    """The forms of a file that is handed out."""

    PDF = "pdf", "PDF"
    XLSX = "xlsx", "Excel"
    JSON = "json", "JSON"


class HandoutState(models.TextChoices):
    """Where a file to be handed out stands."""

    ASKED = "asked", _("Waits for approval")
    QUEUED = "queued", _("Being made")
    READY = "ready", _("Ready")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("Deleted after its time")


class Industry(models.TextChoices):
    """The industries that rules tell apart (decision 25); a feed may bring others, in its own words."""

    MANUFACTURING = "manufacturing", _("Manufacturing")
    CONSTRUCTION = "construction", _("Construction")
    WHOLESALE = "wholesale", _("Wholesale")
    RETAIL = "retail", _("Retail")
    HOTEL = "hotel", _("Hotels")
    CATERING = "catering", _("Catering")
    TRANSPORT = "transport", _("Transport")
    SERVICES = "services", _("Services")
    REAL_ESTATE = "real-estate", _("Real estate")
    INTERNET = "internet", _("Internet")
    IOT = "iot", _("Internet of things")
