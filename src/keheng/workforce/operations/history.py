"""Taking history in, and deciding what of it is learnt from."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.audit import operations as audit
from keheng.common.clock import SHANGHAI
from keheng.org.models import Staff
from keheng.workforce import permissions, reading
from keheng.workforce.enums import Treatment
from keheng.workforce.models import Day, Intake, Mark, Profile, Queue
from keheng.workforce.policies.marking import propose
from keheng.workforce.queries import history as queries


@transaction.atomic
def take_in(*, queue: Queue, content: bytes, name: str, profile: Profile | None, actor: Staff, at: datetime) -> Intake:
    """Take a file of interval figures in; nothing of earlier files changes, the newest holds for its days.

    Args:
        profile: how the file is written; None to recognise it by its headings.

    Raises:
        ValidationError: naming rows, or what is wrong with the file.
        PermissionDenied: the actor may not plan this queue.
    """
    permissions.check_plan_queue(actor, queue)
    chosen = profile or _recognised(content, name)
    told = reading.read_figures(content, name, chosen)
    queue = Queue.objects.select_for_update().get(pk=queue.pk)
    if Intake.objects.filter(queue=queue, sha256=told.sha256).exists():
        raise ValidationError(_("%(file)s has been taken in already; nothing was changed.") % {"file": name})
    if not Intake.objects.filter(queue=queue).exists():
        queue.step = told.step
        queue.save(update_fields=["step"])
    elif queue.step % told.step:
        raise ValidationError(
            _("%(queue)s has intervals of %(step)d minutes, the file %(found)d. Export it in shorter ones.")
            % {"queue": queue, "step": queue.step, "found": told.step}
        )
    intake = Intake.objects.create(
        queue=queue,
        profile=chosen,
        file_name=name[:255],
        sha256=told.sha256,
        step=told.step,
        first_day=told.first_day,
        last_day=told.last_day,
        rows=told.rows,
        missing=told.missing,
        actor=actor,
        at=at,
    )
    Day.objects.bulk_create(
        (Day(intake=intake, queue=queue, day=day, **figures) for day, figures in told.days.items()), batch_size=500
    )
    audit.record("workforce.take_in", actor=actor, at=at, target=intake, detail={"rows": told.rows})
    propose_marks(queue=queue, today=at.astimezone(SHANGHAI).date())
    return intake


def propose_marks(*, queue: Queue, today: date) -> int:
    """Make the proposals of cleaning anew, in the caller's transaction; what people decided stays. Tell how many.

    A day that is still under way is left for later.
    """
    known, _given = queries.known_days(queue)
    found = propose(queries.history_of(queue).finished(today), known)
    Mark.objects.filter(queue=queue, decided_by=None).delete()
    Mark.objects.bulk_create(
        (
            Mark(
                queue=queue,
                day=one.day,
                minute=one.minute,
                reason=one.reason,
                note=one.note[:120],
                actual=one.actual,
                expected=one.expected,
                treatment=one.treatment,
            )
            for one in found
        ),
        batch_size=1000,
        ignore_conflicts=True,
    )
    return len(found)


@transaction.atomic
def decide_mark(*, mark: Mark, treatment: str, note: str, actor: Staff, at: datetime) -> Mark:
    """Accept what is proposed for a mark, or override it.

    Raises:
        ValidationError: a whole day has no single expected figure for each interval, so it is left out or kept.
        PermissionDenied: the actor may not plan this queue.
    """
    permissions.check_plan_queue(actor, mark.queue)
    if mark.minute is None and treatment == Treatment.REPLACE:
        raise ValidationError({"treatment": _("A whole day is left out or kept; only intervals are replaced.")})
    if mark.minute is not None and treatment == Treatment.LEAVE_OUT:
        raise ValidationError({"treatment": _("An interval is replaced or kept; only whole days are left out.")})
    mark.treatment, mark.note = treatment, note or mark.note
    mark.decided_by, mark.decided_at = actor, at
    mark.save(update_fields=["treatment", "note", "decided_by", "decided_at"])
    audit.record("workforce.decide_mark", actor=actor, at=at, target=mark, reason=note)
    return mark


@transaction.atomic
def accept_marks(*, queue: Queue, actor: Staff, at: datetime) -> int:
    """Accept every proposal that nobody has decided yet; tell how many."""
    permissions.check_plan_queue(actor, queue)
    number = Mark.objects.filter(queue=queue, decided_by=None).update(decided_by=actor, decided_at=at)
    audit.record("workforce.decide_mark", actor=actor, at=at, target=queue, detail={"count": number})
    return number


def _recognised(content: bytes, name: str) -> Profile:
    headings, _rows = reading.table_of(content, name)
    found = reading.recognised(headings, list(Profile.objects.all()))
    if found is None:
        raise ValidationError(
            _("No profile fits the columns %(columns)s. Name them in a new profile.")
            % {"columns": ", ".join(heading for heading in headings if heading)[:200]}
        )
    return found
