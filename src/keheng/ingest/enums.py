"""Words of data intake."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BatchState(models.TextChoices):
    """The life of a batch; legal moves stand in ``policies.MOVES``."""

    DRAFT = "draft", _("Being prepared")
    QUEUED = "queued", _("Waiting to start")
    RUNNING = "running", _("Loading")
    DONE = "done", _("Loaded")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    INTERRUPTED = "interrupted", _("Interrupted")


class Group(models.TextChoices):
    """What part of a customer a field belongs to."""

    ARCHIVE = "archive", _("Archive")
    CONTACT = "contact", _("Contact")
    COMPANY = "company", _("Company")
    FIGURES = "figures", _("Figures")
    ACCOUNT = "account", _("Account")


class Kind(models.TextChoices):
    """How the text of a cell becomes a value."""

    CODE = "code", _("Code")
    TEXT = "text", _("Text")
    CHOICE = "choice", _("Choice")
    FLAG = "flag", _("Yes or no")
    DATE = "date", _("Date")
    AMOUNT = "amount", _("Amount")
    INTEGER = "integer", _("Whole number")
    BRANCH = "branch", _("Branch code")
    STAFF = "staff", _("User name")
    DOCUMENT = "document", _("Document number")
    CONTACT = "contact", _("Contact")
    AGE = "age", _("Age")
    CZECH_BIRTH_DATE = "czech_birth_date", _("Date in a Czech birth number")
    CZECH_SEX = "czech_sex", _("Sex in a Czech birth number")
