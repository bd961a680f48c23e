"""Words of approvals."""

from django.db import models
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    """Where a request stands."""

    OPEN = "open", pgettext_lazy("state of a request", "Waiting for approval")
    APPROVED = "approved", pgettext_lazy("state of a request", "Approved")
    REFUSED = "refused", pgettext_lazy("state of a request", "Refused")
    RETURNED = "returned", pgettext_lazy("state of a request", "Returned")
    WITHDRAWN = "withdrawn", pgettext_lazy("state of a request", "Withdrawn")
    EXPIRED = "expired", pgettext_lazy("state of a request", "Expired")


class Act(models.TextChoices):
    """What is done to a request."""

    APPROVE = "approve", pgettext_lazy("act on a request", "Approve")
    REFUSE = "refuse", pgettext_lazy("act on a request", "Refuse")
    RETURN = "return", pgettext_lazy("act on a request", "Return")
    WITHDRAW = "withdraw", pgettext_lazy("act on a request", "Withdraw")
    RESUBMIT = "resubmit", pgettext_lazy("act on a request", "Submit again")
    ESCALATE = "escalate", pgettext_lazy("act on a request", "Escalate")
    EXPIRE = "expire", pgettext_lazy("act on a request", "Expire")
