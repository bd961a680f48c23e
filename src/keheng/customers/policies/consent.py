"""What a consent must be to count, and whether a customer may be contacted (PIPL 13–16, 24, 29, 31; A1 不愿打扰)."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from keheng.customers.enums import CaseKind, ContactKind


class Basis(StrEnum):
    """What makes a purpose lawful (PIPL 13): only the first can be withdrawn."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LAW = "law"


class Anchor(StrEnum):
    """From when a retention rule counts."""

    RELATIONSHIP = "relationship"  # the end of the customer relationship
    ACCOUNT = "account"  # the closing of the last account


type Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,29}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Purpose(_Part):
    """What personal data are used for; ``version`` counts the wordings of ``text`` that people agreed to.

    ``separate``: a consent of its own, not one tick among others (PIPL 29); ``disturbs``: do-not-disturb forbids it.
    """

    code: Code
    name: str = Field(min_length=1, max_length=40)
    basis: Basis
    separate: bool = False
    disturbs: bool = True
    version: int = Field(default=1, ge=1)
    text: str = Field(min_length=1, max_length=1000)


class Channel(_Part):
    """A way to reach people; ``reaches`` is the kind of contact point that it needs."""

    code: Annotated[str, Field(pattern=r"^[a-z]{2,12}$")]
    name: str = Field(min_length=1, max_length=20)
    reaches: ContactKind


class Clock(_Part):
    """Within how many days a request is answered, and by how many it may be extended once."""

    days: int = Field(ge=1, le=365)
    extension: int = Field(ge=0, le=365)


class RetentionRule(_Part):
    """Why personal data must be kept, for how many years after the anchor; 0: only until the anchor."""

    code: Code
    name: str = Field(min_length=1, max_length=60)
    source: str = Field(min_length=1, max_length=200)
    anchor: Anchor
    years: int = Field(ge=0, le=100)


class PrivacyRules(_Part):
    """The whole topic."""

    purposes: tuple[Purpose, ...]
    channels: tuple[Channel, ...]
    guardian_below: int = Field(ge=0, le=18)
    clocks: dict[CaseKind, Clock]
    retention: tuple[RetentionRule, ...]
    copy_days: int = Field(ge=1, le=90)
    assessment_years: int = Field(ge=3, le=100)

    @model_validator(mode="after")
    def _consistent(self) -> "PrivacyRules":
        for parts in (self.purposes, self.channels, self.retention):
            codes = [part.code for part in parts]
            if len(codes) != len(set(codes)):
                raise ValueError("a code stands twice")
        if set(self.clocks) != set(CaseKind):
            raise ValueError("every kind of request needs its clock")
        return self

    def purpose(self, code: str) -> Purpose | None:
        return next((purpose for purpose in self.purposes if purpose.code == code), None)

    def channel(self, code: str) -> Channel | None:
        return next((channel for channel in self.channels if channel.code == code), None)


class Flaw(StrEnum):
    """What is wrong with a consent that is to be recorded."""

    NOT_ASKED = "not_asked"
    GUARDIAN = "guardian"
    CHANNEL = "channel"


def flaw_of_consent(
    rules: PrivacyRules, purpose: Purpose, channels: Collection[str], *, age: int | None, has_guardian: bool
) -> Flaw | None:
    """Tell what keeps a consent from counting; withdrawing (no channels) is always possible."""
    if purpose.basis is not Basis.CONSENT:
        return Flaw.NOT_ASKED
    if not channels:
        return None
    if any(rules.channel(channel) is None for channel in channels):
        return Flaw.CHANNEL
    if age is not None and age < rules.guardian_below and not has_guardian:
        return Flaw.GUARDIAN
    return None


class Obstacle(StrEnum):
    """Why a customer may not be contacted."""

    UNKNOWN = "unknown"
    CLOSED = "closed"
    DISTURBED = "disturbed"
    NO_CONSENT = "no_consent"
    UNREACHABLE = "unreachable"
    ANOTHER_DAY = "another_day"


@dataclass(frozen=True)
class Reachability:
    """What is known of one customer and one channel; ``preferred`` is ``None`` where no contact point serves it."""

    closed: bool
    do_not_disturb: bool
    consented: bool
    preferred: str | None


def obstacle(purpose: Purpose | None, channel: Channel | None, known: Reachability, today: date) -> Obstacle | None:
    """The first reason against a contact, or nothing: the weightiest first."""
    if purpose is None or channel is None:
        return Obstacle.UNKNOWN
    by_consent = purpose.basis is Basis.CONSENT
    found = {
        Obstacle.CLOSED: known.closed and by_consent,
        Obstacle.DISTURBED: known.do_not_disturb and purpose.disturbs,
        Obstacle.NO_CONSENT: by_consent and not known.consented,
        Obstacle.UNREACHABLE: known.preferred is None,
        Obstacle.ANOTHER_DAY: purpose.disturbs and not suits(known.preferred or "", today),
    }
    return next((reason for reason, holds in found.items() if holds), None)


_DAYS = "一二三四五六日"
NAMES_DAYS = "周|星期|礼拜|工作日|双休"
"""A preferred time that names days at all; other words, such as 上午 or 18:00, leave the day open."""


def words_for(today: date) -> str:
    """A pattern, for Python and PostgreSQL alike, of preferred times that fit the day: 周三, 周一至周五, 工作日."""
    day = today.weekday()
    week = "(周|星期|礼拜)"
    spans = [
        f"{week}{_DAYS[first]}(至|到|-|—|~){week}?{_last(last)}"
        for first in range(day + 1)
        for last in range(day, 7)
        if first < last
    ]
    kinds = "工作日" if day < 5 else "周末|双休"
    return "|".join([f"{week}{_last(day)}", *spans, f"{week}[一二三四五六日天、，和]*[、，和]{_last(day)}", kinds])


def suits(preferred: str, today: date) -> bool:
    """Tell whether a preferred time lets the customer be reached today: 周末 does not on a Wednesday."""
    if not re.search(NAMES_DAYS, preferred):
        return True
    return re.search(words_for(today), preferred) is not None


def _last(day: int) -> str:
    return "[日天]" if day == 6 else _DAYS[day]
