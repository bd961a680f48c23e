"""Lessons from complaints: the list, one lesson with its readers, publishing."""

from typing import Any

import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from keheng.common import clock
from keheng.complaints import permissions
from keheng.complaints.forms.letters import LessonForm
from keheng.complaints.models import Lesson, LessonReading
from keheng.complaints.operations import lessons
from keheng.complaints.queries.lessons import not_yet, with_readings
from keheng.complaints.views.parts import ComplaintSide
from keheng.org.acting import acting
from keheng.ui.lists import DayRangeFilter, EmptyState, FilterSet, ListView, MomentColumn, NumberColumn, Table
from keheng.ui.views import require


class LessonTable(Table):
    """Lessons with their receipts."""

    title = tables.Column(verbose_name=pgettext_lazy("lesson", "title"))
    cause = tables.Column(verbose_name=pgettext_lazy("complaint", "cause"))
    branch = tables.Column(verbose_name=_("told to"))
    published_at = MomentColumn(verbose_name=_("published at"), orderable=True)
    read_by = NumberColumn(verbose_name=_("have read it"))
    readers = NumberColumn(verbose_name=_("told to so many"))
    fixed = ("title",)

    class Meta(Table.Meta):
        model = Lesson
        fields = ()
        orderable = False

    def render_title(self, value: str, record: Any) -> str:
        if record.is_read:
            return value
        return format_html('{} <span class="flag near">{}</span>', value, gettext("not read yet"))

    def value_title(self, value: str) -> str:
        return value


class LessonFilter(FilterSet):
    published_at = DayRangeFilter(label=_("published at"))

    class Meta:
        model = Lesson
        fields: list[str] = []


class LessonList(ListView):
    """What one's branch was told."""

    permission = permissions.VIEW
    key, title = "complaint-lessons", _("Lessons from complaints")
    unit = pgettext_lazy("measure word of lessons", "lessons")
    table_class, filterset_class = LessonTable, LessonFilter
    default_sort = "-published_at"
    export_permission = permissions.SUPERVISE

    def get_queryset(self) -> "QuerySet[Lesson]":
        return Lesson.objects.visible_to(acting(self.request))

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return with_readings(queryset.select_related("cause", "branch"), acting(self.request))

    def empty_state(self) -> EmptyState:
        hint = gettext("They are published from a complaint, in words that name nobody.")
        return EmptyState(gettext("No lessons yet"), hint, "book")


def lesson(request: HttpRequest, pk: int) -> HttpResponse:
    """One lesson; whoever reviews complaints sees who has not read it."""
    require(request, permissions.VIEW)
    staff = acting(request)
    visible = with_readings(Lesson.objects.visible_to(staff).select_related("branch", "cause", "published_by"), staff)
    found = get_object_or_404(visible, pk=pk)
    watches = staff.can(permissions.REVIEW) and permissions.in_reach(staff, found.branch)
    readings = LessonReading.objects.filter(lesson=found).select_related("staff__branch")
    context = {
        "lesson": found,
        "watches": watches,
        "waiting": not_yet(found)[:200] if watches else [],
        "readings": readings.order_by("-read_at")[:200] if watches else [],
    }
    return render(request, "complaints/lesson.html", context)


@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that one has read it."""
    require(request, permissions.VIEW)
    found = get_object_or_404(Lesson.objects.visible_to(acting(request)), pk=pk)
    lessons.read_lesson(lesson=found, actor=acting(request), at=clock.now())
    return redirect(found)


class Publish(ComplaintSide):
    heading, submit, done = _("Publish a lesson"), _("Publish"), _("Everybody of the branch is told.")
    permission = permissions.REVIEW
    note = _("Name neither the complainant nor a colleague.")

    def make_form(self, *data: Any) -> forms.Form:
        return LessonForm(*data[:1], actor=acting(self.request))

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return lessons.publish_lesson(complaint=self.record, **form.cleaned_data, **given)
