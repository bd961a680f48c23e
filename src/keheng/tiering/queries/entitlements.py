"""What a tier entitles to: other modules ask here, for one customer or for a set (A2 privileges, decision 13).

The tier is the one that lists show, of the primary scheme of the customer's kind; what it grants stands in the version
of the scheme that is in force on the date asked about. A customer is sorted by other schemes too, and decision 13 calls
big whoever is in *any* tier with priority: a scheme whose version says so (``Definition.grants``) adds its privileges
and, where the primary one knows normal business only, its class of time limits. How often a customer is contacted and
who maintains them is said by the primary scheme alone, for there is one plan and one owner.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    Field,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from keheng.customers.models import Customer
from keheng.tiering.enums import VersionState
from keheng.tiering.models import Scheme, SchemeVersion, Standing, in_language
from keheng.tiering.policies.definition import NORMAL, PRIORITY, Contact, Definition, Tier
from keheng.tiering.queries.classify import classification, rows_of
from keheng.tiering.queries.schemes import primary_scheme, rules_of, version_on

type Part = Literal["is_priority", "sla_class", "contact_times", "contact_months"]


@dataclass(frozen=True)
class Entitlements:
    """What one tier entitles to, as data.

    Attributes:
        tier: its code; empty where the customer has no tier.
        version: the version of the scheme that says so, as ``bank-retail v1``.
        beside: the tiers of other schemes that add to it, in words: 期货大客户分级 v1 钻石级.
        privileges: the names of what it grants, by code.
        maintainers: the roles that may maintain customers of the tier (A3), whatever their conditions.
        contact: how often the customer is contacted at least (A4); ``None``: no rule.
        sla_class: the class of time limits of service requests (A6).
    """

    tier: str = ""
    version: str = ""
    privileges: dict[str, str] = field(default_factory=dict)
    maintainers: tuple[str, ...] = ()
    contact: Contact | None = None
    sla_class: str = NORMAL
    beside: tuple[str, ...] = ()
    words: str = ""
    """Scheme, version and tier in the active language."""

    def grants(self, privilege: str) -> bool:
        return privilege in self.privileges

    @property
    def is_priority(self) -> bool:
        """Whether the customer is a big one for service requests (decision 13)."""
        return self.grants(PRIORITY)

    @property
    def contact_times(self) -> int:
        """Contacts in ``contact_months`` at least; 0: no rule."""
        return self.contact.times if self.contact else 0

    @property
    def contact_months(self) -> int:
        return self.contact.per.months if self.contact else 0


NOTHING = Entitlements()
_ADDED: tuple[Part, ...] = ("is_priority", "sla_class")
"""What schemes beside the primary one add to."""
_FIELDS: dict[str, Field[Any, Any]] = {
    "is_priority": BooleanField(),
    "sla_class": CharField(),
    "contact_times": IntegerField(),
    "contact_months": IntegerField(),
}


def entitlements_of(customer: Customer, on: date) -> Entitlements:
    """What the customer's tiers entitle to on a date."""
    versions, found = _in_force(on), NOTHING
    for one in versions:
        if one.scheme.is_primary and one.scheme.kind == customer.kind:
            found = one.granted_to(customer.tier) or NOTHING
    adding = {one.scheme.pk: one for one in versions if one.adds}
    standings = Standing.objects.filter(customer=customer, scheme__in=adding).values_list("scheme_id", "tier")
    held = dict(standings) if adding else {}
    for scheme, one in adding.items():
        more = one.granted_to(held.get(scheme, ""))
        if more is not None:
            found = _with(found, more)
    return found


def entitlements(on: date) -> dict[tuple[str, str], Entitlements]:
    """What every tier of the primary schemes entitles to, by kind of customer and code of the tier."""
    return _primary(_in_force(on))


def granted_by(version: SchemeVersion, tier: Tier) -> Entitlements:
    """What a tier of a version entitles to."""
    return _granted(str(version), version.scheme, version.number, tier)


@dataclass(frozen=True)
class _Version:
    """A version in force, with its scheme."""

    scheme: Scheme
    number: int
    rules: Definition

    @property
    def name(self) -> str:
        return f"{self.scheme.code} v{self.number}"

    @property
    def adds(self) -> bool:
        """Whether what it grants counts beside the primary scheme (decision 13)."""
        return self.rules.grants and not self.scheme.is_primary

    def granted(self) -> dict[str, Entitlements]:
        """What each tier grants, by its code."""
        return {tier.code: _granted(self.name, self.scheme, self.number, tier) for tier in self.rules.tiers}

    def granted_to(self, code: str) -> Entitlements | None:
        """What one tier grants; ``None`` where the version knows no such tier."""
        tier = next((tier for tier in self.rules.tiers if tier.code == code), None)
        return None if tier is None else _granted(self.name, self.scheme, self.number, tier)


def _in_force(on: date) -> list[_Version]:
    """The version in force of every scheme that has one. One query; rules stay in the process."""
    published = (
        SchemeVersion.objects.filter(valid_from__lte=on)
        .exclude(state=VersionState.DRAFT)
        .order_by("scheme__order", "scheme__code", "valid_from", "number")
    )
    newest = {one.scheme_id: one for one in published.select_related("scheme").defer("definition")}
    return [_Version(one.scheme, one.number, rules_of(one.pk)) for one in newest.values()]


def _primary(versions: Iterable[_Version]) -> dict[tuple[str, str], Entitlements]:
    """What the tiers of the primary schemes grant, by kind of customer and code."""
    return {
        (one.scheme.kind, code): granted
        for one in versions
        if one.scheme.is_primary
        for code, granted in one.granted().items()
    }


def _adding(versions: Iterable[_Version]) -> dict[int, dict[str, Entitlements]]:
    """The schemes that add to the primary one: what each tier adds, by code."""
    return {one.scheme.pk: one.granted() for one in versions if one.adds}


def _with(found: Entitlements, more: Entitlements) -> Entitlements:
    return replace(
        found,
        privileges=more.privileges | found.privileges,
        sla_class=more.sla_class if found.sla_class == NORMAL else found.sla_class,
        beside=(*found.beside, more.words),
    )


def _granted(version: str, scheme: Scheme, number: int, tier: Tier) -> Entitlements:
    return Entitlements(
        tier.code,
        version,
        {held.code: in_language(held) for held in tier.privileges},
        tier.maintainers,
        tier.contact,
        tier.time_limits,
        words=f"{in_language(scheme)} v{number} {in_language(tier)}",
    )


# -- for sets -------------------------------------------------------------------------------------------------------


def entitled(customers: "QuerySet[Customer]", privilege: str, on: date) -> "QuerySet[Customer]":
    """Those of the customers whose tiers grant a privilege: a condition on the list, nobody is looked at one by one."""
    condition = Q(pk__in=[])
    versions = _in_force(on)
    for (kind, tier), granted in _primary(versions).items():
        if granted.grants(privilege):
            condition |= Q(kind=kind, tier=tier)
    for scheme, tiers in _adding(versions).items():
        granting = [tier for tier, granted in tiers.items() if granted.grants(privilege)]
        if granting:
            condition |= Q(_stands(scheme, granting))
    return customers.filter(condition)


def _stands(scheme: int, tiers: Collection[str]) -> Exists:
    return Exists(Standing.objects.filter(scheme=scheme, customer=OuterRef("pk"), tier__in=tiers))


def entitlement(part: Part, on: date) -> Case:
    """One part of the entitlements as an expression on customers: ``annotate(sla=entitlement("sla_class", today))``.

    It reads columns of the customer; a scheme that adds costs a look at its standings, for those whom the primary
    scheme gives nothing.
    """
    nothing, versions = getattr(NOTHING, part), _in_force(on)
    arms = [
        When(kind=kind, tier=tier, then=Value(value))
        for (kind, tier), granted in _primary(versions).items()
        if (value := getattr(granted, part)) != nothing
    ]
    if part in _ADDED:
        arms += [
            When(_stands(scheme, [tier]), then=Value(value))
            for scheme, tiers in _adding(versions).items()
            for tier, granted in tiers.items()
            if (value := getattr(granted, part)) != nothing
        ]
    return Case(*arms, default=Value(nothing), output_field=_FIELDS[part])


def entitlement_rows(on: date) -> tuple[str, dict[str, Any]]:
    """What the primary schemes grant as a relation for SQL of one's own (plans of contacts), with its parameters.

    ``{sql} as granted`` has the columns ``kind, tier, is_priority, sla_class, contact_times, contact_months``; join it
    with ``customers_customer`` on kind and tier. A customer without a tier, or of one that grants nothing, has no row.
    """
    known = entitlements(on)
    columns: dict[str, list[Any]] = {
        "kind": [kind for kind, _tier in known],
        "tier": [tier for _kind, tier in known],
        **{part: [getattr(granted, part) for granted in known.values()] for part in _FIELDS},
    }
    kinds = ("text", "text", "boolean", "text", "int", "int")
    arrays = ", ".join(f"%(granted_{name})s::{kind}[]" for name, kind in zip(columns, kinds, strict=True))
    sql = f"(select * from unnest({arrays}) as one ({', '.join(columns)}))"
    return sql, {f"granted_{name}": values for name, values in columns.items()}


def maintainers(
    customers: Collection[int], *, kind: str, on: date, scheme: Scheme | None = None
) -> dict[int, tuple[str, ...]]:
    """The roles that may maintain each customer, with the conditions of the rules (A3, decision 7); one query.

    Args:
        customers: keys of customers of ``kind``.
        scheme: whose rules; by default the primary scheme of the kind.
    """
    chosen = scheme or primary_scheme(kind)
    if chosen is None:
        return {}
    found = classification(version_on(chosen, on), as_of=on, today=on, with_upkeep=True)
    sql = f"select id, {found.rules.upkeep_case} as roles from ({found.rows(only='c.id = any(%(customers)s)')}) sorted"
    rows = rows_of(sql, {**found.params, "customers": list(customers)})
    return {row["id"]: tuple(dict.fromkeys(row["roles"])) for row in rows}
