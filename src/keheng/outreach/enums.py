"""Words of events for customers: where an event stands, where a guest stands, why somebody is not invited (A4)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EventState(models.TextChoices):
    """Where an event stands; the transitions are ``policies.states.EVENTS``."""

    PLANNED = "planned", pgettext_lazy("state of an event", "In preparation")
    ASKED = "asked", pgettext_lazy("state of an event", "Budget waits for approval")
    OPEN = "open", pgettext_lazy("state of an event", "Inviting")
    HELD = "held", pgettext_lazy("state of an event", "Held")
    CLOSED = "closed", pgettext_lazy("state of an event", "Settled")
    CANCELLED = "cancelled", pgettext_lazy("state of an event", "Cancelled")


class EventAct(models.TextChoices):
    """What is done to an event."""

    ASK = "ask", pgettext_lazy("act on an event", "Ask for the budget")
    OPEN = "open", pgettext_lazy("act on an event", "Begin to invite")
    APPROVE = "approve", pgettext_lazy("act on an event", "Approve the budget")
    REFUSE = "refuse", pgettext_lazy("act on an event", "Refuse the budget")
    HOLD = "hold", pgettext_lazy("act on an event", "Finish the event")
    CLOSE = "close", pgettext_lazy("act on an event", "Settle the costs")
    CANCEL = "cancel", pgettext_lazy("act on an event", "Cancel the event")


class GuestState(models.TextChoices):
    """Where a guest stands; the transitions are ``policies.states.GUESTS``."""

    LISTED = "listed", pgettext_lazy("state of a guest", "To be invited")
    TOLD = "told", pgettext_lazy("state of a guest", "Invited")
    CONFIRMED = "confirmed", pgettext_lazy("state of a guest", "Confirmed")
    WAITING = "waiting", pgettext_lazy("state of a guest", "On the waiting list")
    DECLINED = "declined", pgettext_lazy("state of a guest", "Declined")
    CAME = "came", pgettext_lazy("state of a guest", "Came")
    ABSENT = "absent", pgettext_lazy("state of a guest", "Did not come")
    DROPPED = "dropped", pgettext_lazy("state of a guest", "Taken off the list")


class GuestAct(models.TextChoices):
    """What is done about a guest."""

    TELL = "tell", pgettext_lazy("act on a guest", "Mark as invited")
    CONFIRM = "confirm", pgettext_lazy("act on a guest", "Confirm")
    DECLINE = "decline", pgettext_lazy("act on a guest", "Declines")
    DROP = "drop", pgettext_lazy("act on a guest", "Take off the list")
    SIGN_IN = "sign-in", pgettext_lazy("act on a guest", "Sign in")
    UNDO = "undo", pgettext_lazy("act on a guest", "Take the sign-in back")


class SignedBy(models.TextChoices):
    """How a guest was recognised at the door."""

    CODE = "code", pgettext_lazy("signed in by", "QR code")
    SEARCH = "search", pgettext_lazy("signed in by", "Found by name")


class InviteBy(models.TextChoices):
    """How the owner invites; the values are channels of the contact log and of the privacy rules."""

    PHONE = "phone", _("Phone")
    WECHAT = "wechat", _("WeChat")
    SMS = "sms", _("SMS")


class Obstacle(models.TextChoices):
    """Why a customer is not invited to an event, the weightiest first."""

    INVITED = "invited", pgettext_lazy("not invited because", "Already on the list")
    CLOSED = "closed", pgettext_lazy("not invited because", "Account closed")
    KEPT_OUT = "kept-out", pgettext_lazy("not invited because", "Never to be invited")
    DISTURBED = "disturbed", pgettext_lazy("not invited because", "Do not disturb")
    COMPLAINT = "complaint", pgettext_lazy("not invited because", "Complaint not settled")
    BELOW = "below", pgettext_lazy("not invited because", "Assets below the least")
    RECENT = "recent", pgettext_lazy("not invited because", "Invited lately")
    CONSENT = "consent", pgettext_lazy("not invited because", "No consent to this channel")


class KeptOutReason(models.TextChoices):
    """Why a customer is never invited."""

    STAFF = "staff", pgettext_lazy("never invited because", "Member of staff")
    WISH = "wish", pgettext_lazy("never invited because", "The customer's wish")
    OTHER = "other", pgettext_lazy("never invited because", "Another reason")


class CostItem(models.TextChoices):
    """What an event costs money for."""

    VENUE = "venue", pgettext_lazy("cost of an event", "Venue")
    CATERING = "catering", pgettext_lazy("cost of an event", "Catering")
    GIFTS = "gifts", pgettext_lazy("cost of an event", "Gifts")
    SPEAKER = "speaker", pgettext_lazy("cost of an event", "Speaker")
    MATERIAL = "material", pgettext_lazy("cost of an event", "Material")
    TRANSPORT = "transport", pgettext_lazy("cost of an event", "Transport")
    OTHER = "other", pgettext_lazy("cost of an event", "Other")
