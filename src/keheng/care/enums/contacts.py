"""Words of the contact log."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Channel(models.TextChoices):
    """How a customer was, or is to be, contacted (A4, 002: 沟通方式)."""

    PHONE = "phone", _("Telephone")
    VISIT = "visit", _("Visit")
    OUTLET = "outlet", _("At the outlet")
    WECHAT = "wechat", _("WeChat")
    SMS = "sms", _("SMS")
    EMAIL = "email", _("E-mail")
    VIDEO = "video", _("Video call")
    EVENT = "event", pgettext_lazy("channel", "Event")
    POST = "post", _("Letter or fax")
    QQ = "qq", "QQ"


class Direction(models.TextChoices):
    """Who sought the other."""

    OUT = "out", pgettext_lazy("contact", "Outgoing")
    IN = "in", pgettext_lazy("contact", "Incoming")


class Origin(models.TextChoices):
    """How a contact came into the log."""

    PERSON = "person", pgettext_lazy("contact", "Written by hand")
    BULK = "bulk", _("For many at once")
    API = "api", "API"


class BirthdayCalendar(models.TextChoices):
    """By which calendar a person keeps the birthday."""

    SOLAR = "solar", _("Solar calendar")
    LUNAR = "lunar", _("Lunar calendar")
    BOTH = "both", _("Both calendars")


class ExtraCare(models.TextChoices):
    """Why somebody is served with extra care (A4, 003)."""

    LITERACY = "literacy", _("Reads with difficulty")
    DISABLED = "disabled", _("Disabled")
    LAID_OFF = "laid-off", _("Laid off")
    ELDERLY = "elderly", _("Elderly")
