"""What the module's records can be."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class QueueKind(TextChoices):
    CALLS = "calls", _("incoming calls")
    CHAT = "chat", _("chat")
    DEFERRABLE = "deferrable", _("work that can wait")


class EventKind(TextChoices):
    HOLIDAY = "holiday", _("holiday")
    CAMPAIGN = "campaign", _("campaign")
    OUTAGE = "outage", _("outage")
    OTHER = "other", _("other")


class MarkReason(TextChoices):
    HOLIDAY = "holiday", _("holiday")
    MAKE_UP = "make_up", _("make-up working day")
    OUTAGE = "outage", _("outage")
    CAMPAIGN = "campaign", _("campaign")
    OTHER = "other", _("planned event")
    OUTLIER = "outlier", _("statistical outlier")


class Treatment(TextChoices):
    REPLACE = "replace", _("use the expected figure")
    LEAVE_OUT = "leave_out", _("leave the day out")
    KEEP = "keep", _("keep as it was")


class RunState(TextChoices):
    """Of a forecast or a roster that the worker makes."""

    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("under way")
    DONE = "done", _("computed")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("stopped")


class Basis(TextChoices):
    HISTORY = "history", _("own history")
    BORROWED = "borrowed", _("borrowed profile")
    INTRADAY = "intraday", _("intraday")


class ShiftKind(TextChoices):
    DAY = "day", _("day shift")
    NIGHT = "night", _("night")
    STANDBY = "standby", _("standby")


class RosterState(TextChoices):
    DRAFT = "draft", _("draft")
    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("being made")
    READY = "ready", _("ready")
    PUBLISHED = "published", _("published")
    FAILED = "failed", _("failed")


class DutySource(TextChoices):
    SOLVER = "solver", _("made automatically")
    ROTA = "rota", _("group rota")
    HAND = "hand", _("by hand")
    SWAP = "swap", _("swapped")
    COVER = "cover", _("stand-in")


class WishKind(TextChoices):
    ON = "on", _("would like to work")
    OFF = "off", _("would like to be off")


class LeaveKind(TextChoices):
    ANNUAL = "annual", _("annual leave")
    SICK = "sick", _("sick leave")
    PERSONAL = "personal", _("personal leave")
    TRAINING = "training", _("training")


class AskState(TextChoices):
    """Of a leave or a swap that was asked for."""

    OFFERED = "offered", _("waits for the colleague")
    ASKED = "asked", _("waits for a decision")
    APPROVED = "approved", _("granted")
    REFUSED = "refused", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")
