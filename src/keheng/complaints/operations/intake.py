"""Taking a complaint in: from any channel, at any hour, also without a known customer (A7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import connection, transaction
from django.utils.translation import gettext as _

from keheng.common.clock import SHANGHAI
from keheng.complaints import permissions
from keheng.complaints.enums import Channel, ClockKind, LinkReason, PartyRole, RuleSet, StepKind
from keheng.complaints.models import Complaint, Link, Party
from keheng.complaints.operations import clocks
from keheng.complaints.operations.marks import mark_words
from keheng.complaints.operations.parts import needed, told
from keheng.complaints.queries.learning import suggestions
from keheng.complaints.queries.matching import earlier
from keheng.complaints.queries.rules import version_on
from keheng.customers.models import Customer
from keheng.customers.values import identity
from keheng.customers.values.blind import contact_keys
from keheng.files.operations import examine, store
from keheng.notices.operations import tell
from keheng.org.models import Branch, Staff
from keheng.org.queries import calendar_of

SPOKEN = frozenset({Channel.PHONE, Channel.ON_SITE})
"""Channels in which what was written down is read back to the complainant (004k 5.2.3)."""


@dataclass(frozen=True, slots=True)
class Complaining:
    """One complainant as told at intake; the first one is whom the bank writes to."""

    name: str = ""
    phone: str = ""
    mail: str = ""
    role: PartyRole = PartyRole.SELF
    authority_held: bool = False


def register(
    *,
    channel: Channel,
    statement: str,
    wish: str = "",
    customer: Customer | None = None,
    complaining: Sequence[Complaining] = (),
    joint_size: int | None = None,
    about_branch: Branch | None = None,
    about_staff: Staff | None = None,
    happened_on: date | None = None,
    external_number: str = "",
    identity_by: str = "",
    read_back: bool = False,
    received_at: datetime | None = None,
    branch: Branch | None = None,
    authority: "File[Any] | None" = None,
    actor: Staff,
    at: datetime,
) -> Complaint:
    """Register a complaint, confirm its receipt and start its clocks.

    The unit above the one complained about answers for the handling, so that nobody judges themselves. Who complained
    within the days of the rules counts as a repeat complainant, and the complaints are linked.

    Args:
        joint_size: how many people complain jointly; their representatives are ``complaining``.
        branch: whose queue it goes to where nobody is known to be complained about.
        authority: the power of attorney of the first complainant, where the bank does not hold it.
        received_at: when it reached the bank (a letter, a message at night); limits count from there.

    Raises:
        ValidationError: nobody can be reached, it was not read back, or there are too many representatives.
        RefusedFile: the power of attorney is not taken, with the reason.
    """
    permissions.check_register(actor)
    examined = examine(upload=authority, actor=actor, at=at) if authority else None
    with transaction.atomic():
        if customer is not None and not Customer.objects.visible_to(actor).filter(pk=customer.pk).exists():
            raise ValidationError({"customer": _("This customer is outside of what you may see.")})
        statement = needed(statement, "statement", _("Write down what is complained about."))
        if channel in SPOKEN and not read_back:
            raise ValidationError(
                {"read_back": _("Read back what you wrote down, and let the complainant confirm it.")}
            )
        received = received_at or at
        if received > at:
            raise ValidationError({"received_at": _("It cannot have come in later than now.")})
        day = at.astimezone(SHANGHAI).date()
        internal, regulatory = version_on(RuleSet.INTERNAL, day), version_on(RuleSet.REGULATORY, day)
        people = _people(complaining, customer, joint_size, regulatory.rules.representatives, channel)
        concerned = about_branch or (about_staff.branch if about_staff else None)
        branch = _above(concerned) or branch or (customer.branch if customer else actor.branch)
        before = earlier(customer=customer, parties=people, since_days=internal.rules.repeat_days, at=at)
        likely = suggestions(statement, most=1)
        complaint = Complaint.objects.create(
            number=_next_number(at),
            customer=customer,
            branch=branch,
            calendar=calendar_of(branch),
            internal_rules=internal,
            regulatory_rules=regulatory,
            channel=channel,
            external_number=external_number.strip()[:60],
            statement=statement,
            wish=wish.strip() or None,
            happened_on=happened_on,
            about_branch=concerned,
            about_staff=about_staff,
            is_joint=joint_size is not None,
            joint_size=joint_size,
            is_repeat=bool(before),
            read_back_at=at if read_back else None,
            identity_by=identity_by,
            registered_by=actor,
            received_at=received,
            registered_at=at,
            acknowledged_at=at,
            suggested_cause=likely[0].key if likely else None,
            suggested_share=likely[0].percent if likely else None,
        )
        for party in people:
            party.complaint = complaint
        if examined is not None:
            people[0].authority = store(examined=examined, actor=actor, at=at)
        Party.objects.bulk_create(people)
        mark_words([complaint])
        Link.objects.bulk_create(
            [Link(first_id=key, second=complaint, reason=LinkReason.REPEATED) for key in sorted(before)[-5:]]
        )
        clocks.start_usual(complaint, received, at)
        if channel == Channel.REGULATOR:
            clocks.start(complaint, RuleSet.REGULATORY, ClockKind.HAND_OVER, received, at)
        told(complaint, StepKind.REGISTERED, actor=actor, at=at, channel=channel, read_back=read_back)
        told(complaint, StepKind.ACKNOWLEDGED, actor=actor, at=at)
        _tell_those_in_charge(complaint, actor, at)
        return complaint


def _people(
    complaining: Sequence[Complaining],
    customer: Customer | None,
    joint_size: int | None,
    most: int,
    channel: Channel,
) -> list[Party]:
    given = [one for one in complaining if one.name.strip() or one.phone.strip() or one.mail.strip()]
    if not given and customer is not None:
        given = [Complaining(name=customer.name)]
    if joint_size is not None:
        if joint_size < 2:  # two people make it joint
            raise ValidationError({"joint_size": _("A joint complaint has at least two complainants.")})
        if len(given) > most:
            raise ValidationError(
                {"complaining": _("At most %(most)d representatives can be named. Let them elect.") % {"most": most}}
            )
    if not given:
        raise ValidationError({"complaining": _("Say who complains, or choose the customer.")})
    reachable = customer is not None or any(one.phone.strip() or one.mail.strip() for one in given)
    if not reachable and channel != Channel.REGULATOR:
        raise ValidationError({"phone": _("Ask for a telephone number or an address, so that a reply can be given.")})
    return [_party(one, place, joint=joint_size is not None) for place, one in enumerate(given)]


def _party(one: Complaining, place: int, *, joint: bool) -> Party:
    phone, mail = one.phone.strip(), one.mail.strip()
    if phone:
        found = identity.phone(phone)
        if found.error:
            raise ValidationError({"phone": _("This is no telephone number. Write it with its area code.")})
        phone = found.value
    if mail:
        found = identity.email(mail)
        if found.error:
            raise ValidationError({"mail": _("This is no e-mail address.")})
        mail = found.value
    return Party(
        role=PartyRole.REPRESENTATIVE if joint else one.role,
        name=one.name.strip()[:120] or None,
        phone=phone or None,
        phone_index=contact_keys(phone)[0] if phone else None,
        mail=mail or None,
        mail_index=contact_keys(mail)[0] if mail else None,
        authority_held=one.authority_held,
        is_contact=place == 0,
    )


def _above(concerned: Branch | None) -> Branch | None:
    return (concerned.parent or concerned) if concerned is not None else None


def _tell_those_in_charge(complaint: Complaint, actor: Staff, at: datetime) -> None:
    """Complaint officers of the branch or the nearest one above hear of what has come in."""
    people = Staff.objects.people().filter(is_active=True).select_related("role", "branch")
    near = [
        person
        for person in people.filter(role__permissions__overlap=["complaints.handle", "complaints.*"])
        if complaint.branch.path.startswith(person.branch.path)
        and person.pk != actor.pk
        and not permissions.has_conflict(person, complaint)
    ]
    nearest = max((len(person.branch.path) for person in near), default=0)
    tell(
        staff_ids=[person.pk for person in near if len(person.branch.path) == nearest],
        kind="complaints.given",
        title=_("%(number)s has come in and waits for the first review") % {"number": complaint},
        url=complaint.get_absolute_url(),
        at=at,
    )


def _next_number(at: datetime) -> str:
    """The next number of the day that people can read out: ``TS260923-0417``."""
    day = at.astimezone(SHANGHAI).date()
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into complaints_daynumber (day, last) values (%s, 1)"
            " on conflict (day) do update set last = complaints_daynumber.last + 1 returning last",
            [day],
        )
        (last,) = cursor.fetchone() or (1,)
    return f"TS{day:%y%m%d}-{last:04d}"
