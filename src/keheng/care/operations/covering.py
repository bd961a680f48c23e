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
    cover: Staff,
    first: date,
    last: date,
    kind: Absence = Absence.LEAVE,
    note: str = "",
    actor: Staff,
    at: datetime,
) -> CoverPeriod:
    """Let ``cover`` act for somebody's customers from ``first`` to ``last``, both included.

    Raises:
        ValidationError: the days are past, turned round or too many; one of the two is away or covered otherwise.
    """
    check_cover(actor, member)
    check_takes(cover)
    today = at.astimezone(SHANGHAI).date()
    if last < first:
        raise ValidationError({"last": _("The last day lies before the first.")})
    if last < today:
        raise ValidationError({"last": _("These days are over; give days from today on.")})
    if (last - first).days > LONGEST:
        raise ValidationError({"last": _("Cover is for a year at most; hand the customers over instead.")})
    if cover.pk == member.pk:
        raise ValidationError({"cover": _("Choose somebody else than the one who is away.")})
    days = DateRange(first, last + timedelta(days=1))
    both = Staff.objects.select_for_update(of=("self",)).filter(pk__in=[member.pk, cover.pk]).order_by("pk")
    list(both.values_list("pk"))  # locked in order, so that of two plans at once one sees the other
    clash = CoverPeriod.objects.filter(days__overlap=days)
    if clash.filter(staff=member).exists():
        raise ValidationError({"first": _("%(name)s is covered on some of these days.") % {"name": member.name}})
    if clash.filter(staff=cover).exists():
        raise ValidationError({"cover": _("%(name)s is away on some of these days.") % {"name": cover.name}})
    if clash.filter(cover=member).exists():
        raise ValidationError(
            {"first": _("%(name)s covers somebody on these days; arrange that first.") % {"name": member.name}}
        )
    period = CoverPeriod.objects.create(
        staff=member, cover=cover, days=days, kind=kind, note=note.strip()[:300], set_by=actor, set_at=at
    )
    detail = {"cover": cover.name, "first": str(first), "last": str(last)}
    record("care.set_cover", actor=actor, at=at, target=member, reason=note.strip(), detail=detail)
    notices.tell(
        staff_ids={cover.pk, member.pk} - {actor.pk},
        kind="care.cover",
        title=_("%(cover)s acts for %(name)s from %(first)s to %(last)s.")
        % {"cover": cover.name, "name": member.name, "first": first, "last": last},
        url="/care/cover/",
        body=note.strip(),
        at=at,
    )
    publish(CoverSet(member.pk, cover.pk, first, last, at))
    return period


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
