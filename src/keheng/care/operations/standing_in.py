"""Somebody may no longer sign in: their customers are looked after from the same moment on (A3).

The nearest head acts for them as cover, for the days that the rules give, and is told to pass them on. The customers
stay the other's until then, so that a mistaken block, or a long absence, takes nobody's customers away.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.care.enums.ownership import Absence, HandOverState, ReferralState
from keheng.care.models import CoverPeriod, HandOver, Referral
from keheng.care.queries.assignment import rules_in_force
from keheng.care.queries.heads import first_of_each, heads_of
from keheng.common.clock import SHANGHAI
from keheng.customers.models import Customer
from keheng.notices.operations import Message, tell_each
from keheng.org.models import Staff
from keheng.org.queries import system_actor

VACANT = "care.vacant"


@transaction.atomic
def stand_in(*, member: Staff, at: datetime) -> Staff | None:
    """Cover the customers of somebody who may no longer sign in, by the nearest head; return who that is.

    Days that are covered already stay so. Whom the person covered is covered by the head; what was offered to the
    person is withdrawn, and its giver told. Where no head is found, or the head is whom the person covered, the
    absence stands as a gap. Done twice it changes nothing.
    """
    today = at.astimezone(SHANGHAI).date()
    head = next(iter(heads_of(member, today)), None)
    number = Customer.objects.filter(owner=member).count()
    if number:
        _cover(member, head, at)
    ahead = CoverPeriod.objects.filter(cover=member, days__endswith__gt=today)
    ahead.filter(staff=head).update(cover=None)
    ahead.update(cover=head)
    _withdraw_offers(member, at)
    if number:
        detail = {"count": number, "cover": head.name if head else None}
        record("care.stand_in", actor=system_actor(), at=at, target=member, detail=detail)
        _tell_heads(member, number, at)
    return head


def _cover(member: Staff, head: Staff | None, at: datetime) -> None:
    """Absences for the days of the rules that none stands for yet, by one statement."""
    today = at.astimezone(SHANGHAI).date()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into care_coverperiod (staff_id, cover_id, days, kind, note, set_by_id, set_at)
            select %(staff)s, %(head)s::bigint, free.days, %(kind)s, %(note)s, %(by)s, %(at)s
              from (select unnest(datemultirange(daterange(%(first)s::date, %(end)s::date))
                                  - coalesce((select range_agg(days) from care_coverperiod where staff_id = %(staff)s),
                                             '{}'::datemultirange)) as days) free
            """,
            {
                "staff": member.pk,
                "head": head.pk if head else None,
                "kind": Absence.GONE,
                "note": _("No longer signs in; to be passed on."),
                "by": system_actor().pk,
                "at": at,
                "first": today,
                "end": today + timedelta(days=rules_in_force().rules.leaving.cover_days),
            },
        )


def _withdraw_offers(member: Staff, at: datetime) -> None:
    """Nobody can answer what was offered to the person: whoever offered looks for somebody else."""
    page, words = reverse("care:referrals"), _("%(name)s can no longer answer: look for somebody else.")
    waiting = HandOver.objects.filter(taker=member, state__in=[HandOverState.ASKED, HandOverState.OFFERED])
    messages = [
        Message(one.offered_by_id, words % {"name": member.name}, one.get_absolute_url(), one.reason) for one in waiting
    ]
    tell_each(kind="care.hand_over", messages=messages, at=at)
    waiting.update(state=HandOverState.WITHDRAWN, answered_at=at)
    referred = Referral.objects.filter(taker=member, state__in=[ReferralState.OFFERED, ReferralState.ACCEPTED])
    messages = [
        Message(giver, words % {"name": member.name}, page) for giver in referred.values_list("giver", flat=True)
    ]
    tell_each(kind="care.referral", messages=messages, at=at)
    referred.update(state=ReferralState.WITHDRAWN, closed_at=at)


def _tell_heads(member: Staff, number: int, at: datetime) -> None:
    """The head of the place, and the head of the branch above it."""
    told = first_of_each(heads_of(member, at.astimezone(SHANGHAI).date()))[:2]
    title = _("%(name)s no longer signs in: %(count)d customers need another owner.")
    messages = [
        Message(one.pk, title % {"name": member.name, "count": number}, reverse("care:person", args=[member.pk]))
        for one in told
    ]
    tell_each(kind=VACANT, messages=messages, at=at)
