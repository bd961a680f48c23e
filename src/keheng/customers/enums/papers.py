"""Words of the forms that complete an archive (A1, 002): feedback on pushed reports, lost customers."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PushChannel(models.TextChoices):
    """How a report reached the customer (A5, 002: 资讯产品的推送)."""

    SYSTEM = "system", _("Service system")
    SMS = "sms", _("SMS")
    PHONE = "phone", _("Telephone")
    FAX = "fax", _("Fax")
    MAIL = "mail", _("Mail")
    MEETING = "meeting", _("Face to face")
    POSTER = "poster", _("Poster")
    BROADCAST = "broadcast", _("Broadcast")
    GROUP = "group", _("Chat group")


class Acceptance(models.TextChoices):
    """How far the customer took a pushed report up, as trades and holdings show (A5)."""

    TRADED = "traded", _("Traded on it")
    AGREED = "agreed", pgettext_lazy("pushed report", "Agrees")
    OPEN = "open", pgettext_lazy("pushed report", "Undecided")
    DECLINED = "declined", pgettext_lazy("pushed report", "Not accepted")


class LossCause(models.TextChoices):
    """Why a customer was lost (A8): by the institution's own fault, or for reasons outside it."""

    SUBJECTIVE = "subjective", _("Own fault: error, poor service")
    OBJECTIVE = "objective", _("Outside reason: moving and the like")
