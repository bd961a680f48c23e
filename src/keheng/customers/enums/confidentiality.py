"""Words of who is shown how much of an archive (A15, JR/T 0171-2020)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Confidentiality(models.IntegerChoices):
    """Confidentiality level of an archive (A1, A15); 3 is the strictest."""

    ORDINARY = 1, _("Level 1")
    RESTRICTED = 2, _("Level 2")
    STRICT = 3, _("Level 3")


class FieldGroup(models.TextChoices):
    """What the fields of an archive tell; each group opens or stays closed as one."""

    LISTING = "listing", _("Entry in lists")
    BASIC = "basic", _("Basic facts")
    IDENTITY = "identity", _("Identity document")
    CONTACT = "contact", _("Contact points")
    FAMILY = "family", _("Family and relations")
    FINANCE = "finance", _("Income and assets")
    ACCOUNT = "account", _("Account numbers")
    MEDIA = "media", _("Photos and documents")
    SECRET = "secret", _("Passwords and biometrics")


class FieldClass(models.TextChoices):
    """Classes of personal financial data (JR/T 0171-2020); not to be confused with the investor grades C1–C5."""

    C1 = "C1", _("C1: of use inside the institution")
    C2 = "C2", _("C2: tells who somebody is or what they own")
    C3 = "C3", _("C3: opens accounts")


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


class Verdict(models.TextChoices):
    """What the review of an emergency access finds."""

    JUSTIFIED = "justified", _("Justified")
    EXCESSIVE = "excessive", _("Justified, but more was read than needed")
    UNJUSTIFIED = "unjustified", _("Not justified")
