"""Words of data quality: findings, duplicates, inspections."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Severity(models.TextChoices):
    ERROR = "error", _("Error")
    WARNING = "warning", _("Warning")
    NOTE = "note", _("Note")


class FindingState(models.TextChoices):
    """A finding that a person accepts as right stays accepted."""

    OPEN = "open", pgettext_lazy("finding", "Open")
    ACCEPTED = "accepted", _("Accepted as it is")


class PairState(models.TextChoices):
    OPEN = "open", _("To be decided")
    DISMISSED = "dismissed", _("Not a duplicate")


class InspectionKind(models.TextChoices):
    WEEKLY = "weekly", _("Weekly, on Friday")
    IRREGULAR = "irregular", _("Irregular check")


class ItemState(models.TextChoices):
    """The way of an inspected archive; the transitions stand in ``policies.inspection``."""

    OPEN = "open", _("To be inspected")
    FAULTY = "faulty", _("To be put right")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", pgettext_lazy("inspection", "Closed")
