"""The queue of an outlet's lobby."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class LobbyService(TextChoices):
    """What somebody has come for; the value is the letter of the ticket."""

    CASH = "A", _("Cash counter")
    OTHER = "B", _("Other counter business")
    COMPANY = "C", _("Company business")
    WEALTH = "D", _("Wealth advice")


class TicketState(TextChoices):
    WAITING = "waiting", _("Waiting")
    SERVING = "serving", _("Being served")
    SERVED = "served", _("Served")
    LEFT = "left", _("Gone")
