"""What a customer consents to, and whether and how customers may be contacted: the one answer for every module."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keheng.customers.enums import CustomerStatus
from keheng.customers.models import Consent, ContactPoint, Customer
from keheng.customers.policies.consent import (
    NAMES_DAYS,
    Basis,
    Channel,
    Obstacle,
    PrivacyRules,
    Purpose,
    Reachability,
    obstacle,
    words_for,
)
from keheng.customers.queries.rules import privacy_rules


@dataclass(frozen=True)
class PurposeState:
    """One purpose as the tab shows it; ``outdated``: the consent was given to an older wording."""

    purpose: Purpose
    consent: Consent | None
    channels: Sequence[str]

    @property
    def outdated(self) -> bool:
        return bool(self.channels and self.consent and self.consent.text_version < self.purpose.version)


def consents_of(customer: Customer) -> list[PurposeState]:
    """Every purpose with what the customer says of it now; two queries."""
    rules = privacy_rules()
    acts = Consent.objects.current().filter(customer=customer).select_related("actor").defer("guardian")
    current = {act.purpose: act for act in acts}
    return [
        PurposeState(purpose, act := current.get(purpose.code), channel_names(rules, act.channels) if act else ())
        for purpose in rules.purposes
    ]


def consent_history(customer: Customer, *, before: datetime | None = None, limit: int = 100) -> list[Consent]:
    """The acts of a customer, the newest first."""
    acts = Consent.objects.filter(customer=customer).select_related("actor").defer("guardian")
    return list((acts.filter(given_at__lt=before) if before else acts)[:limit])


def channel_names(rules: PrivacyRules, codes: Sequence[str]) -> list[str]:
    """Channels in words; one that the rules no longer know keeps its code."""
    names = {channel.code: channel.name for channel in rules.channels}
    return [names.get(code, code) for code in codes]


def may_contact(customer: Customer, purpose: str, channel: str, today: date) -> str:
    """Why the customer may not be contacted for a purpose by a channel today, in words; empty: they may.

    Combines closed archives, do-not-disturb (A1 不愿打扰), consent (PIPL 13), whether the channel reaches them and
    their preferred days. Service that the contract or the law asks for is not kept back by the first three.
    """
    rules = privacy_rules()
    aim, way = rules.purpose(purpose), rules.channel(channel)
    known = Reachability(
        closed=customer.status == CustomerStatus.CLOSED,
        do_not_disturb=customer.do_not_disturb,
        consented=_consented(purpose, channel).filter(customer=customer).exists(),
        preferred=_preferred(customer, way) if way else None,
    )
    found = obstacle(aim, way, known, today)
    return _sentence(found, aim, way) if found else ""


def contactable(customers: "QuerySet[Customer]", purpose: str, channel: str, today: date) -> "QuerySet[Customer]":
    """Those of ``customers`` for whom :func:`may_contact` says nothing against it, as one query."""
    rules = privacy_rules()
    aim, way = rules.purpose(purpose), rules.channel(channel)
    if aim is None or way is None:
        return customers.none()
    points = ContactPoint.objects.filter(customer=OuterRef("pk"), kind=way.reaches, is_primary=True)
    if aim.disturbs:
        customers = customers.filter(do_not_disturb=False)
        points = points.filter(~Q(preferred_time__regex=NAMES_DAYS) | Q(preferred_time__regex=words_for(today)))
    if aim.basis is Basis.CONSENT:
        agreed = _consented(purpose, channel).filter(customer=OuterRef("pk"))
        customers = customers.exclude(status=CustomerStatus.CLOSED).filter(Exists(agreed))
    return customers.filter(Exists(points))


def objection(customer: Customer, purpose: str, channel: str) -> str:
    """Why the customer does not want to be contacted for a purpose, in words; empty: nothing is known against it.

    Unlike :func:`may_contact` it does not ask how and when they are reached: it judges a contact that took place.
    A channel of none (at the outlet) needs no consent, but still no one is disturbed.
    """
    rules = privacy_rules()
    aim, way = rules.purpose(purpose), rules.channel(channel)
    known = Reachability(
        closed=False,
        do_not_disturb=customer.do_not_disturb,
        consented=not channel or _consented(purpose, channel).filter(customer=customer).exists(),
        preferred="",
    )
    found = obstacle(aim, way or rules.channels[0], known, date.min)
    return _sentence(found, aim, way) if found else ""


def without_objection(customers: "QuerySet[Customer]", purpose: str, channel: str) -> "QuerySet[Customer]":
    """Those of ``customers`` for whom :func:`objection` says nothing against it, as one query."""
    aim = privacy_rules().purpose(purpose)
    if aim is None:
        return customers.none()
    if aim.disturbs:
        customers = customers.filter(do_not_disturb=False)
    if channel and aim.basis is Basis.CONSENT:
        customers = customers.filter(Exists(_consented(purpose, channel).filter(customer=OuterRef("pk"))))
    return customers


def _consented(purpose: str, channel: str) -> "QuerySet[Consent]":
    return Consent.objects.current().filter(purpose=purpose, channels__contains=[channel])


def _preferred(customer: Customer, channel: Channel) -> str | None:
    points = ContactPoint.objects.filter(customer=customer, kind=channel.reaches, is_primary=True)
    return points.values_list("preferred_time", flat=True).first()


def _sentence(found: Obstacle, purpose: Purpose | None, channel: Channel | None) -> str:
    words = {"purpose": purpose.name if purpose else "", "channel": channel.name if channel else ""}
    match found:
        case Obstacle.UNKNOWN:
            return _("The privacy rules know no such purpose or channel.")
        case Obstacle.CLOSED:
            return _("The customer is closed.")
        case Obstacle.DISTURBED:
            return _("The customer does not want to be disturbed.")
        case Obstacle.NO_CONSENT:
            return _("No consent to “%(purpose)s” by %(channel)s.") % words
        case Obstacle.UNREACHABLE:
            return _("No contact point for %(channel)s is on file.") % words
        case Obstacle.ANOTHER_DAY:
            return _("The customer prefers to be reached on other days.")


def _short(found: Obstacle) -> str:
    """The obstacle in a word or two, for a cell."""
    match found:
        case Obstacle.CLOSED:
            return pgettext("why not contacted", "closed")
        case Obstacle.DISTURBED:
            return pgettext("why not contacted", "do not disturb")
        case Obstacle.NO_CONSENT:
            return pgettext("why not contacted", "no consent")
        case Obstacle.UNREACHABLE:
            return pgettext("why not contacted", "no number")
        case Obstacle.ANOTHER_DAY:
            return pgettext("why not contacted", "another day")
        case Obstacle.UNKNOWN:
            return _("no")


@dataclass(frozen=True)
class ContactRow:
    """One purpose, and for each channel why it is closed today, in a word and in a sentence (both empty: open)."""

    purpose: Purpose
    cells: Sequence[tuple[str, str]]

    @property
    def reasons(self) -> list[str]:
        """The sentences alone."""
        return [sentence for _short, sentence in self.cells]


def contact_rows(customer: Customer, today: date) -> list[ContactRow]:
    """For every purpose and channel whether the customer may be contacted today; three queries."""
    rules = privacy_rules()
    agreed = dict(Consent.objects.current().filter(customer=customer).values_list("purpose", "channels"))
    points = ContactPoint.objects.filter(customer=customer, is_primary=True)
    preferred = dict(points.values_list("kind", "preferred_time"))

    def told(purpose: Purpose, channel: Channel) -> tuple[str, str]:
        known = Reachability(
            closed=customer.status == CustomerStatus.CLOSED,
            do_not_disturb=customer.do_not_disturb,
            consented=channel.code in agreed.get(purpose.code, ()),
            preferred=preferred.get(channel.reaches),
        )
        found = obstacle(purpose, channel, known, today)
        return (_short(found), _sentence(found, purpose, channel)) if found else ("", "")

    return [ContactRow(purpose, [told(purpose, channel) for channel in rules.channels]) for purpose in rules.purposes]
