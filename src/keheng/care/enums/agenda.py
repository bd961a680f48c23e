"""What a slot of the working day is for."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Activity(TextChoices):
    """What belongs into a slot of the agenda; the workbench puts the figures of the day beside it."""

    MEETING = "meeting", _("Meeting")
    PUSH = "push", _("News and pushes")
    PATROL = "patrol", _("Patrol")
    CONTACT = "contact", _("Calls and visits")
    STUDY = "study", _("Study")
    BREAK = "break", _("Break")
    REVIEW = "review", _("Review of the customer group")
    EVENING = "evening", _("Evening meeting")
    ARCHIVE = "archive", pgettext_lazy("agenda", "Archives")
