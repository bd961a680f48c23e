"""Words of ownership: who answers for a customer, how they came to it, how it passes on (A3)."""

from django.db import models
from django.utils.translation import pgettext_lazy


class Part(models.TextChoices):
    """What somebody is to a customer: the one owner, or a named part beside the owner; each part once at a time.

    ``SYSTEM`` keeps the records of a customer whose daily upkeep belongs to somebody else [004a]; ``SUPPORT`` helps an
    owner whom the customer has kept [004b2]; ``DEPARTMENT`` joins in on request.
    """

    OWNER = "owner", pgettext_lazy("part in a customer", "Owner")
    LOBBY = "lobby", pgettext_lazy("part in a customer", "Lobby manager")
    SUPERVISOR = "supervisor", pgettext_lazy("part in a customer", "Supervisor")
    OUTLET_HEAD = "outlet_head", pgettext_lazy("part in a customer", "Outlet head")
    LEADER = "leader", pgettext_lazy("part in a customer", "Leader in charge")
    DEPARTMENT = "department", pgettext_lazy("part in a customer", "Department on request")
    SUPPORT = "support", pgettext_lazy("part in a customer", "Professional support")
    SYSTEM = "system", pgettext_lazy("part in a customer", "Upkeep of the records")


class Source(models.TextChoices):
    """How a period of ownership began."""

    OPENING = "opening", pgettext_lazy("how ownership began", "First recorded")
    FEED = "feed", pgettext_lazy("how ownership began", "From the core system")
    RULE = "rule", pgettext_lazy("how ownership began", "Assigned by rule")
    ASSIGNED = "assigned", pgettext_lazy("how ownership began", "Assigned")
    ADOPTED = "adopted", pgettext_lazy("how ownership began", "Adopted")
    HANDED_OVER = "handed_over", pgettext_lazy("how ownership began", "Handed over")
    LEFT = "left", pgettext_lazy("how ownership began", "The owner left")
    CHOICE = "choice", pgettext_lazy("how ownership began", "Chosen by the customer")
    REFERRED = "referred", pgettext_lazy("how ownership began", "Referred")


class Absence(models.TextChoices):
    """Why somebody is away for a time."""

    LEAVE = "leave", pgettext_lazy("absence", "Leave")
    SICK = "sick", pgettext_lazy("absence", "Sick leave")
    TRAINING = "training", pgettext_lazy("absence", "Training")
    DUTY = "duty", pgettext_lazy("absence", "On other duty")
    GONE = "gone", pgettext_lazy("absence", "No longer signs in")


class ReferralState(models.TextChoices):
    """Where a referral 转介 stands."""

    OFFERED = "offered", pgettext_lazy("state of a referral", "Offered")
    ACCEPTED = "accepted", pgettext_lazy("state of a referral", "Accepted")
    DONE = "done", pgettext_lazy("state of a referral", "Done")
    DECLINED = "declined", pgettext_lazy("state of a referral", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("state of a referral", "Withdrawn")


class ReferralAct(models.TextChoices):
    """What is done to a referral."""

    ACCEPT = "accept", pgettext_lazy("act on a referral", "Accept")
    DECLINE = "decline", pgettext_lazy("act on a referral", "Decline")
    FINISH = "finish", pgettext_lazy("act on a referral", "Finish")
    WITHDRAW = "withdraw", pgettext_lazy("act on a referral", "Withdraw")


class HandOverState(models.TextChoices):
    """Where a hand-over 移交 stands."""

    ASKED = "asked", pgettext_lazy("state of a hand-over", "Waiting for approval")
    OFFERED = "offered", pgettext_lazy("state of a hand-over", "Waiting for acceptance")
    ACCEPTED = "accepted", pgettext_lazy("state of a hand-over", "Accepted")
    DECLINED = "declined", pgettext_lazy("state of a hand-over", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("state of a hand-over", "Withdrawn")
    REFUSED = "refused", pgettext_lazy("state of a hand-over", "Not approved")


class HandOverAct(models.TextChoices):
    """What is done to a hand-over."""

    APPROVE = "approve", pgettext_lazy("act on a hand-over", "Approve")
    REFUSE = "refuse", pgettext_lazy("act on a hand-over", "Refuse")
    ACCEPT = "accept", pgettext_lazy("act on a hand-over", "Accept")
    DECLINE = "decline", pgettext_lazy("act on a hand-over", "Decline")
    WITHDRAW = "withdraw", pgettext_lazy("act on a hand-over", "Withdraw")


class RunState(models.TextChoices):
    """Where an assignment by rule stands."""

    PREVIEW = "preview", pgettext_lazy("state of an assignment", "Preview")
    QUEUED = "queued", pgettext_lazy("state of an assignment", "Waiting")
    RUNNING = "running", pgettext_lazy("state of an assignment", "Running")
    DONE = "done", pgettext_lazy("state of an assignment", "Done")
    FAILED = "failed", pgettext_lazy("state of an assignment", "Failed")
