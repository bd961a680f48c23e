"""Words of tiering."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SchemeKind(models.TextChoices):
    """Whom a scheme sorts."""

    PERSON = "person", _("Persons")
    COMPANY = "company", _("Companies")
    ANY = "any", _("All customers")


class Basis(models.TextChoices):
    """Which of two amounts a metric with both is read by (decision 2)."""

    MONTH_AVERAGE = "month_average", _("month average")
    BALANCE = "balance", _("balance of the day")


class VersionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class RunState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Direction(models.TextChoices):
    """What an evaluation did to a customer. ``LEFT``: closed, or excluded by the rules since."""

    NEW = "new", pgettext_lazy("tier move", "New")
    UP = "up", pgettext_lazy("tier move", "Up")
    DOWN = "down", pgettext_lazy("tier move", "Down")
    LEFT = "left", pgettext_lazy("tier move", "Left")
