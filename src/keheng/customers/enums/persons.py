"""Words of what persons are like and how they invest (A1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kinship(models.TextChoices):
    """What an emergency contact is to the customer."""

    SPOUSE = "spouse", _("Spouse")
    PARENT = "parent", _("Parent")
    CHILD = "child", _("Child")
    SIBLING = "sibling", _("Brother or sister")
    RELATIVE = "relative", _("Other relative")
    FRIEND = "friend", _("Friend")
    COLLEAGUE = "colleague", _("Colleague")


class Interest(models.TextChoices):
    """Interests that occasions and gifts are chosen by (A1: classes for precision marketing)."""

    TRAVEL = "travel", _("Travel")
    FITNESS = "fitness", _("Running and fitness")
    BALL_GAMES = "ball-games", _("Ball games")
    GOLF = "golf", _("Golf")
    HIKING = "hiking", _("Hiking")
    FISHING = "fishing", _("Fishing")
    TEA = "tea", _("Tea")
    FOOD = "food", _("Cooking and food")
    READING = "reading", _("Reading")
    CALLIGRAPHY = "calligraphy", _("Calligraphy and painting")
    COLLECTING = "collecting", _("Collecting")
    PHOTOGRAPHY = "photography", _("Photography")
    MUSIC = "music", _("Music and opera")
    DANCING = "dancing", _("Dancing")
    CHESS = "chess", _("Chess and cards")
    GARDENING = "gardening", _("Flowers and gardening")
    PETS = "pets", _("Pets")
    CARS = "cars", _("Cars")
    HEALTH = "health", _("Health care")
    PARENTING = "parenting", _("Education of children")
    CHARITY = "charity", _("Charity")


class SpendingHabit(models.TextChoices):
    """How a person spends (A1)."""

    FRUGAL = "frugal", _("Frugal")
    PLANNED = "planned", _("Planned")
    QUALITY = "quality", _("Looks for quality")
    SPONTANEOUS = "spontaneous", _("Spontaneous")
    CREDIT = "credit", _("By instalments and credit")


class Investment(models.TextChoices):
    """What a customer likes to invest in (A1, 002: 投资偏好)."""

    DEPOSITS = "deposits", _("Deposits")
    WEALTH = "wealth", _("Wealth products")
    BONDS = "bonds", _("Bonds")
    FUNDS = "funds", _("Funds")
    STOCKS = "stocks", _("Stocks")
    FUTURES = "futures", _("Futures and options")
    INSURANCE = "insurance", _("Insurance")
    GOLD = "gold", _("Gold")


class TradingHabit(models.TextChoices):
    """Whether a customer mostly trades or mostly holds (A1, 002: 交易习惯)."""

    SWING = "swing", _("Mostly short-term swings")
    HOLDING = "holding", _("Mostly holding")
    MIXED = "mixed", _("Both")


class TradingMode(models.TextChoices):
    """Where orders are given: on site, or off site by one of three ways (A1, 002: 交易方式)."""

    ON_SITE = "on-site", _("On site")
    PHONE = "phone", _("Off site, by telephone")
    ONLINE = "online", _("Off site, on the web")
    MOBILE = "mobile", _("Off site, by mobile phone")


class TradingParty(models.TextChoices):
    """Who a futures customer is: trades alone, or brings others (A2, 000: 终端、加盟、代理商). All are graded alike."""

    TERMINAL = "terminal", _("Terminal client")
    FRANCHISE = "franchise", _("Franchise")
    AGENT = "agent", pgettext_lazy("futures customer", "Agent")


class WealthContent(models.TextChoices):
    """What the customer wants to be told (A1, 002: 理财需求, content)."""

    ALERTS = "alerts", _("Basic alerts")
    RESEARCH = "research", _("Research reports")
    PICKS = "picks", _("Stock picks")


class WealthManner(models.TextChoices):
    """How the customer wants to be told it (A1, 002: 理财需求, manner)."""

    SMS = "sms", _("SMS")
    PHONE = "phone", _("Telephone")
    MAIL = "mail", _("Mail")
