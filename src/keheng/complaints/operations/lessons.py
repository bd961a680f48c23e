"""Lessons: published in words that name nobody, read with a receipt (A7)."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.complaints import permissions
from keheng.complaints.enums import StepKind
from keheng.complaints.models import Complaint, Lesson, LessonReading
from keheng.complaints.operations.parts import locked, needed, told
from keheng.complaints.policies.lessons import named_in
from keheng.complaints.queries.lessons import told_to
from keheng.notices.operations import tell
from keheng.org.models import Branch, Staff


@transaction.atomic
def publish_lesson(
    *,
    complaint: Complaint,
    branch: Branch,
    title: str,
    happened: str,
    learned: str,
    actor: Staff,
    at: datetime,
) -> Lesson:
    """Tell everybody of a branch and below it what is to be learned.

    Raises:
        ValidationError: something is empty, or names the complainant or a member of staff.
    """
    complaint = locked(complaint)
    permissions.check_review(actor, complaint)
    if not permissions.in_reach(actor, branch):
        raise PermissionDenied(_("%(branch)s is outside of your branches.") % {"branch": branch})
    given = {
        "title": needed(title, "title", _("Give it a title."))[:80],
        "happened": needed(happened, "happened", _("Say what happened.")),
        "learned": needed(learned, "learned", _("Say what is to be done from now on.")),
    }
    found = named_in(" ".join(given.values()), _names(complaint))
    if found:
        raise ValidationError(_("A lesson names nobody. Leave out: %(names)s.") % {"names": "、".join(found)})
    readers = list(told_to(branch).values_list("pk", flat=True))
    made = Lesson.objects.create(
        complaint=complaint,
        cause=complaint.cause,
        branch=branch,
        published_by=actor,
        published_at=at,
        readers=len(readers),
        **given,
    )
    told(complaint, StepKind.LESSON, actor=actor, at=at, lesson=made.pk)
    tell(
        staff_ids=readers,
        kind="complaints.lesson",
        title=_("Lesson: %(title)s") % {"title": made.title},
        url=made.get_absolute_url(),
        at=at,
    )
    return made


@transaction.atomic
def read_lesson(*, lesson: Lesson, actor: Staff, at: datetime) -> LessonReading:
    """Say that one has read a lesson; the first time counts."""
    if not Lesson.objects.visible_to(actor).filter(pk=lesson.pk).exists():
        raise PermissionDenied(_("This lesson is not told to your branch."))
    made, _is_new = LessonReading.objects.get_or_create(lesson=lesson, staff=actor, defaults={"read_at": at})
    return made


def _names(complaint: Complaint) -> list[str]:
    people = (complaint.about_staff, complaint.handler, complaint.responsible)
    names = [party.name or "" for party in complaint.parties.all()]
    names += [str(complaint.customer.name)] if complaint.customer else []
    return [*names, *(person.name for person in people if person is not None)]
