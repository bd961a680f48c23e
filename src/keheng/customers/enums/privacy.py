"""Words of the desk for personal information: consents, requests, files handed out (PIPL)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
