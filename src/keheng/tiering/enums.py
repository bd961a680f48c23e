"""Words of tiering."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SchemeKind(models.TextChoices):
    """Whom a scheme sorts."""

    PERSON = "person", _("Persons")
    COMPANY = "company", _("Companies")
    ANY = "any", _("All customers")


class Basis(models.TextChoices):
    """The date basis of the amounts (decision 2). The first three fall back to the balance where there is no average.

    ``MONTH_END`` reads every figure of the last month end; ``MONTHS_AVERAGE`` the mean of the last month averages.
    """

    MONTH_AVERAGE = "month_average", _("month average")
    MONTHS_AVERAGE = "months_average", _("average of several months")
    MONTH_END = "month_end", _("balance at the month end")
    BALANCE = "balance", _("balance of the day")


class Edge(models.TextChoices):
    """Which edge of a band belongs to it (decision 1: the lower)."""

    LOWER = "lower", _("lower edge in, upper edge out")
    UPPER = "upper", _("lower edge out, upper edge in")


class Period(models.TextChoices):
    """In which time a number of contacts is counted."""

    MONTH = "month", pgettext_lazy("contacts", "a month")
    QUARTER = "quarter", pgettext_lazy("contacts", "a quarter")
    HALF_YEAR = "half_year", pgettext_lazy("contacts", "half a year")
    YEAR = "year", pgettext_lazy("contacts", "a year")

    @property
    def months(self) -> int:
        return {Period.MONTH: 1, Period.QUARTER: 3, Period.HALF_YEAR: 6, Period.YEAR: 12}[self]


class Effective(models.TextChoices):
    """From when an approved move holds."""

    AT_ONCE = "at_once", pgettext_lazy("approved move", "in effect at once")
    NEXT_DAY = "next_day", pgettext_lazy("approved move", "in effect the next day")
    NEXT_MONTH = "next_month", pgettext_lazy("approved move", "in effect from the first of the next month")


class VersionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class RunState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class ProposalState(models.TextChoices):
    """What became of a move that needs approval.

    ``PENDING``: approved, in effect from a later day. ``LAPSED``: no longer due before it took effect.
    """

    OPEN = "open", pgettext_lazy("proposed move", "Waiting for approval")
    PENDING = "pending", pgettext_lazy("proposed move", "Approved, not yet in effect")
    APPROVED = "approved", pgettext_lazy("proposed move", "Approved")
    REFUSED = "refused", pgettext_lazy("proposed move", "Refused")
    RETURNED = "returned", pgettext_lazy("proposed move", "Returned")
    LAPSED = "lapsed", pgettext_lazy("proposed move", "Lapsed")


class Fate(models.TextChoices):
    """What an evaluation does with a customer whom the rules put into another tier."""

    MOVES = "moves", pgettext_lazy("tier move", "Would move")
    PROPOSED = "proposed", pgettext_lazy("tier move", "Would move once approved")
    WAITS = "waits", pgettext_lazy("tier move", "Would wait")
    STAYS = "stays", pgettext_lazy("tier move", "Kept by tolerance or minimum stay")
    PROTECTED = "protected", pgettext_lazy("tier move", "Protected")


class ProtectionState(models.TextChoices):
    """A protection counts while it is in force and its date has not passed."""

    WAITING = "waiting", pgettext_lazy("protection", "Waiting for approval")
    IN_FORCE = "in_force", pgettext_lazy("protection", "In force")
    REFUSED = "refused", pgettext_lazy("protection", "Refused")
    ENDED = "ended", pgettext_lazy("protection", "Ended")


class Direction(models.TextChoices):
    """What an evaluation did to a customer. ``LEFT``: closed, or excluded by the rules since."""

    NEW = "new", pgettext_lazy("tier move", "New")
    UP = "up", pgettext_lazy("tier move", "Up")
    DOWN = "down", pgettext_lazy("tier move", "Down")
    LEFT = "left", pgettext_lazy("tier move", "Left")
