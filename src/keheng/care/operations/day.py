"""The evening summary: begun from the day's data, changed, handed in, read (A4)."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.care.enums.reports import DayState
from keheng.care.models import DayReport
from keheng.care.permissions.contacts import COMPLIANCE, check_log_some
from keheng.care.queries.day import day_figures, draft_plan, draft_summary
from keheng.care.queries.supervision import leaders_of
from keheng.common.clock import SHANGHAI
from keheng.notices.operations import tell
from keheng.org.models import Staff
from keheng.org.queries import calendar_of, working_calendar

HANDED_IN = "care.day_handed_in"
READ = "care.day_read"


def begin_day_report(*, actor: Staff, at: datetime) -> DayReport:
    """One's report of the day: as it was left, or begun anew from the day's data."""
    check_log_some(actor)
    day = at.astimezone(SHANGHAI).date()
    held = DayReport.objects.filter(staff=actor, day=day).first()
    if held is not None:
        return held
    figures = day_figures(actor, day)
    next_day = working_calendar(calendar_of(actor.branch)).add_working_days(day, 1)
    return DayReport(
        staff=actor,
        branch=actor.branch,
        day=day,
        figures=figures,
        summary=draft_summary(actor, day, figures),
        plan=draft_plan(actor, day, next_day),
    )


@transaction.atomic
def save_day_report(*, day: date, summary: str, plan: str, hand_in: bool, actor: Staff, at: datetime) -> DayReport:
    """Keep the words; with ``hand_in`` whoever leads the writer is told.

    Raises:
        ValidationError: another day than today, nothing written, or it has been read already.
    """
    check_log_some(actor)
    if day != at.astimezone(SHANGHAI).date():
        raise ValidationError(_("A day is summed up on the day itself."))
    if hand_in and not (summary.strip() and plan.strip()):
        raise ValidationError(_("Write both the summary and the plan before you hand them in."))
    values: dict[str, Any] = {"summary": summary.strip(), "plan": plan.strip(), "figures": day_figures(actor, day)}
    held, _made = DayReport.objects.select_for_update(of=("self",)).get_or_create(
        staff=actor, day=day, defaults={"branch": actor.branch, **values}
    )
    if held.state == DayState.READ:
        raise ValidationError(_("Your report has been read already; write the rest into tomorrow's."))
    for name, value in values.items():
        setattr(held, name, value)
    if hand_in:
        held.state, held.handed_in_at = DayState.HANDED_IN, at
    held.save()
    if hand_in:
        record("care.hand_in_day", actor=actor, at=at, target=held, detail={"day": day.isoformat()})
        title = _("%(name)s has handed in the summary of %(day)s") % {"name": actor.name, "day": f"{day:%m-%d}"}
        leaders = [leader.pk for leader in leaders_of(actor)]
        tell(staff_ids=leaders, kind=HANDED_IN, title=title, url=reverse("care:day-report", args=[held.pk]), at=at)
    return held


@transaction.atomic
def read_day_report(*, report: DayReport, comment: str, actor: Staff, at: datetime) -> DayReport:
    """Say that one has read a report, and what one thinks of it; the writer is told.

    Raises:
        ValidationError: somebody else has read it meanwhile, or it has not been handed in.
        PermissionDenied: it is one's own, or the role leads nobody.
    """
    if not actor.can(COMPLIANCE) or report.staff_id == actor.pk:
        raise PermissionDenied(_("Reports of the day are read by whoever leads the writer."))
    held = DayReport.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=report.pk).first()
    if held is None:
        raise PermissionDenied(_("This report lies outside your branches."))
    if held.state != DayState.HANDED_IN:
        raise ValidationError(_("Somebody has read it meanwhile, or it is not handed in yet."))
    held.state, held.read_by, held.read_at, held.comment = DayState.READ, actor, at, comment.strip()
    held.save(update_fields=["state", "read_by", "read_at", "comment"])
    record("care.read_day", actor=actor, at=at, target=held, detail={"day": held.day.isoformat()})
    title = _("%(name)s has read your summary of %(day)s") % {"name": actor.name, "day": f"{held.day:%m-%d}"}
    url = reverse("care:day-report", args=[held.pk])
    tell(staff_ids=[held.staff_id], kind=READ, title=title, body=held.comment, url=url, at=at)
    return held
