"""Words of the audit trail."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    """Whether the act went through."""

    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")
