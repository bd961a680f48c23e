"""The choices of service requests."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(TextChoices):
    """Where a request stands; what leads from one to another: ``policies.states``."""

    WAITING = "waiting", pgettext_lazy("state of a service request", "waits for a response")
    WORKING = "working", pgettext_lazy("state of a service request", "in hand")
    PAUSED = "paused", pgettext_lazy("state of a service request", "paused")
    APPROVAL = "approval", pgettext_lazy("state of a service request", "waits for approval")
    RESOLVED = "resolved", pgettext_lazy("state of a service request", "waits for feedback")
    CLOSED = "closed", pgettext_lazy("state of a service request", "closed")
    CANCELLED = "cancelled", pgettext_lazy("state of a service request", "cancelled")
    MERGED = "merged", pgettext_lazy("state of a service request", "merged")


class Stage(TextChoices):
    """The four nodes of handling (A6)."""

    RECEPTION = "reception", _("Reception")
    ANALYSIS = "analysis", _("Need analysis")
    EXECUTION = "execution", _("Execution")
    FEEDBACK = "feedback", _("Feedback and rating")


class Channel(TextChoices):
    COUNTER = "counter", _("Counter")
    PHONE = "phone", pgettext_lazy("channel of a request", "Telephone")
    ONLINE = "online", _("Online")
    WECHAT = "wechat", pgettext_lazy("channel of a request", "WeChat")
    MAIL = "mail", pgettext_lazy("channel of a request", "E-mail")
    OUTLET = "outlet", _("Lobby")


class InviteBy(TextChoices):
    """How a customer is sent the link to rate."""

    SMS = "sms", _("SMS")
    WECHAT = "wechat", pgettext_lazy("channel of a request", "WeChat")
    MAIL = "mail", pgettext_lazy("channel of a request", "E-mail")


class ClockKind(TextChoices):
    """The clocks of a request (A6); on site only for field service."""

    RESPONSE = "response", _("Response")
    ON_SITE = "on_site", pgettext_lazy("clock", "On site")
    HANDLING = "handling", _("Handling")
    FEEDBACK = "feedback", _("Feedback")


class SlaEventKind(TextChoices):
    STARTED = "started", _("Clock started")
    MARK = "mark", _("Mark reached")
    PAUSED = "paused", _("Clock paused")
    RESUMED = "resumed", _("Clock runs on")
    RECOMPUTED = "recomputed", _("Limit computed anew")
    MET = "met", _("Within the limit")
    LATE = "late", _("Over the limit")
    DROPPED = "dropped", _("Clock dropped")


class StepKind(TextChoices):
    """What the timeline of a request tells."""

    OPENED = "opened", _("Taken in")
    CLAIMED = "claimed", _("Claimed")
    ASSIGNED = "assigned", _("Assigned")
    STAGE = "stage", _("Next step")
    CHECKED = "checked", _("Checked")
    NOTE = "note", _("Internal note")
    ATTACHED = "attached", _("Evidence added")
    PAUSED = "paused", _("Paused")
    RESUMED = "resumed", _("Resumed")
    OFFERED = "offered", _("Hand-over offered")
    ACCEPTED = "accepted", _("Hand-over accepted")
    DECLINED = "declined", _("Hand-over declined")
    ESCALATED = "escalated", _("Escalated")
    ASKED = "asked", _("Approval asked for")
    RETURNED = "returned", _("Returned by the approver")
    RESOLVED = "resolved", _("Done")
    REPLIED = "replied", _("Replied to the customer")
    INVITED = "invited", _("Asked for a rating")
    RATED = "rated", _("Rated by the customer")
    REOPENED = "reopened", _("Reopened")
    CANCELLED = "cancelled", _("Cancelled")
    MERGED = "merged", _("Merged")
    LINKED = "linked", _("Linked")
    PRIORITY = "priority", _("Priority changed")


class HandOverState(TextChoices):
    OFFERED = "offered", _("waits for acceptance")
    ACCEPTED = "accepted", pgettext_lazy("hand-over", "accepted")
    DECLINED = "declined", pgettext_lazy("hand-over", "declined")


class PenaltyKind(TextChoices):
    OVERTIME = "overtime", _("Overtime")
    ERROR = "error", _("Service error")
    CONCLUSION = "conclusion", _("Responsibility concluded")
    OFFSET = "offset", _("Offset")
    REVERSAL = "reversal", _("Reversal")


class SheetState(TextChoices):
    OPEN = "open", pgettext_lazy("penalty sheet", "open")
    LOCKED = "locked", pgettext_lazy("penalty sheet", "locked")
    SIGNED = "signed", pgettext_lazy("penalty sheet", "signed")


class AppealState(TextChoices):
    OPEN = "open", pgettext_lazy("appeal", "waits for a decision")
    UPHELD = "upheld", pgettext_lazy("appeal", "granted")
    REJECTED = "rejected", pgettext_lazy("appeal", "turned down")
