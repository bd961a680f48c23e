"""What one version of a scheme says: tiers, doors, exclusions, rules of movement, and where each comes from."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Self

from pydantic import Field, model_validator

from keheng.tiering.enums import Basis, Edge, Effective, Period
from keheng.tiering.policies.conditions import Condition, Node

CODE = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"
PRIORITY = "priority_service"
"""The privilege of the shorter time limits (decision 13)."""

NORMAL, BIG = "normal", "big"
"""The classes of time limits that A6 names: normal business, big customers."""

LAST_COLOUR = 5
MOST_MONTHS = 12


class Band(Node):
    """A range of the scheme's metric; which edge belongs to it says ``Definition.edge`` (decision 1: the lower)."""

    lower: Decimal | None = None
    upper: Decimal | None = None


class Named(Node):
    code: str = Field(pattern=CODE, max_length=40)
    name: str = Field(min_length=1, max_length=40)
    name_en: str = Field(default="", max_length=60)


class Privilege(Named):
    """Something a tier is entitled to; other modules ask for it by its code (``priority_service``)."""


class Upkeep(Node):
    """Who maintains the customers of a tier (A3): roles of ``org``, for all of them or those a condition names.

    It decides who maintains, never who is served (decision 7).
    """

    roles: tuple[str, ...] = Field(min_length=1)
    when: Condition | None = None


class Contact(Node):
    """How often whoever maintains a customer gets in touch with them, at least (A4, decision 27)."""

    times: int = Field(ge=1, le=31)
    per: Period = Period.MONTH


class Tier(Named):
    """One tier. Entered by its band, or by a condition; with neither it takes whoever no other tier takes.

    ``sla_class`` names the class of time limits that service requests keep; left empty, big customers' where the tier
    grants priority service, else the normal one (decision 13).
    ``service_hours`` is the plan of service: hours for each customer and month. A dry run sums them.
    """

    code: str = Field(pattern=CODE, max_length=12)
    rank: int = Field(ge=0, le=99)
    colour: int = Field(ge=0, le=LAST_COLOUR)
    band: Band | None = None
    when: Condition | None = None
    privileges: tuple[Privilege, ...] = ()
    upkeep: tuple[Upkeep, ...] = ()
    contact: Contact | None = None
    sla_class: str = Field(default="", pattern=rf"{CODE}|^$", max_length=20)
    service_hours: Decimal = Field(default=Decimal(0), ge=0, le=200)

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if self.band and self.when:
            raise ValueError("a tier has a band or a condition, not both")
        return self

    @property
    def takes_the_rest(self) -> bool:
        return self.band is None and self.when is None

    def grants(self, privilege: str) -> bool:
        return any(held.code == privilege for held in self.privileges)

    @property
    def time_limits(self) -> str:
        """The class of time limits: the tier's own, else what decision 13 says."""
        return self.sla_class or (BIG if self.grants(PRIORITY) else NORMAL)

    @property
    def maintainers(self) -> tuple[str, ...]:
        """Every role that maintains some customers of the tier."""
        return tuple(dict.fromkeys(role for part in self.upkeep for role in part.roles))


class Door(Node):
    """A condition that lifts a customer to at least the tier ``to`` (decision 6)."""

    code: str = Field(pattern=CODE, max_length=40)
    to: str
    when: Condition


class Exclusion(Named):
    """Customers whom the scheme does not sort."""

    when: Condition


class Step(Node):
    """When a move takes effect: after how many month ends in a row, and whether someone must approve it."""

    month_ends: int = Field(default=1, ge=1, le=24)
    approval: bool = False


class Protection(Named):
    """Customers whom no downgrade touches while the condition holds."""

    when: Condition


class Movement(Node):
    """Decision 5: upgrades may be automatic, downgrades wait for three month ends and an approval.

    Attributes:
        hysteresis: how far below a lower edge a customer must fall before it counts, as a share of the edge.
        minimum_stay_days: days that a customer keeps a tier at least before a downgrade.
        effective: from when a move holds that somebody has approved.
    """

    upgrade: Step = Step()
    downgrade: Step = Step(month_ends=3, approval=True)
    hysteresis: Decimal = Field(default=Decimal(0), ge=0, le=Decimal("0.5"))
    minimum_stay_days: int = Field(default=0, ge=0, le=1100)
    protected: tuple[Protection, ...] = ()
    effective: Effective = Effective.AT_ONCE

    @property
    def grace_month_ends(self) -> int:
        """Month ends in a row below the tier before a downgrade."""
        return self.downgrade.month_ends


class Source(Node):
    """A requirement, document or decision that a rule rests on, and what it says."""

    ref: str
    says: str


class Definition(Node):
    """The whole content of a version. Shape is checked here, sense in :mod:`.validation`.

    ``months`` counts for the basis ``months_average`` alone. ``grants``: privileges and time limits of the tiers count
    beside those of the primary scheme, which always grants.
    """

    metric: str | None = None
    basis: Basis = Basis.MONTH_AVERAGE
    months: int = Field(default=3, ge=2, le=MOST_MONTHS)
    edge: Edge = Edge.LOWER
    tiers: tuple[Tier, ...] = Field(min_length=1)
    doors: tuple[Door, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    movement: Movement = Movement()
    grants: bool = False
    sources: tuple[Source, ...] = ()

    @property
    def ascending(self) -> tuple[Tier, ...]:
        return tuple(sorted(self.tiers, key=lambda tier: tier.rank))

    @property
    def descending(self) -> tuple[Tier, ...]:
        return self.ascending[::-1]

    def tier(self, code: str) -> Tier | None:
        return next((tier for tier in self.tiers if tier.code == code), None)

    def doors_to(self, tier: Tier) -> tuple[Door, ...]:
        return tuple(door for door in self.doors if door.to == tier.code)

    def conditions(self) -> Iterator[tuple[str, Condition]]:
        """Every condition with the code of the part that it stands in."""
        for tier in self.tiers:
            if tier.when:
                yield tier.code, tier.when
            for upkeep in tier.upkeep:
                if upkeep.when:
                    yield tier.code, upkeep.when
        for door in self.doors:
            yield door.code, door.when
        for exclusion in self.exclusions:
            yield exclusion.code, exclusion.when
        for protection in self.movement.protected:
            yield protection.code, protection.when
