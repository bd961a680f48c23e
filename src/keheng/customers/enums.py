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
