"""Lists of work: the tasks behind the team's board, and the work log 我的客户工作日志 (A4)."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.care.enums.contacts import Channel
from keheng.care.enums.tasks import TaskKind, TaskState
from keheng.care.models import Contact, Task
from keheng.care.permissions.contacts import COMPLIANCE, VIEW, can_read_note
from keheng.care.queries.rules import outcome_rules
from keheng.care.wording import Sentences
from keheng.common import clock
from keheng.customers.privacy.exports import CustomerRows
from keheng.org.acting import acting
from keheng.org.models import Staff
from keheng.ui.lists import (
    BadgeColumn,
    DayColumn,
    DayRangeFilter,
    EmptyState,
    FilterSet,
    MomentColumn,
    NumberColumn,
    PresetView,
    Table,
)

_TONES: dict[str, str] = {
    TaskState.OPEN: "info",
    TaskState.DONE: "met",
    TaskState.SKIPPED: "near",
    TaskState.LAPSED: "over",
}


def _people(request: Any) -> "QuerySet[Staff]":
    return Staff.objects.visible_to(acting(request))


class TaskTable(Table):
    customer = tables.Column(accessor="customer__name", verbose_name=gettext_lazy("Customer"))
    staff = tables.Column(verbose_name=gettext_lazy("Staff"))
    reason = tables.Column(accessor="told", verbose_name=gettext_lazy("What is to be done"))
    kind = tables.Column(verbose_name=gettext_lazy("Kind"))
    due_on = DayColumn(verbose_name=gettext_lazy("Due on"), orderable=True)
    state = BadgeColumn(verbose_name=gettext_lazy("State"), tones=_TONES)
    closed_at = MomentColumn(verbose_name=gettext_lazy("Closed at"))
    closing_reason = tables.Column(verbose_name=gettext_lazy("Why not?"))
    priority = NumberColumn(verbose_name=gettext_lazy("Priority"))
    branch = tables.Column(verbose_name=gettext_lazy("Branch"))
    fixed, optional = ("customer",), ("priority", "branch")

    class Meta(Table.Meta):
        model = Task
        fields = (
            "customer",
            "staff",
            "reason",
            "kind",
            "due_on",
            "state",
            "closed_at",
            "closing_reason",
            "priority",
            "branch",
        )
        orderable = False


class TaskFilter(FilterSet):
    """What is still to be done, unless a state or days are asked for."""

    staff = django_filters.ModelChoiceFilter(queryset=_people, label=gettext_lazy("Staff"))
    state = django_filters.MultipleChoiceFilter(choices=TaskState, label=gettext_lazy("State"))
    kind = django_filters.MultipleChoiceFilter(choices=TaskKind, label=gettext_lazy("Kind"))
    due_on = DayRangeFilter(label=gettext_lazy("Due on"))
    late = django_filters.ChoiceFilter(
        choices=[("yes", gettext_lazy("Overdue"))], method="overdue", label=gettext_lazy("Due")
    )

    class Meta:
        model = Task
        fields: list[str] = []

    def filter_queryset(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        given = self.form.cleaned_data
        found = super().filter_queryset(queryset)
        return found if given.get("state") or given.get("due_on") else found.open()  # type: ignore[attr-defined]

    def overdue(self, queryset: "QuerySet[Any]", _name: str, _value: str) -> "QuerySet[Any]":
        return queryset.filter(state=TaskState.OPEN, due_on__lt=clock.today())


class TeamTasks(CustomerRows):
    """The tasks of the scope, those still to be done, the first due at the top; by a view who was not contacted, and
    why."""

    permission = VIEW
    export_permission = COMPLIANCE
    key = "team-tasks"
    title = gettext_lazy("Tasks")
    unit = pgettext_lazy("measure word for tasks", "tasks")
    table_class = TaskTable
    filterset_class = TaskFilter
    default_sort = "due_on"
    all_label = TaskState.OPEN.label
    preset_views = (
        PresetView(gettext_lazy("Overdue"), "late=yes"),
        PresetView(gettext_lazy("Not done, with reason"), "state=skipped&sort=-due_on"),
        PresetView(TaskState.LAPSED.label, "state=lapsed&sort=-due_on"),
        PresetView(TaskState.DONE.label, "state=done&sort=-due_on"),
    )

    def get_queryset(self) -> QuerySet[Task]:
        return Task.objects.visible_to(acting(self.request))

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("customer", "staff", "branch")

    def decorate(self, rows: list[Any]) -> list[Any]:
        sentences = Sentences(clock.today())
        for row in rows:
            row.told = sentences.of(row)
        return rows

    def row_url(self, record: Any) -> str:
        return reverse("customer", args=[record.customer_id]) if record.customer_id else ""

    def empty_state(self) -> EmptyState:
        return EmptyState(_("No task yet"), _("The day is planned every morning."), "checklist")


class LogTable(Table):
    customer = tables.Column(accessor="customer__name", verbose_name=gettext_lazy("Customer"))
    at = MomentColumn(verbose_name=gettext_lazy("Time"), orderable=True)
    staff = tables.Column(verbose_name=gettext_lazy("Staff"))
    channel = tables.Column(verbose_name=gettext_lazy("Channel"))
    outcome = tables.Column(accessor="told", verbose_name=gettext_lazy("Result"))
    words = tables.Column(accessor="shown_note", verbose_name=pgettext_lazy("of a contact", "Note"))
    next_step = tables.Column(verbose_name=gettext_lazy("Next step"))
    next_on = DayColumn(verbose_name=gettext_lazy("Next date"))
    event = tables.Column(verbose_name=pgettext_lazy("channel", "Event"))
    fixed, optional = ("customer",), ("event",)

    class Meta(Table.Meta):
        model = Contact
        fields = ("customer", "at", "staff", "channel", "outcome", "words", "next_step", "next_on", "event")
        orderable = False


class LogFilter(FilterSet):
    staff = django_filters.ModelChoiceFilter(queryset=_people, label=gettext_lazy("Staff"))
    channel = django_filters.MultipleChoiceFilter(choices=Channel, label=gettext_lazy("Channel"))
    outcome = django_filters.MultipleChoiceFilter(choices=lambda: _outcomes().items(), label=gettext_lazy("Result"))
    day = DayRangeFilter(field_name="at", label=gettext_lazy("Day"))
    next = DayRangeFilter(field_name="next_on", label=gettext_lazy("Next date"))

    class Meta:
        model = Contact
        fields: list[str] = []


class WorkLog(CustomerRows):
    """Every contact of the scope, the newest first. Notes are shown to whom the archive opens."""

    permission = VIEW
    export_permission = VIEW
    key = "work-log"
    title = gettext_lazy("Work log")
    unit = pgettext_lazy("measure word for contacts", "contacts")
    table_class = LogTable
    filterset_class = LogFilter
    default_sort = "-at"

    def get_queryset(self) -> QuerySet[Contact]:
        return Contact.objects.standing().visible_to(acting(self.request))

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("customer__branch", "staff")

    def decorate(self, rows: list[Any]) -> list[Any]:
        reader = acting(self.request)
        for row in rows:
            row.told = self._names.get(row.outcome, row.outcome)
            row.shown_note = (row.note or "") if can_read_note(reader, row) else "•••"
        return rows

    def row_url(self, record: Any) -> str:
        return reverse("customer", args=[record.customer_id])

    def empty_state(self) -> EmptyState:
        return EmptyState(_("No contact yet"), _("Press l on any page to log the first one."), "message-plus")

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return _outcomes()


def _outcomes() -> dict[str, str]:
    return {one.code: one.name for one in outcome_rules().rules.outcomes}
