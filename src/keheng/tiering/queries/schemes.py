"""Schemes, the version in force on a date, and what tiers are called."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from django.utils.translation import gettext as _

from keheng.customers.models import Customer
from keheng.tiering.enums import VersionState
from keheng.tiering.errors import TieringError
from keheng.tiering.models import Scheme, SchemeVersion, in_language
from keheng.tiering.policies.definition import Definition, Tier


def scheme_named(code: str) -> Scheme:
    """Find a scheme by its code.

    Raises:
        TieringError: there is none; the sentence lists the schemes.
    """
    found = Scheme.objects.filter(code=code).first()
    if found is None:
        known = ", ".join(Scheme.objects.values_list("code", flat=True)) or "-"
        raise TieringError(_("There is no tier scheme {code}. Known are: {known}.").format(code=code, known=known))
    return found


def version_on(scheme: Scheme, day: date) -> SchemeVersion:
    """The published version in force on a date.

    Raises:
        TieringError: none was in force yet.
    """
    published = scheme.versions.exclude(state=VersionState.DRAFT).order_by("-valid_from", "-number")
    found = published.filter(valid_from__lte=day).first()
    if found is None:
        first = published.last()
        if first is None:
            raise TieringError(_("{scheme} has no published version.").format(scheme=scheme.code))
        raise TieringError(
            _("{scheme} had no version in force on {day}; the first is valid from {first}.").format(
                scheme=scheme.code, day=day, first=first.valid_from
            )
        )
    found.scheme = scheme
    return found


def latest_published(scheme: Scheme) -> SchemeVersion | None:
    """The published version that begins last, whether in force yet or not."""
    return scheme.versions.exclude(state=VersionState.DRAFT).order_by("-valid_from", "-number").first()


def version_numbered(scheme: Scheme, number: str) -> SchemeVersion:
    """A version by its number; ``draft`` means the newest draft.

    Raises:
        TieringError: there is none; the sentence lists what there is.
    """
    versions = scheme.versions.select_related("scheme")
    found = None
    if number == "draft":
        found = versions.filter(state=VersionState.DRAFT).order_by("-number").first()
    elif number.isdecimal():
        found = versions.filter(number=int(number)).first()
    if found is None:
        known = ", ".join(f"v{one.number} {one.get_state_display()}" for one in versions) or "-"
        raise TieringError(
            _("{scheme} has no version {number}. There are: {known}.").format(
                scheme=scheme.code, number=number, known=known
            )
        )
    return found


def primary_scheme(kind: str) -> Scheme | None:
    """The scheme whose tier customers of ``kind`` show."""
    return Scheme.objects.filter(is_primary=True, kind=kind).first()


@dataclass(frozen=True)
class TierLabel:
    """What a badge shows of a tier: its name in the active language, its step of the colour ramp, its rank."""

    code: str
    name: str
    step: int
    rank: int = 0

    @property
    def tone(self) -> str:
        """The colour of the tier's bars."""
        return f"t{self.step}"


@cache
def rules_of(version_id: int) -> Definition:
    """The rules of a published version; they never change, so a process parses them once."""
    return SchemeVersion.objects.get(pk=version_id).rules


def definitions_of(scheme: Scheme) -> list[Definition]:
    """The published definitions of a scheme, newest first: old runs may name tiers that the newest lacks."""
    published = scheme.versions.exclude(state=VersionState.DRAFT).order_by("-number")
    return [rules_of(pk) for pk in published.values_list("pk", flat=True)]


def labels_of(scheme: Scheme) -> dict[str, TierLabel]:
    """The tiers of a scheme by code, best first."""
    return _labels(definitions_of(scheme))


def tier_definitions(kind: str) -> dict[str, TierLabel]:
    """The tiers that customers of ``kind`` show, by code, best first. One query; parsing is kept in the process."""
    published = (
        SchemeVersion.objects.filter(scheme__is_primary=True, scheme__kind=kind)
        .exclude(state=VersionState.DRAFT)
        .order_by("-number")
    )
    return _labels([rules_of(pk) for pk in published.values_list("pk", flat=True)])


def tiers_by_kind() -> dict[str, dict[str, TierLabel]]:
    """:func:`tier_definitions` of persons and of companies, by kind; one query for both."""
    published = SchemeVersion.objects.filter(scheme__is_primary=True).exclude(state=VersionState.DRAFT)
    rows = list(
        published.order_by("-scheme__kind", "-number", "-pk").values_list("scheme__kind", "pk")
    )  # persons first
    return {kind: _labels([rules_of(pk) for owner, pk in rows if owner == kind]) for kind in dict.fromkeys(dict(rows))}


def label_of(tier: Tier) -> TierLabel:
    """The label of one tier."""
    return TierLabel(tier.code, in_language(tier), tier.colour, tier.rank)


def _labels(newest_first: list[Definition]) -> dict[str, TierLabel]:
    labels: dict[str, TierLabel] = {}
    for definition in newest_first:
        for tier in definition.descending:
            labels.setdefault(tier.code, label_of(tier))
    return labels


def tier_label(customer: Customer, known: dict[str, dict[str, TierLabel]]) -> TierLabel | None:
    """The label of a customer's tier out of :func:`tiers_by_kind`; ``None`` where no tier is set."""
    return known.get(customer.kind, {}).get(customer.tier)
