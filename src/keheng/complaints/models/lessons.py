"""Lessons from complaints, told to staff, with who has read them."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.complaints.models.causes import Cause
from keheng.complaints.models.complaints import Complaint
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff


class LessonQuerySet(models.QuerySet["Lesson"]):
    def visible_to(self, staff: Staff) -> "LessonQuerySet":
        """Those told to one's own branch, and for who sees branches those told within them; all for who sees all."""
        if staff.scope == DataScope.ALL:
            return self.all()
        above = _paths_above(staff.branch.path)
        told = Q(branch__path__in=above)
        if staff.scope == DataScope.SUBTREE:
            told |= Q(branch_id__in=staff.branch_ids)
        return self.filter(told)


class Lesson(models.Model):
    """What everybody is to learn from a complaint, in words that name nobody; told to a branch and all below it."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="lessons", verbose_name=_("complaint"))
    cause = models.ForeignKey(
        Cause, models.PROTECT, null=True, related_name="+", verbose_name=pgettext_lazy("complaint", "cause")
    )
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("told to"))
    title = models.CharField(pgettext_lazy("lesson", "title"), max_length=80)
    happened = models.TextField(_("what happened"), max_length=2000)
    learned = models.TextField(_("what is to be done from now on"), max_length=2000)
    published_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name=_("published by"))
    published_at = models.DateTimeField(_("published at"))
    readers = models.PositiveIntegerField(_("told to so many"), default=0, editable=False)

    objects = LessonQuerySet.as_manager()

    class Meta:
        verbose_name = _("lesson from a complaint")
        ordering = ["-published_at", "-id"]
        triggers: ClassVar = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-published_at", "-id"], name="complaints_lessons_by_time"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("complaints:lesson", args=[self.pk])


class LessonReading(models.Model):
    """Somebody said that they have read a lesson."""

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="readings")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    read_at = models.DateTimeField(_("read at"))

    class Meta:
        verbose_name = _("lesson read")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["lesson", "staff"], name="complaints_lesson_read_once"),
        ]

    def __str__(self) -> str:
        return f"{self.lesson_id} {self.staff_id}"


def _paths_above(path: str) -> list[str]:
    """``HO/B1/O1/`` → its own path and those of the branches above."""
    parts = path.rstrip("/").split("/")
    return ["/".join(parts[: place + 1]) + "/" for place in range(len(parts))]
