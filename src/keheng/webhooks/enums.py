"""The choices of webhooks."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class State(TextChoices):
    """Where a delivery stands."""

    WAITING = "waiting", pgettext_lazy("state of a delivery", "waiting")
    DELIVERED = "delivered", pgettext_lazy("state of a delivery", "delivered")
    GIVEN_UP = "given_up", pgettext_lazy("state of a delivery", "given up")
