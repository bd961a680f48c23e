"""What people hand in to whoever leads them."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class DayState(TextChoices):
    """The evening summary of one person."""

    DRAFT = "draft", pgettext_lazy("report", "Draft")
    HANDED_IN = "handed-in", pgettext_lazy("report", "Handed in")
    READ = "read", pgettext_lazy("report", "Read")


class AnalysisState(TextChoices):
    """The month group analysis; the transitions stand in ``policies.analysis``."""

    DRAFT = "draft", pgettext_lazy("analysis", "To be written")
    HANDED_IN = "handed-in", pgettext_lazy("analysis", "To be reviewed")
    RETURNED = "returned", pgettext_lazy("analysis", "Returned")
    APPROVED = "approved", pgettext_lazy("analysis", "Reviewed")


class CheckKind(TextChoices):
    """How a check of the contact log came about (A4: daily supervision and periodic checks)."""

    DAILY = "daily", pgettext_lazy("check", "Daily")
    PERIODIC = "periodic", pgettext_lazy("check", "Periodic")


class CheckState(TextChoices):
    """Where one checked contact stands; the transitions stand in ``policies.checks``."""

    OPEN = "open", pgettext_lazy("check", "To be checked")
    FAULTY = "faulty", pgettext_lazy("check", "To be answered")
    ANSWERED = "answered", pgettext_lazy("check", "Answered")
    CLOSED = "closed", pgettext_lazy("check", "Closed")
