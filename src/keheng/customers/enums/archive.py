"""Words of the archive itself: who the customer is, how they are reached, where values come from."""

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


class ArchiveClass(models.TextChoices):
    """The four classes of an archive (A1)."""

    INFORMATION = "information", _("Information")
    RISK = "risk", _("Risk assessment")
    GRADE = "grade", _("Service grade")
    CONFIDENTIALITY = "secrecy", _("Confidentiality level")


class Source(models.TextChoices):
    """Who told a value of the archive (A1). A value without a note of its own came with the feed or the opening."""

    FEED = "feed", _("Core system")
    COUNTER = "counter", _("Counter")
    MANAGER = "manager", _("Relationship manager")
    VISIT = "visit", _("Visit note")
    CUSTOMER = "customer", _("The customer")


class CustomType(models.TextChoices):
    """What a custom field holds."""

    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")
    YES_NO = "yes-no", _("Yes or no")
    ONE = "one", _("One of a list")
    SEVERAL = "several", _("Several of a list")


class SuggestionState(models.TextChoices):
    """What became of a suggested value; superseded: its source says something else now, or the archive agrees."""

    OPEN = "open", _("Undecided")
    ACCEPTED = "accepted", _("Taken over")
    REJECTED = "rejected", _("Turned down")
    SUPERSEDED = "superseded", _("Overtaken")


class ReviewOutcome(models.TextChoices):
    """How a review of an archive ended; empty while it is open."""

    CONFIRMED = "confirmed", _("Checked, nothing changed")
    UPDATED = "updated", _("Updated")
    DECLINED = "declined", _("The customer declined")
    UNREACHED = "unreached", _("Not reached")


class RuleTopic(models.TextChoices):
    """Which rules of the archive a version holds."""

    CONFIDENTIALITY = "confidentiality", _("Confidentiality rules")
    PRIVACY = "privacy", _("Privacy rules")
    REVIEWS = "reviews", _("Reviews of archives")
    COMPLETENESS = "completeness", _("Completeness rules")
    VALIDITY = "validity", _("Validity rules")
    DUPLICATES = "duplicates", _("Duplicate rules")
    INSPECTION = "inspection", _("Inspection rules")
