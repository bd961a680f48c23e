"""Who a lesson is told to, and who has read it."""

from django.db.models import Count, Exists, OuterRef, QuerySet

from keheng.complaints.models import Lesson, LessonReading
from keheng.org.models import Branch, Staff


def told_to(branch: Branch) -> "QuerySet[Staff]":
    """Everybody who works in a branch or below it."""
    return Staff.objects.people().filter(is_active=True, branch__path__startswith=branch.path)


def with_readings(lessons: "QuerySet[Lesson]", staff: Staff) -> "QuerySet[Lesson]":
    """Lessons with ``read_by``, how many have read them, and ``is_read`` by this member of staff."""
    own = LessonReading.objects.filter(lesson=OuterRef("pk"), staff=staff)
    return lessons.annotate(read_by=Count("readings"), is_read=Exists(own))


def not_yet(lesson: Lesson) -> "QuerySet[Staff]":
    """Who was told and has not read it, by branch."""
    read = LessonReading.objects.filter(lesson=lesson).values("staff_id")
    waiting = told_to(lesson.branch).exclude(pk__in=read)
    return waiting.select_related("branch").order_by("branch__path", "name")
