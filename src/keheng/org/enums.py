"""Words of the organisation: kinds of branch, data scope, calendar days, tokens."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class BranchKind(models.TextChoices):
    """The levels of the tree: head office → branch → outlet → group (screen 15)."""

    HEAD = "head", _("Head office")
    BRANCH = "branch", pgettext_lazy("kind of branch", "Branch")
    OUTLET = "outlet", _("Outlet")
    GROUP = "group", _("Group")


class DataScope(models.TextChoices):
    """Whose customers a role sees."""

    OWN = "own", _("Own customers")
    SUBTREE = "subtree", _("Own branch and all below")
    ALL = "all", _("Everything")


class DayKind(models.TextChoices):
    """What a calendar says of a date; a date it does not name follows its weekday."""

    HOLIDAY = "holiday", _("Holiday")
    MAKE_UP = "make_up", _("Make-up working day")


class TokenState(models.TextChoices):
    """Whether a token opens."""

    VALID = "valid", _("Valid")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Revoked")
