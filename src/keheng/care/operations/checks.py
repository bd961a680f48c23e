"""Checks of the contact log: drawing the daily and periodic samples, finding, answering, closing (A4)."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.care.enums.reports import CheckKind, CheckState
from keheng.care.models import LogCheck, LogCheckItem
from keheng.care.permissions.contacts import COMPLIANCE
from keheng.care.policies.checks import follows
from keheng.care.queries.rules import supervision_rules
from keheng.common.clock import SHANGHAI
from keheng.notices.operations import tell
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff
from keheng.org.queries import calendar_of, system_actor, working_calendar

FOUND = "care.check_found"
ANSWERED = "care.check_answered"


@transaction.atomic
def draw_check(
    *, kind: CheckKind, branch: Branch, starts_on: date, ends_on: date, actor: Staff, at: datetime
) -> LogCheck:
    """Draw contacts of each person of a branch by lot, those without a note first; one statement.

    Raises:
        ValidationError: the period lies ahead, was checked already, or holds no contact.
    """
    _check_leads(actor, branch.pk)
    if not starts_on <= ends_on <= at.astimezone(SHANGHAI).date():
        raise ValidationError({"ends_on": _("Choose days that have begun, the earlier first.")})
    if LogCheck.objects.filter(kind=kind, branch=branch, starts_on=starts_on, ends_on=ends_on).exists():
        raise ValidationError(_("These days of %(branch)s are being checked already.") % {"branch": branch.name})
    rules = supervision_rules().checks
    today = at.astimezone(SHANGHAI).date()
    calendar = working_calendar(calendar_of(branch))
    check = LogCheck.objects.create(
        kind=kind,
        branch=branch,
        starts_on=starts_on,
        ends_on=ends_on,
        due_on=calendar.add_working_days(today, rules.due_days),
        drawn_by=actor,
        drawn_at=at,
    )
    branches = list(Branch.objects.subtree_of(branch).values_list("pk", flat=True))
    each = rules.each if kind == CheckKind.DAILY else rules.period_each
    if not _draw(check, branches, each):
        raise ValidationError(_("Nobody of %(branch)s has logged a contact in these days.") % {"branch": branch.name})
    record("care.draw_check", actor=actor, at=at, target=branch, detail={"day": ends_on.isoformat()})
    return check


def draw_daily_checks(*, day: date, at: datetime) -> int:
    """Draw the daily check of every branch in which somebody logged a contact that day; return how many."""
    actor, drawn = system_actor(), 0
    with connection.cursor() as cursor:
        cursor.execute(
            """select distinct s.branch_id from care_contact c join org_staff s on s.id = c.staff_id
                where c.at >= %s::date::timestamp at time zone 'Asia/Shanghai' and c.withdrawn_at is null
                  and c.at < (%s::date + 1)::timestamp at time zone 'Asia/Shanghai'""",
            [day, day],
        )
        keys = [row[0] for row in cursor.fetchall()]
    known = LogCheck.objects.filter(kind=CheckKind.DAILY, starts_on=day, ends_on=day).values("branch")
    for branch in Branch.objects.filter(pk__in=keys).exclude(pk__in=known):
        draw_check(kind=CheckKind.DAILY, branch=branch, starts_on=day, ends_on=day, actor=actor, at=at)
        drawn += 1
    return drawn


@transaction.atomic
def step_check(*, item: LogCheckItem, act: str, text: str, actor: Staff, at: datetime) -> LogCheckItem:
    """Say that a contact is in order (``pass``), what is wrong (``fault``), answer it, or close it.

    Raises:
        ValidationError: somebody was quicker, or nothing is said where words are asked for.
        PermissionDenied: nobody checks their own contacts; only the writer answers.
    """
    held = LogCheckItem.objects.select_for_update(of=("self",)).select_related("check_run", "staff").get(pk=item.pk)
    if act == "answer":
        if held.staff_id != actor.pk:
            raise PermissionDenied(_("Whoever logged the contact answers."))
    else:
        _check_leads(actor, held.check_run.branch_id)
        if held.staff_id == actor.pk:
            raise PermissionDenied(_("Nobody checks their own contacts."))
    state = follows(act, CheckState(held.state))
    if state is None:
        raise ValidationError(_("Somebody has gone on with this contact meanwhile. Load the page anew."))
    if act in {"fault", "answer"} and not text.strip():
        raise ValidationError({"text": _("Say what is wrong, or what you have done.")})
    _write(held, act, text.strip(), actor, at)
    held.state = state
    held.save()
    record(f"care.check_{act}", actor=actor, at=at, target=held.check_run, reason=text.strip())
    left = LogCheckItem.objects.filter(check_run_id=held.check_run_id).exclude(state=CheckState.CLOSED)
    LogCheck.objects.filter(pk=held.check_run_id).update(closed_at=None if left.exists() else at)
    return held


def _write(held: LogCheckItem, act: str, text: str, actor: Staff, at: datetime) -> None:
    url = reverse("care:check-item", args=[held.pk])
    if act == "answer":
        held.answer = text
        if held.checked_by_id:
            title = _("%(name)s has answered your finding") % {"name": actor.name}
            tell(staff_ids=[held.checked_by_id], kind=ANSWERED, title=title, body=text, url=url, at=at)
        return
    held.checked_by, held.checked_at = actor, at
    if act == "fault":
        calendar = working_calendar(calendar_of(held.check_run.branch))
        days = supervision_rules().checks.answer_days
        held.finding, held.answer = text, ""
        held.answer_by = calendar.add_working_days(at.astimezone(SHANGHAI).date(), days)
        title = _("A contact that you logged is found wanting; answer by %(day)s") % {"day": f"{held.answer_by:%m-%d}"}
        tell(staff_ids=[held.staff_id], kind=FOUND, title=title, body=text, url=url, at=at)
    else:
        held.closed_at = at


def _draw(check: LogCheck, branches: list[int], each: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into care_logcheckitem (check_run_id, contact_id, staff_id, state, finding, answer)
            select %(run)s, id, staff_id, 'open', '', ''
              from (select c.id, c.staff_id,
                           row_number() over (partition by c.staff_id order by (c.note is not null and c.note <> ''),
                                              md5(c.id::text || %(run)s::text)) as turn
                      from care_contact c join org_staff s on s.id = c.staff_id
                     where s.branch_id = any(%(branches)s) and c.withdrawn_at is null
                       and c.at >= %(starts)s::date::timestamp at time zone 'Asia/Shanghai'
                       and c.at < (%(ends)s::date + 1)::timestamp at time zone 'Asia/Shanghai') made
             where turn <= %(each)s
            """,
            {
                "run": check.pk,
                "branches": branches,
                "starts": check.starts_on,
                "ends": check.ends_on,
                "each": each,
            },
        )
        return int(cursor.rowcount)


def _check_leads(actor: Staff, branch_id: int) -> None:
    if not actor.can(COMPLIANCE):
        raise PermissionDenied(_("Your role does not include supervising the contact log."))
    if actor.scope != DataScope.ALL and branch_id not in actor.branch_ids:
        raise PermissionDenied(_("This branch lies outside yours."))
