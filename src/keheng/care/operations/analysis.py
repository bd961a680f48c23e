"""The month group analysis: opened for everybody who owns customers, written, handed in, reviewed (A4 [002] 5.4)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.care.enums.reports import AnalysisState
from keheng.care.models import MonthAnalysis
from keheng.care.models.analysis import SECTIONS
from keheng.care.permissions.contacts import COMPLIANCE, LOG
from keheng.care.policies.analysis import follows, next_month, nth_working_day
from keheng.care.queries.analysis import group_figures
from keheng.care.queries.rules import supervision_rules
from keheng.care.queries.supervision import leaders_of
from keheng.common.clock import SHANGHAI
from keheng.customers.models import Customer
from keheng.notices.operations import Message, tell, tell_each
from keheng.org.models import Staff
from keheng.org.queries import calendar_of, system_actor, working_calendar

DUE = "care.analysis_due"
HANDED_IN = "care.analysis_handed_in"
REVIEWED = "care.analysis_reviewed"


@transaction.atomic
def open_analyses(*, month: date, at: datetime) -> int:
    """Open the analysis of a month for everybody who owns customers and has none yet; return how many are new."""
    owning = Staff.objects.people().filter(
        Exists(Customer.objects.filter(owner=OuterRef("pk"))), is_active=True, role__permissions__contains=[LOG]
    )
    rules, month = supervision_rules().analysis, month.replace(day=1)
    after = next_month(month)
    limits: dict[int, tuple[date, date]] = {}
    rows = []
    for staff in owning.select_related("branch"):
        if staff.branch_id not in limits:
            working = working_calendar(calendar_of(staff.branch)).is_working_day
            limits[staff.branch_id] = (
                nth_working_day(after, rules.write_within, working),
                nth_working_day(after, rules.review_within, working),
            )
        write_by, review_by = limits[staff.branch_id]
        rows.append(
            MonthAnalysis(staff=staff, branch_id=staff.branch_id, month=month, write_by=write_by, review_by=review_by)
        )
    before = MonthAnalysis.objects.filter(month=month).count()
    MonthAnalysis.objects.bulk_create(rows, ignore_conflicts=True)
    made = MonthAnalysis.objects.filter(month=month).count() - before
    if made:
        record("care.open_analyses", actor=system_actor(), at=at, detail={"count": made, "day": month.isoformat()})
    return made


@transaction.atomic
def write_analysis(
    *, analysis: MonthAnalysis, sections: Mapping[str, str], hand_in: bool, actor: Staff, at: datetime
) -> MonthAnalysis:
    """Keep the words; with ``hand_in`` the figures are kept as they stand, and whoever leads the writer is told.

    Raises:
        ValidationError: a section is empty at handing in, or it is handed in already.
        PermissionDenied: it is somebody else's.
    """
    if analysis.staff_id != actor.pk:
        raise PermissionDenied(_("An analysis is written by whoever looks after the customers."))
    held = MonthAnalysis.objects.select_for_update(of=("self",)).get(pk=analysis.pk)
    state = follows("hand_in", AnalysisState(held.state))
    if state is None:
        raise ValidationError(_("The analysis is handed in; wait until it is reviewed or returned."))
    for name in SECTIONS:
        setattr(held, name, sections.get(name, "").strip())
    empty = {name: _("Write something here before you hand it in.") for name in SECTIONS if not getattr(held, name)}
    if hand_in and empty:
        raise ValidationError(empty)
    if hand_in:
        held.figures = group_figures(actor, held.month)
        held.state, held.handed_in_at = state, at
    held.save()
    if hand_in:
        record("care.hand_in_analysis", actor=actor, at=at, target=held)
        title = _("%(name)s has handed in the group analysis of %(month)s") % _words(held, actor)
        tell(staff_ids=[one.pk for one in leaders_of(actor)], kind=HANDED_IN, title=title, url=_url(held), at=at)
    return held


@transaction.atomic
def review_analysis(
    *, analysis: MonthAnalysis, approve: bool, comment: str, actor: Staff, at: datetime
) -> MonthAnalysis:
    """Review an analysis, or return it with a comment; the writer is told.

    Raises:
        ValidationError: returned without a comment, or no longer waiting for a review.
        PermissionDenied: one's own, outside one's branches, or the role leads nobody.
    """
    if not can_review(actor, analysis):
        raise PermissionDenied(_("An analysis is reviewed by whoever leads its writer."))
    held = MonthAnalysis.objects.select_for_update(of=("self",)).select_related("staff").get(pk=analysis.pk)
    state = follows("approve" if approve else "return", AnalysisState(held.state))
    if state is None:
        raise ValidationError(_("This analysis does not wait for a review. Load the page anew."))
    if not approve and not comment.strip():
        raise ValidationError({"comment": _("Say what is to be written anew.")})
    held.state, held.comment, held.reviewed_by, held.reviewed_at = state, comment.strip(), actor, at
    held.save(update_fields=["state", "comment", "reviewed_by", "reviewed_at"])
    act = "care.approve_analysis" if approve else "care.return_analysis"
    record(act, actor=actor, at=at, target=held, reason=comment.strip())
    sentence = (
        _("%(name)s has reviewed your group analysis of %(month)s")
        if approve
        else _("%(name)s has returned your group analysis of %(month)s")
    )
    title = sentence % _words(held, actor)
    tell(staff_ids=[held.staff_id], kind=REVIEWED, title=title, body=held.comment, url=_url(held), at=at)
    return held


def can_review(actor: Staff, analysis: MonthAnalysis) -> bool:
    """May the actor review it? Whoever leads people, within their branches, never their own."""
    within = MonthAnalysis.objects.visible_to(actor).filter(pk=analysis.pk)
    return actor.can(COMPLIANCE) and analysis.staff_id != actor.pk and within.exists()


def remind_of_analyses(*, at: datetime) -> int:
    """Tell writers what is due tomorrow or late, and those who lead them what waits too long; return the notices."""
    today = at.astimezone(SHANGHAI).date()
    ahead = today + timedelta(days=supervision_rules().analysis.remind_before)
    unwritten = MonthAnalysis.objects.filter(
        state__in=[AnalysisState.DRAFT, AnalysisState.RETURNED], write_by__lte=ahead
    ).select_related("staff")
    waiting = MonthAnalysis.objects.filter(state=AnalysisState.HANDED_IN, review_by__lte=today).select_related("staff")
    messages = [
        Message(
            one.staff_id,
            _("The group analysis of %(month)s is to be handed in by %(day)s")
            % {"month": f"{one.month:%Y-%m}", "day": f"{one.write_by:%m-%d}"},
            _url(one),
        )
        for one in unwritten
    ]
    messages += [
        Message(
            leader.pk,
            _("The group analysis of %(name)s waits for your review until %(day)s")
            % {"name": one.staff.name, "day": f"{one.review_by:%m-%d}"},
            _url(one),
        )
        for one in waiting
        for leader in leaders_of(one.staff)[:1]
    ]
    return tell_each(kind=DUE, messages=messages, at=at)


def _words(analysis: MonthAnalysis, actor: Staff) -> dict[str, str]:
    return {"name": actor.name, "month": f"{analysis.month:%Y-%m}"}


def _url(analysis: MonthAnalysis) -> str:
    return reverse("care:analysis", args=[analysis.pk])
