"""Occasions to be in touch: what they are, who acts, when and how (A4): one row of rules each."""

from calendar import monthrange
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from keheng.care.enums.contacts import Channel
from keheng.care.policies.cadence import Role
from keheng.care.policies.outcomes import Code, Part
from keheng.care.policies.priority import Percent

OWNER = "owner"
_COMMON_YEAR = 2001


class Trigger(StrEnum):
    """What makes an occasion."""

    BIRTHDAY = "birthday"
    OPENING = "opening"
    WEDDING = "wedding"
    FESTIVAL = "festival"
    MATURITY = "maturity"
    MOVEMENT = "movement"
    CORPORATE_ACTION = "corporate-action"
    RISK_EXPIRY = "risk-expiry"
    ARCHIVE_GAP = "archive-gap"
    TIER_UP = "tier-up"
    TIER_DOWN = "tier-down"
    COMPLAINT_CLOSED = "complaint-closed"


TOLD = frozenset({Trigger.COMPLAINT_CLOSED})
"""What modules above tell of when it happens, with the day by which somebody acts; planning does not look for it."""


class Festival(Part):
    """A festival on a day of the solar or the lunar calendar; day 0: the last of the month (除夕)."""

    code: Code
    name: str = Field(min_length=1, max_length=20)
    lunar: bool = False
    month: int = Field(ge=1, le=12)
    day: int = Field(ge=0, le=31)

    @model_validator(mode="after")
    def _comes_every_year(self) -> Self:
        if self.day > (30 if self.lunar else monthrange(_COMMON_YEAR, self.month)[1]):
            raise ValueError(_("this month does not have such a day every year"))
        return self


class OccasionRule(Part):
    """Who does what, how many days before: visit, call or a message drafted from a template.

    ``days``: so many days before the day (after it, for what has happened: movements, moves); several make as many
    stages. ``contribution_from``: customers of at least such a contribution (decision 20) are meant too, whatever their
    AUM; ``contribution_below``: those of such a contribution are left to another rule. ``who``: ``owner`` or roles,
    each the nearest above the customer; several act jointly.
    """

    code: Code
    name: str = Field(min_length=1, max_length=60)
    source: str = Field(min_length=1, max_length=120)
    enabled: bool = True
    trigger: Trigger
    days: tuple[Annotated[int, Field(ge=0, le=120)], ...] = (0,)
    aum_from: Decimal | None = Field(default=None, ge=0)
    aum_below: Decimal | None = Field(default=None, gt=0)
    contribution_from: Percent | None = None
    contribution_below: Percent | None = None
    least: Decimal = Field(default=Decimal(0), ge=0)
    who: tuple[Role, ...] = (OWNER,)
    channel: Channel = Channel.PHONE
    template: str = ""
    festivals: tuple[str, ...] = ()
    contacted_within_days: int = Field(default=0, ge=0, le=800)
    purpose: str = "care"
    urgency: Percent = 60

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.aum_from is not None and self.aum_below is not None and self.aum_from >= self.aum_below:
            raise ValueError(_("the band ends before it begins"))
        if not self.days or not self.who:
            raise ValueError(_("somebody acts on some day"))
        if self.trigger == Trigger.FESTIVAL and not self.festivals:
            raise ValueError(_("a greeting on a festival names which"))
        return self


class OccasionRules(Part):
    """All occasions, and the festivals they name."""

    rules: tuple[OccasionRule, ...]
    festivals: tuple[Festival, ...]

    @model_validator(mode="after")
    def _known(self) -> Self:
        if len({rule.code for rule in self.rules}) < len(self.rules):
            raise ValueError("each code once")
        named = {festival.code for festival in self.festivals}
        if unknown := {code for rule in self.rules for code in rule.festivals} - named:
            raise ValueError(f"unknown festivals: {', '.join(sorted(unknown))}")
        return self

    def name_of(self, code: str) -> str:
        """The name of a rule; a code that the rules no longer know stands for itself."""
        return next((rule.name for rule in self.rules if rule.code == code), code)


class Template(Part):
    """The words of a message, to be filled in: ``{name}``, ``{sir}``, ``{manager}``, ``{branch}``; for festivals
    ``{day}``, for invitations ``{event}``, ``{time}``, ``{place}``."""

    code: Code
    name: str = Field(min_length=1, max_length=40)
    text: str = Field(min_length=1, max_length=500)


class MessageRules(Part):
    """The templates of messages."""

    templates: tuple[Template, ...]

    def template(self, code: str) -> Template | None:
        """The template of a code."""
        return next((template for template in self.templates if template.code == code), None)


def fill(template: Template, fields: dict[str, str]) -> str:
    """The words of a message; a field that nobody knows stays as it is written."""
    text = template.text
    for name, value in fields.items():
        text = text.replace(f"{{{name}}}", value)
    return text
