"""Cover while somebody is away: the customers stay theirs, somebody else acts (A3)."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.care.enums.ownership import Absence
from keheng.care.events import CoverSet
from keheng.care.models import CoverPeriod
from keheng.care.operations.assigning import check_takes
from keheng.care.permissions.ownership import check_cover
from keheng.common.clock import SHANGHAI
from keheng.common.events import publish
from keheng.notices import operations as notices
from keheng.org.models import Staff

LONGEST = 366


@transaction.atomic
def set_cover(
    *,
    member: Staff,
    cover: Staff | None,
    first: date,
    last: date,
    kind: Absence = Absence.LEAVE,
    note: str = "",
    actor: Staff,
    at: datetime,
) -> CoverPeriod:
    """Let ``cover`` act for somebody's customers from ``first`` to ``last``, both included.

    Without ``cover`` the absence stands as a gap until :func:`name_cover` closes it.

    Raises:
        ValidationError: the days are past, turned round or too many; one of the two is away or covered otherwise.
    """
    check_cover(actor, member)
    today = at.astimezone(SHANGHAI).date()
    if last < first:
        raise ValidationError({"last": _("The last day lies before the first.")})
    if last < today:
        raise ValidationError({"last": _("These days are over; give days from today on.")})
    if (last - first).days > LONGEST:
        raise ValidationError({"last": _("Cover is for a year at most; hand the customers over instead.")})
    days = DateRange(first, last + timedelta(days=1))
    _lock(member, cover)
    clash = CoverPeriod.objects.filter(days__overlap=days)
    if clash.filter(staff=member).exists():
        raise ValidationError({"first": _("%(name)s is covered on some of these days.") % {"name": member.name}})
    _check_cover(member, cover, days)
    if clash.filter(cover=member).exists():
        raise ValidationError(
            {"first": _("%(name)s covers somebody on these days; arrange that first.") % {"name": member.name}}
        )
    period = CoverPeriod.objects.create(
        staff=member, cover=cover, days=days, kind=kind, note=note.strip()[:300], set_by=actor, set_at=at
    )
    _announce(period, actor, at)
    return period


@transaction.atomic
def name_cover(*, period: CoverPeriod, cover: Staff, actor: Staff, at: datetime) -> CoverPeriod:
    """Say who acts on the days of an absence for which nobody had been found, or somebody who is away too or left.

    Raises:
        ValidationError: the days are over, or this person is away on some of them.
    """
    check_cover(actor, period.staff)
    _lock(period.staff, cover)
    held = CoverPeriod.objects.select_for_update(of=("self",)).select_related("staff").get(pk=period.pk)
    if held.days.upper <= at.astimezone(SHANGHAI).date():
        raise ValidationError(_("This cover is over already."))
    _check_cover(held.staff, cover, held.days)
    held.cover = cover
    held.save(update_fields=["cover"])
    _announce(held, actor, at)
    return held


def _lock(member: Staff, cover: Staff | None) -> None:
    """Both, in order, so that of two plans at once one sees the other."""
    keys = [member.pk] + ([cover.pk] if cover else [])
    both = Staff.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    list(both.values_list("pk"))


def _check_cover(member: Staff, cover: Staff | None, days: DateRange) -> None:
    if cover is None:
        return
    check_takes(cover)
    if cover.pk == member.pk:
        raise ValidationError({"cover": _("Choose somebody else than the one who is away.")})
    if CoverPeriod.objects.filter(days__overlap=days, staff=cover).exists():
        raise ValidationError({"cover": _("%(name)s is away on some of these days.") % {"name": cover.name}})


def _announce(period: CoverPeriod, actor: Staff, at: datetime) -> None:
    """Trail, notices and news of who acts when."""
    member, cover = period.staff, period.cover
    first, last = period.days.lower, period.days.upper - timedelta(days=1)
    detail = {"cover": cover.name if cover else None, "first": str(first), "last": str(last)}
    record("care.set_cover", actor=actor, at=at, target=member, reason=period.note, detail=detail)
    words = (
        _("%(cover)s acts for %(name)s from %(first)s to %(last)s.")
        if cover
        else _("Nobody acts for %(name)s from %(first)s to %(last)s yet.")
    )
    notices.tell(
        staff_ids={member.pk, *([cover.pk] if cover else [])} - {actor.pk},
        kind="care.cover",
        title=words % {"cover": cover.name if cover else "", "name": member.name, "first": first, "last": last},
        url="/care/cover/",
        body=period.note,
        at=at,
    )
    publish(CoverSet(member.pk, cover.pk if cover else None, first, last, at))


@transaction.atomic
def end_cover(*, period: CoverPeriod, actor: Staff, at: datetime) -> None:
    """The absent one is back from today on: what lies ahead is cut off, what has not begun is taken back."""
    check_cover(actor, period.staff)
    today = at.astimezone(SHANGHAI).date()
    held = CoverPeriod.objects.select_for_update(of=("self",)).get(pk=period.pk)
    if held.days.upper <= today:
        raise ValidationError(_("This cover is over already."))
    if held.days.lower >= today:
        held.delete()
    else:
        held.days = DateRange(held.days.lower, today)
        held.save(update_fields=["days"])
    record("care.end_cover", actor=actor, at=at, target=period.staff)
