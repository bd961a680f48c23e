"""Words of accounts, products and figures."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ProductKind(models.TextChoices):
    DEMAND = "demand", _("Demand deposit")
    TERM = "term", _("Term deposit")
    WEALTH = "wealth", _("Wealth product")
    FUND = "fund", _("Fund")
    INSURANCE = "insurance", _("Insurance")
    GOLD = "gold", _("Gold")
    LOAN = "loan", _("Loan")
    CARD = "card", _("Credit card")
    CUSTODY = "custody", _("Third-party custody")
    FUTURES = "futures", _("Futures")


class RiskGrade(models.TextChoices):
    """Risk grade of a product (decision 22)."""

    R1 = "R1", _("R1 low")
    R2 = "R2", _("R2 low to medium")
    R3 = "R3", _("R3 medium")
    R4 = "R4", _("R4 medium to high")
    R5 = "R5", _("R5 high")


class CardGrade(models.IntegerChoices):
    """Class of the best card a customer holds; ordered, so that a rule can ask for "at least gold"."""

    NONE = 0, _("No card")
    CLASSIC = 1, pgettext_lazy("card class", "Classic")
    GOLD = 2, pgettext_lazy("card class", "Gold")
    PLATINUM = 3, pgettext_lazy("card class", "Platinum")
    DIAMOND = 4, pgettext_lazy("card class", "Diamond")


class AccountStatus(models.TextChoices):
    OPEN = "open", _("Open")
    DORMANT = "dormant", _("Dormant")
    CLOSED = "closed", _("Closed")


class ActionKind(models.TextChoices):
    """What a holder is asked to do (A4 持仓提醒)."""

    WARRANT_EXPIRY = "warrant", _("Warrant expires")
    EXERCISE = "exercise", _("Right to exercise")
    RIGHTS_ISSUE = "rights", _("Rights issue")
    CONVERTIBLE = "convertible", _("Convertible bond")
