"""Words of tasks, duties and plans."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TaskKind(models.TextChoices):
    """Why there is something to do."""

    CADENCE = "cadence", _("Regular contact")
    QUOTA = "quota", _("Daily visit")
    NEW = "new", pgettext_lazy("task", "New customer")
    OCCASION = "occasion", _("Occasion")
    MESSAGES = "messages", _("Messages to send")
    FOLLOW_UP = "follow-up", _("Follow-up")
    OTHER = "other", pgettext_lazy("task", "Other")


class TaskState(models.TextChoices):
    """The way of a task; the transitions stand in ``policies.tasks``."""

    OPEN = "open", pgettext_lazy("task", "To do")
    DONE = "done", pgettext_lazy("task", "Done")
    SKIPPED = "skipped", pgettext_lazy("task", "Skipped")
    LAPSED = "lapsed", pgettext_lazy("task", "Lapsed")


class PlanState(models.TextChoices):
    """Where the planning of a day stands."""

    RUNNING = "running", pgettext_lazy("plan", "Running")
    DONE = "done", pgettext_lazy("plan", "Planned")
    FAILED = "failed", pgettext_lazy("plan", "Failed")


class MessageState(models.TextChoices):
    """The way of a drafted message; sending it belongs to whoever sends."""

    DRAFT = "draft", pgettext_lazy("message", "Draft")
    SENT = "sent", pgettext_lazy("message", "Sent")
    DROPPED = "dropped", pgettext_lazy("message", "Not sent")


class RuleTopic(models.TextChoices):
    """Which rules of care a version holds."""

    OUTCOMES = "outcomes", _("Outcome codes")
    CADENCE = "cadence", _("Contact cadence")
    OCCASIONS = "occasions", _("Occasions")
    CONTRIBUTION = "contribution", _("Contribution")
    MESSAGES = "messages", _("Message templates")
    SUPERVISION = "supervision", _("Supervision")
    QUICK_LOG = "quick_log", _("Quick log")
    LOBBY = "lobby", _("Lobby")
