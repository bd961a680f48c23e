"""Files with personal data: asked for, approved, made by the worker, fetched by one person, deleted in time (A15)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from keheng.approvals.operations import ask
from keheng.audit.operations import record
from keheng.common.clock import SHANGHAI
from keheng.common.events import publish
from keheng.customers.enums import FileForm, HandoutState
from keheng.customers.events import FileMade
from keheng.customers.models import Handout, PrivacyCase
from keheng.customers.permissions.privacy import check_export, check_fetch
from keheng.customers.policies.disclosure import needs_approval
from keheng.customers.privacy import exports, rendering
from keheng.customers.privacy.copies import copy_of
from keheng.customers.queries.rules import confidentiality_rules, privacy_rules
from keheng.org.models import Staff

MAKE_TASK = "customers.make_handout"
APPROVAL = "customers.export"
SHORTEST_PURPOSE = 5


@transaction.atomic
def ask_export(
    *,
    address: str,
    personal: bool,
    purpose: str,
    actor: Staff,
    at: datetime,
) -> Handout:
    """Ask for the rows of a list as a file: approved by a second person, then made by the worker.

    The approval is for the rows that match now; the file holds those of the moment in which it is made.

    Args:
        address: that of the list with its filters; kept encrypted, for it may hold a name.
        personal: document and phone numbers whole, as far as the requester may have each shown.

    Raises:
        ValidationError: no purpose, an unknown list, or more rows than may leave.
        PermissionDenied: the actor may not export.
    """
    check_export(actor, personal=personal)
    limits = confidentiality_rules().exports
    try:
        found = exports.list_at(address, actor, personal=personal)
    except exports.UnknownListError as error:
        raise ValidationError(_("This list is not for export.")) from error
    rows = found.count_up_to(limits.most_rows)
    if len(purpose.strip()) < SHORTEST_PURPOSE:
        least = {"least": SHORTEST_PURPOSE}
        raise ValidationError({"purpose": _("Say in %(least)d characters or more what the file is for.") % least})
    if rows > limits.most_rows:
        raise ValidationError(
            _("More than %(limit)s rows match. Narrow the filters and ask again.") % {"limit": f"{limits.most_rows:,}"}
        )
    handout = Handout.objects.create(
        title=str(found.title),
        form=FileForm.XLSX,
        requester=actor,
        purpose=purpose.strip(),
        list_key=found.key,
        query=address,
        columns=[*found.shown_columns],
        personal=personal,
        rows=rows,
        requested_at=at,
    )
    detail = {"list": found.key, "rows": rows, "personal": personal}
    record("customers.ask_export", actor=actor, at=at, target=handout, reason=handout.purpose, detail=detail)
    if needs_approval(limits, rows=rows, personal=personal):
        _ask_second_person(handout, actor, at)
    else:
        _queue(handout)
    return handout


@transaction.atomic
def settle_export(*, handout: Handout, approved: bool, at: datetime) -> Handout:
    """What the second person's answer means: the worker makes the file, or there will be none."""
    held = Handout.objects.select_for_update().get(pk=handout.pk)
    if held.state != HandoutState.ASKED:
        return held
    held.decided_at = at
    held.state = HandoutState.QUEUED if approved else HandoutState.REFUSED
    held.save(update_fields=["decided_at", "state"])
    if approved:
        _queue(held)
    return held


@transaction.atomic
def make_copy(*, case: PrivacyCase, form: FileForm, actor: Staff, at: datetime) -> Handout:
    """Queue the copy for a case; part of :func:`keheng.customers.operations.cases.give_copy`."""
    handout = Handout.objects.create(
        title=_("Copy of personal data"),
        form=form,
        requester=actor,
        purpose=case.number,
        case=case,
        personal=True,
        requested_at=at,
    )
    record("customers.give_copy", actor=actor, at=at, target=case, detail={"form": form.value})
    _queue(handout)
    return handout


def make(*, handout: Handout, now: Callable[[], datetime]) -> Handout:
    """Write the file of a queued handout; a failure leaves none and says so. Run by the worker.

    Args:
        now: asked when the file is begun.
    """
    at = now()
    try:
        with transaction.atomic():
            held = Handout.objects.select_for_update().get(pk=handout.pk)
            if held.state != HandoutState.QUEUED:
                return held
            content, rows, days = _content(held, at)
            held.content, held.rows, held.state = content, rows, HandoutState.READY
            held.ready_at, held.expires_at = at, at + timedelta(days=days)
            held.save(update_fields=["content", "rows", "state", "ready_at", "expires_at"])
            record("customers.make_file", actor=held.requester, at=at, target=held, detail={"rows": rows})
            publish(FileMade(handout_id=held.pk, is_ready=True, at=at))
            return held
    except Exception as error:
        Handout.objects.filter(pk=handout.pk, state=HandoutState.QUEUED).update(
            state=HandoutState.FAILED,
            problem=type(error).__name__,  # its words may quote a row
        )
        publish(FileMade(handout_id=handout.pk, is_ready=False, at=at))
        raise


@transaction.atomic
def fetch(*, handout: Handout, actor: Staff, at: datetime) -> bytes:
    """Hand the file to its requester; every time stands in the trail.

    Raises:
        PermissionDenied: somebody else asked for it.
        ValidationError: it is not ready, or its days are over.
    """
    check_fetch(actor, handout)
    if handout.state != HandoutState.READY or handout.expires_at is None or handout.content is None:
        raise ValidationError(_("There is no file to fetch: %s.") % handout.get_state_display())
    if handout.expires_at <= at:
        raise ValidationError(_("The days in which this file could be fetched are over; ask again."))
    record("customers.fetch_file", actor=actor, at=at, target=handout, reason=handout.purpose)
    return handout.content


@transaction.atomic
def purge_handouts(*, at: datetime) -> int:
    """Delete the files whose days are over; what they were stays known. Return how many."""
    over = Handout.objects.filter(state=HandoutState.READY, expires_at__lte=at)
    return over.update(state=HandoutState.EXPIRED, content=None)


def watermark(requester: Staff, purpose: str, at: datetime, rest: str = "") -> str:
    """The line that goes with every file: name, number, time, purpose."""
    words = _("%(name)s (%(username)s) · %(at)s · purpose: %(purpose)s") % {
        "name": requester.name,
        "username": requester.username,
        "at": f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}",
        "purpose": purpose,
    }
    return f"{words} · {rest}" if rest else words


def _ask_second_person(handout: Handout, actor: Staff, at: datetime) -> None:
    yes, no = _("yes"), _("no")
    evidence = [
        (_("List"), handout.title),
        (_("Rows"), f"{handout.rows:,}"),
        (_("With personal values whole"), yes if handout.personal else no),
    ]
    ask(
        kind=APPROVAL,
        subject=handout,
        title=_("Export of %(rows)s rows: %(list)s") % {"rows": f"{handout.rows:,}", "list": handout.title},
        branch=actor.branch,
        payload={"evidence": evidence},
        actor=actor,
        reason=handout.purpose,
        at=at,
    )


def _queue(handout: Handout) -> None:
    Handout.objects.filter(pk=handout.pk).update(state=HandoutState.QUEUED)
    handout.state = HandoutState.QUEUED
    app.configure_task(MAKE_TASK).defer(handout_id=handout.pk)


def _content(handout: Handout, at: datetime) -> tuple[bytes, int, int]:
    """The file, its rows, and for how many days it may be fetched."""
    if handout.case is not None:
        tables = copy_of(handout.case.customer)
        content = rendering.render(
            FileForm(handout.form),
            title=handout.title,
            watermark=watermark(handout.requester, handout.purpose, at),
            tables=tables,
            at=at,
        )
        return content, sum(len(table.rows) for table in tables), privacy_rules().copy_days
    found = exports.list_at(handout.query or "", handout.requester, personal=handout.personal)
    limits = confidentiality_rules().exports
    content, rows = found.workbook(
        [*handout.columns, *(found.whole_columns if handout.personal else ())],
        limits.most_rows,
        lambda filters, number: watermark(
            handout.requester,
            handout.purpose,
            at,
            _("filters: %(filters)s · %(rows)s rows") % {"filters": filters or _("none"), "rows": f"{number:,}"},
        ),
    )
    return content, rows, limits.days
