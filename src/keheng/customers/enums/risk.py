"""Words of risk assessments and their questionnaires (decision 22)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RiskGrade(models.TextChoices):
    """How much risk a customer bears; C*n* may buy up to R*n* (decision 22)."""

    C1 = "C1", _("C1 conservative")
    C2 = "C2", _("C2 cautious")
    C3 = "C3", _("C3 balanced")
    C4 = "C4", _("C4 active")
    C5 = "C5", _("C5 aggressive")


class AssessmentChannel(models.TextChoices):
    """Where a risk assessment was taken."""

    COUNTER = "counter", _("At the counter")
    VISIT = "visit", _("At a visit")
    ONLINE = "online", _("Online")
    PAPER = "paper", _("On paper")


class DraftState(models.TextChoices):
    """What became of the draft of a questionnaire."""

    OPEN = "open", _("Draft")
    ASKED = "asked", _("Waits for a second person")
    PUBLISHED = "published", _("Published")
    DROPPED = "dropped", _("Dropped")
